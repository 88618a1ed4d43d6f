"""``http1``: a host, or something in front of it, speaks no HTTP/2."""

from __future__ import annotations

import random
from typing import ClassVar

from chaosmod.faults.base import FAULTS, TlsFault
from chaosmod.faults.request import Request
from chaosmod.faults.tls_actions import Http1


class Http1Only(TlsFault):
    """Go takes what the server chooses, and much fails otherwise over HTTP/1: compare ``cut`` and ``content-length``."""

    kind: ClassVar[str] = "http1"
    summary: ClassVar[str] = "offer HTTP/1.1 only in the TLS handshake"
    example: ClassVar[str] = "{}"

    def handshake(self, connection: Request, rng: random.Random) -> Http1:
        return Http1()


FAULTS.register(Http1Only)
