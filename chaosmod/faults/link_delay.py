"""``delay``: bytes take longer, with or without jitter."""

from __future__ import annotations

import random
from typing import ClassVar

from pydantic import Field, model_validator

from chaosmod.faults.base import FAULTS, LinkFault
from chaosmod.faults.link_actions import Distribution, Pace, Shape, Towards
from chaosmod.faults.link_values import Percent
from chaosmod.faults.request import Request
from chaosmod.faults.schedule import Duration


class Delay(LinkFault):
    """Latency, one way: a question and its answer take it twice where it holds ``both`` ways.

    It begins after TCP's own handshake, which the kernel makes. Bytes stay in order.
    """

    kind: ClassVar[str] = "delay"
    summary: ClassVar[str] = "bytes of a connection take longer: latency, with or without jitter"
    example: ClassVar[str] = "{time: 300ms, jitter: 20ms, distribution: normal}"
    shorthand: ClassVar[str] = "time"

    time: Duration = Field(description="how long bytes take, one way")
    jitter: Duration = Field(0.0, description="by how much the time varies around that")
    correlation: Percent = Field(0.0, description="how much each delay is like the one before")
    distribution: Distribution = Field("uniform", description="of the jitter, as netem knows them")
    towards: Towards = Field("both", description="the direction: towards the client (Go), the server, or both")

    @model_validator(mode="after")
    def _some(self) -> Delay:
        if not self.time and not self.jitter:
            raise ValueError("a delay of 0 without a jitter delays nothing: write for example 300ms")
        return self

    def shape(self, connection: Request, rng: random.Random) -> Shape:
        pace = Pace(
            delay=self.time,
            jitter=self.jitter,
            jitter_correlation=self.correlation,
            distribution=self.distribution,
        )
        return Shape.of(pace, self.towards)


FAULTS.register(Delay)
