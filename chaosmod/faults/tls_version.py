"""``tls-version``: a host speaks an old version of TLS only."""

from __future__ import annotations

import random
from typing import ClassVar, Literal

from pydantic import Field

from chaosmod.faults.base import FAULTS, TlsFault
from chaosmod.faults.request import Request
from chaosmod.faults.tls_actions import Speak


class OldTlsVersion(TlsFault):
    """Go as a client has asked for TLS 1.2 at least since 1.18 (crypto/tls, Config.MinVersion): 1.2 is a control."""

    kind: ClassVar[str] = "tls-version"
    summary: ClassVar[str] = "only an old version of TLS is spoken"
    example: ClassVar[str] = '{only: "1.1"}'
    shorthand: ClassVar[str] = "only"

    only: Literal["1.0", "1.1", "1.2"] = Field(description="the version that is spoken")

    def handshake(self, connection: Request, rng: random.Random) -> Speak:
        return Speak(self.only)


FAULTS.register(OldTlsVersion)
