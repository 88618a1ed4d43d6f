"""``rate``: a thin line."""

from __future__ import annotations

import random
from typing import ClassVar

from pydantic import Field

from chaosmod.faults.base import FAULTS, LinkFault
from chaosmod.faults.link_actions import Pace, Shape, Towards
from chaosmod.faults.link_values import Rate
from chaosmod.faults.request import Request


class LimitedRate(LinkFault):
    """The bytes of each connection pass at this rate at most, in each direction by itself."""

    kind: ClassVar[str] = "rate"
    summary: ClassVar[str] = "bytes of a connection pass at a limited rate"
    example: ClassVar[str] = "{limit: 50kbit, towards: client}"
    shorthand: ClassVar[str] = "limit"

    limit: Rate = Field(description="as tc writes rates: bit for bits a second, bps for bytes a second")
    towards: Towards = Field("both", description="the direction: towards the client (Go), the server, or both")

    def shape(self, connection: Request, rng: random.Random) -> Shape:
        return Shape.of(Pace(rate=self.limit), self.towards)


FAULTS.register(LimitedRate)
