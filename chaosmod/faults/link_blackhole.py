"""``blackhole``: packets vanish without a word."""

from __future__ import annotations

import random
from typing import ClassVar

from pydantic import Field, model_validator

from chaosmod.faults.base import FAULTS, LinkFault
from chaosmod.faults.link_actions import Blackhole, Towards
from chaosmod.faults.request import Request


class Partition(LinkFault):
    """A partition: the SYN vanishes, or, with ``after``, the connection falls silent once so many bytes have passed.

    Go waits 30 s for a connection, and without end for the bytes of one. A partition that ends (``for`` in the schedule)
    lets through what has waited: a SYN that the kernel sends again, and the bytes that were held back.
    """

    kind: ClassVar[str] = "blackhole"
    summary: ClassVar[str] = "let packets vanish: of new connections, or after so many bytes"
    example: ClassVar[str] = "{after: 20000, towards: client}"
    shorthand: ClassVar[str] = "after"
    before_accept: ClassVar[bool] = True
    needs: ClassVar[frozenset[str]] = frozenset({"sockets", "attempts"})

    after: int | None = Field(None, ge=0, le=1 << 40, description="bytes on the wire that pass before")
    towards: Towards = Field(
        "both", description="the direction that falls silent, and whose bytes are counted (both: those to the client)"
    )

    @model_validator(mode="after")
    def _possible(self) -> Partition:
        if self.after is None and self.towards != "both":
            raise ValueError("without 'after' there is no connection, and so no direction")
        return self

    def shape(self, connection: Request, rng: random.Random) -> Blackhole:
        return Blackhole(self.after, self.towards)


FAULTS.register(Partition)
