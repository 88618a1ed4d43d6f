"""``dns``: the name server answers that it fails, that there is no such name, nothing useful, or nothing at all."""

from __future__ import annotations

import random
from typing import ClassVar, Literal

from pydantic import Field

from chaosmod.faults.base import FAULTS, DnsFault
from chaosmod.faults.dns_actions import Fail, Silence
from chaosmod.faults.request import Request


class DnsAnswer(DnsFault):
    """What is answered in place of the address.

    A schedule counts queries, and Go asks two at once for each name (A and AAAA). After SERVFAIL, REFUSED or silence its
    resolver asks each a second time (``attempts`` in resolv.conf; net/dnsclient_unix.go, tryOneName), so ``first: 2`` of
    these heals by itself and ``first: 4`` spoils one look-up; NXDOMAIN and an empty answer are final at once.
    """

    kind: ClassVar[str] = "dns"
    summary: ClassVar[str] = "a name is not resolved: NXDOMAIN, SERVFAIL, REFUSED, an empty answer, or none"
    example: ClassVar[str] = "{answer: servfail}"
    shorthand: ClassVar[str] = "answer"

    answer: Literal["nxdomain", "servfail", "refused", "empty", "none"] = Field(
        description="a response code; empty: the name exists and has no address; none: no answer is sent"
    )

    def reply(self, query: Request, rng: random.Random) -> Fail | Silence:
        if self.answer == "none":
            return Silence()
        return Fail("NOERROR" if self.answer == "empty" else self.answer.upper())


FAULTS.register(DnsAnswer)
