"""``dns-delay``: the name server is slow."""

from __future__ import annotations

import random
from typing import ClassVar

from pydantic import Field

from chaosmod.faults.base import FAULTS, DnsFault
from chaosmod.faults.dns_actions import Late
from chaosmod.faults.request import Request
from chaosmod.faults.schedule import Duration


class DnsDelay(DnsFault):
    """The right answer, late. Past the resolver's patience (2 s in a lab's resolv.conf, 5 s by default) it is as good as none.

    Go asks for A and AAAA at once and waits for both, so the delay counts once for each look-up; a schedule counts both.
    """

    kind: ClassVar[str] = "dns-delay"
    summary: ClassVar[str] = "a name is resolved, but slowly"
    example: ClassVar[str] = "{time: 800ms}"
    shorthand: ClassVar[str] = "time"

    time: Duration = Field(gt=0.0, description="how much later than at once the answer is sent")

    def reply(self, query: Request, rng: random.Random) -> Late:
        return Late(self.time)


FAULTS.register(DnsDelay)
