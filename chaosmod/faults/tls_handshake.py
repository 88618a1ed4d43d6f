"""``handshake``: a host accepts the connection and then fails to say hello."""

from __future__ import annotations

import random
from typing import ClassVar, Literal

from pydantic import Field

from chaosmod.faults.base import FAULTS, TlsFault
from chaosmod.faults.request import Request
from chaosmod.faults.tls_actions import Cut, Mute


class BrokenHandshake(TlsFault):
    """What follows the ClientHello. Go waits 10 s for an answer (net/http, TLSHandshakeTimeout), for each file anew."""

    kind: ClassVar[str] = "handshake"
    summary: ClassVar[str] = "the TLS handshake is cut off or never answered"
    example: ClassVar[str] = "{end: stalled}"
    shorthand: ClassVar[str] = "end"

    end: Literal["cut", "reset", "stalled"] = Field(
        description="cut: the connection is closed (FIN); reset: it is broken off (RST); stalled: no answer is sent"
    )

    def handshake(self, connection: Request, rng: random.Random) -> Cut | Mute:
        return Mute() if self.end == "stalled" else Cut(abort=self.end == "reset")


FAULTS.register(BrokenHandshake)
