"""``slice``: bytes come in small pieces."""

from __future__ import annotations

import random
from typing import ClassVar

from pydantic import Field

from chaosmod.faults.base import FAULTS, LinkFault
from chaosmod.faults.link_actions import Pace, Shape, Towards
from chaosmod.faults.request import Request
from chaosmod.faults.schedule import Duration


class Slice(LinkFault):
    """Every so many bytes a new packet, as behind a middlebox with a tiny MTU; in order, and none is lost."""

    kind: ClassVar[str] = "slice"
    summary: ClassVar[str] = "bytes of a connection come in small pieces, with pauses"
    example: ClassVar[str] = "{size: 64, pause: 1ms, towards: client}"
    shorthand: ClassVar[str] = "size"

    size: int = Field(ge=1, le=65536, description="bytes that come together")
    pause: Duration = Field(0.0, description="time between two pieces")
    towards: Towards = Field("both", description="the direction: towards the client (Go), the server, or both")

    def shape(self, connection: Request, rng: random.Random) -> Shape:
        return Shape.of(Pace(slice=self.size, pause=self.pause), self.towards)


FAULTS.register(Slice)
