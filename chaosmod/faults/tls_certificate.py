"""``certificate``: a host presents a certificate that is not to be trusted."""

from __future__ import annotations

import random
from typing import ClassVar

from pydantic import Field

from chaosmod.faults.base import FAULTS, TlsFault
from chaosmod.faults.request import Request
from chaosmod.faults.tls_actions import Flaw, Present


class BadCertificate(TlsFault):
    """One flaw at a time; of all else the certificate is as it should be.

    A schedule counts handshakes. Go keeps one HTTP/2 connection for all requests of a command, and after a failure makes
    a new one for each request.
    """

    kind: ClassVar[str] = "certificate"
    summary: ClassVar[str] = (
        "a certificate from an unknown authority, self-signed, expired, not yet valid, or wrongly named"
    )
    example: ClassVar[str] = "{flaw: expired}"
    shorthand: ClassVar[str] = "flaw"

    flaw: Flaw = Field(description="what is wrong with the certificate")

    def handshake(self, connection: Request, rng: random.Random) -> Present:
        return Present(self.flaw)


FAULTS.register(BadCertificate)
