"""``tc``: what netem can do, in netem's own words."""

from __future__ import annotations

import random
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from chaosmod.faults.base import FAULTS, LinkFault
from chaosmod.faults.link_actions import KernelNetem, Shape, Towards
from chaosmod.faults.netem import NetemError, parse
from chaosmod.faults.request import Request


class TrafficControl(LinkFault):
    """A line of a runbook, put into effect for the matching hosts by one of two engines.

    ``user`` (the default, so that verdicts do not depend on the machine) shapes the stream of each connection. ``kernel``
    has netem do it to the packets of the hosts, inside the lab's own network, where the machine has netem.
    """

    kind: ClassVar[str] = "tc"
    summary: ClassVar[str] = "delay, jitter, rate and loss in netem's own grammar"
    example: ClassVar[str] = '{netem: "delay 300ms 20ms 25% distribution normal rate 50kbit loss 1%"}'
    shorthand: ClassVar[str] = "netem"

    engine: Literal["user", "kernel"] = Field("user", description="who does it")
    netem: str = Field(max_length=2000, description="netem's options, or the whole tc command")
    towards: Towards = Field("both", description="the direction: towards the client (Go), the server, or both")

    @field_validator("netem")
    @classmethod
    def _grammar(cls, line: str, info: ValidationInfo) -> str:
        beyond = parse(line).kernel_only
        if beyond and info.data.get("engine") == "user":
            raise NetemError(
                beyond[0].offset,
                f"{beyond[0].text!r} acts on packets, which only the kernel has; leave it out or write engine: kernel",
            )
        return line

    def unscheduled(self) -> str:
        return (
            "the kernel's engine acts on all packets of a host and takes no schedule" if self.engine == "kernel" else ""
        )

    def shape(self, connection: Request, rng: random.Random) -> Shape | KernelNetem:
        asked = parse(self.netem)
        if self.engine == "kernel":
            return KernelNetem(asked.line, self.towards)
        return Shape.of(asked.pace, self.towards)


FAULTS.register(TrafficControl)
