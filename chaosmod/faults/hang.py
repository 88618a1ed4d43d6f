"""``hang``: the host takes the request and stops: at once, or in the middle of the body."""

from __future__ import annotations

import random
from typing import ClassVar

from pydantic import Field

from chaosmod.faults.actions import Stall, Stop
from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.extent import ExtentField
from chaosmod.faults.request import Request


class Hang(HttpFault):
    """Where it stops. Go has no time limit of its own for an answer (cmd/go/internal/web/http.go; golang/go#27761)."""

    kind: ClassVar[str] = "hang"
    summary: ClassVar[str] = "take the request and never answer, or stop in mid-body, and keep the connection open"
    example: ClassVar[str] = "{after: 50%}"
    shorthand: ClassVar[str] = "after"

    after: ExtentField | None = Field(
        None, description="how much of the body is sent first; default: not even the headers"
    )

    def act(self, request: Request, rng: random.Random) -> Stop:
        return Stop(Stall(), self.after)


FAULTS.register(Hang)
