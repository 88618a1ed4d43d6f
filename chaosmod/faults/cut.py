"""``cut``: the answer breaks off, before the headers or in the middle of the body."""

from __future__ import annotations

import random
from typing import ClassVar, Literal

from pydantic import Field

from chaosmod.faults.actions import Close, Ending, ResetStream, Stop
from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.extent import ExtentField
from chaosmod.faults.request import Request

_ENDINGS: dict[str, Ending] = {"stream": ResetStream(), "close": Close(), "reset": Close(abort=True)}


class Cut(HttpFault):
    """Where it breaks off and how.

    ``stream`` is what a proxy does whose own upstream fails: RST_STREAM with INTERNAL_ERROR on HTTP/2 (golang/go#51323),
    a connection closed too early on HTTP/1. net/http sends a request again, once, when a connection that it had used
    before dies before the first byte of an answer (Transport.RoundTrip, shouldRetryRequest).
    """

    kind: ClassVar[str] = "cut"
    summary: ClassVar[str] = "break the answer off, before the headers or in mid-body"
    example: ClassVar[str] = "{after: 50%, by: reset}"
    shorthand: ClassVar[str] = "after"

    after: ExtentField | None = Field(
        None, description="how much of the body is sent first; default: not even the headers"
    )
    by: Literal["stream", "close", "reset"] = Field(
        "stream",
        description="stream: end this exchange alone, where HTTP/2 can; close: the connection; reset: by a RST",
    )

    def act(self, request: Request, rng: random.Random) -> Stop:
        return Stop(_ENDINGS[self.by], self.after)


FAULTS.register(Cut)
