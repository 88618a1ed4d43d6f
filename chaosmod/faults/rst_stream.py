"""``rst-stream``: the host resets the HTTP/2 stream with an error code of its choice."""

from __future__ import annotations

import random
from typing import ClassVar

from pydantic import Field

from chaosmod.faults.actions import ResetStream, Stop
from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.extent import ExtentField
from chaosmod.faults.h2codes import CodeName, code_of
from chaosmod.faults.request import Request


class RstStream(HttpFault):
    """With which code, and when. Concerns requests over HTTP/2 only.

    Go sends a request again after REFUSED_STREAM, at once and then with growing pauses, seven times in all (net/http,
    http2Transport.RoundTripOpt); after any other code it gives up.
    """

    kind: ClassVar[str] = "rst-stream"
    summary: ClassVar[str] = "reset the HTTP/2 stream with an error code"
    example: ClassVar[str] = "{code: REFUSED_STREAM}"
    shorthand: ClassVar[str] = "code"

    code: CodeName = Field("INTERNAL_ERROR", description="error code of RFC 9113, section 7")
    after: ExtentField | None = Field(
        None, description="how much of the body is sent first; default: not even the headers"
    )

    def concerns(self, request: Request) -> bool:
        return request.protocol == "h2"

    def act(self, request: Request, rng: random.Random) -> Stop:
        return Stop(ResetStream(code_of(self.code)), self.after)


FAULTS.register(RstStream)
