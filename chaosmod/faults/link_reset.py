"""``reset``: the connection is broken off with an RST."""

from __future__ import annotations

import random
from typing import ClassVar

from pydantic import Field

from chaosmod.faults.base import FAULTS, LinkFault
from chaosmod.faults.link_actions import Direction, Reset
from chaosmod.faults.request import Request


class ResetPeer(LinkFault):
    """A real RST, as a firewall or a crashed server sends it: Go says ``connection reset by peer``.

    net/http asks again by itself where a connection that had worked before dies, and nowhere else.
    """

    kind: ClassVar[str] = "reset"
    summary: ClassVar[str] = "break the connection with an RST: when it is accepted, or after so many bytes"
    example: ClassVar[str] = "{after: 20000}"
    shorthand: ClassVar[str] = "after"

    after: int = Field(0, ge=0, le=1 << 40, description="bytes on the wire that pass before; 0: none")
    towards: Direction = Field("client", description="the direction whose bytes are counted")

    def shape(self, connection: Request, rng: random.Random) -> Reset:
        return Reset(self.after, self.towards)


FAULTS.register(ResetPeer)
