"""``dns-address``: a name resolves to the wrong address."""

from __future__ import annotations

import ipaddress
import random
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from chaosmod.faults.base import FAULTS, DnsFault
from chaosmod.faults.dns_actions import Addresses
from chaosmod.faults.request import ROLES, Request


def _place(to: str) -> str:
    if to in ROLES:
        return to
    try:
        return str(ipaddress.IPv4Address(to))
    except ValueError:
        raise ValueError(f"write a host role ({', '.join(ROLES)}) or an IPv4 address, not {to[:60]!r}") from None


class DnsAddress(DnsFault):
    """A stale record, a wrong split horizon, or a hijacked name. Only queries for A have an answer to falsify.

    Where a name has that very address, nothing is falsified, and the fault has not fired. A host that is asked for a name
    that is not its own presents its own certificate.
    """

    kind: ClassVar[str] = "dns-address"
    summary: ClassVar[str] = "a name resolves to another host's address, or to one where nobody is"
    example: ClassVar[str] = "{to: mirror}"
    shorthand: ClassVar[str] = "to"

    to: Annotated[str, AfterValidator(_place)] = Field(
        description="a host role, whose address is given; or an IPv4 address: in 127.0.0.0/8 nothing listens but the lab's "
        "own hosts (127.0.1.1 to 127.0.1.4), and to all others a lab has no route"
    )

    def concerns(self, request: Request) -> bool:
        return request.method == "A"

    def reply(self, query: Request, rng: random.Random) -> Addresses:
        return Addresses(self.to)


FAULTS.register(DnsAddress)
