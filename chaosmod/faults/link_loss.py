"""``loss``: packets get lost."""

from __future__ import annotations

import random
from typing import ClassVar

from pydantic import Field, field_validator

from chaosmod.faults.base import FAULTS, LinkFault
from chaosmod.faults.link_actions import Pace, Shape, Towards
from chaosmod.faults.link_values import Percent
from chaosmod.faults.request import Request


class Loss(LinkFault):
    """Packet loss as the ends of a TCP connection notice it: what was lost, and all behind it, comes later.

    A model: each lost packet costs a retransmission timeout (200 ms, doubling), never a quick retransmission. The seed
    decides which packets those are, so every run loses the same ones. Real loss is for the kernel engine of ``tc``.
    """

    kind: ClassVar[str] = "loss"
    summary: ClassVar[str] = "packets of a connection are lost and come again after a timeout"
    example: ClassVar[str] = "{share: 1%, correlation: 25%}"
    shorthand: ClassVar[str] = "share"

    share: Percent = Field(description="how many of the packets are lost")
    correlation: Percent = Field(0.0, description="how much each fate is like the one before: loss in bursts")
    towards: Towards = Field("both", description="the direction: towards the client (Go), the server, or both")

    @field_validator("share")
    @classmethod
    def _some(cls, share: float) -> float:
        if share == 0:
            raise ValueError("0% of the packets is none: write for example 1%")
        return share

    def shape(self, connection: Request, rng: random.Random) -> Shape:
        return Shape.of(Pace(loss=self.share, loss_correlation=self.correlation), self.towards)


FAULTS.register(Loss)
