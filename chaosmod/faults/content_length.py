"""``content-length``: the header does not say how long the body is."""

from __future__ import annotations

import random
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from chaosmod.faults.actions import Relabel
from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.request import Request


def _wrong(by: int) -> int:
    if by == 0:
        raise ValueError("must not be 0: the length would be right")
    return by


Difference = Annotated[int, Field(ge=-(1 << 40), le=1 << 40), AfterValidator(_wrong)]


class ContentLength(HttpFault):
    """How far off. The body itself is whole.

    A length that is too great is an error on HTTP/2, where the end of a body is marked (RFC 9113, section 8.1.1), and a
    wait without end on HTTP/1, where it is counted (RFC 9112, section 6.3).
    """

    kind: ClassVar[str] = "content-length"
    summary: ClassVar[str] = "send a Content-Length that is too great, too small, or none"
    example: ClassVar[str] = "{by: +100}"
    shorthand: ClassVar[str] = "by"

    by: Literal["missing"] | Difference = Field(description="what to add to the true length, or missing: no header")

    def act(self, request: Request, rng: random.Random) -> Relabel:
        return Relabel(None if self.by == "missing" else self.by)


FAULTS.register(ContentLength)
