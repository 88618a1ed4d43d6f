"""``goaway``: the host ends the HTTP/2 connection with a GOAWAY."""

from __future__ import annotations

import random
from typing import ClassVar

from pydantic import Field

from chaosmod.faults.actions import GoAway, Stop
from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.h2codes import CodeName, code_of
from chaosmod.faults.request import Request


class GoAwayFault(HttpFault):
    """With which code. Concerns requests over HTTP/2 only.

    NO_ERROR is how a server shuts down gracefully: the request was not processed, so Go sends it again on a new
    connection, at once and then with growing pauses, seven times in all (net/http, http2Transport.RoundTripOpt). Any
    other code ends the connection, with all that is on it.
    """

    kind: ClassVar[str] = "goaway"
    summary: ClassVar[str] = "end the HTTP/2 connection with GOAWAY, gracefully or with an error"
    example: ClassVar[str] = "{code: ENHANCE_YOUR_CALM}"
    shorthand: ClassVar[str] = "code"

    code: CodeName = Field("NO_ERROR", description="error code of RFC 9113, section 7")

    def concerns(self, request: Request) -> bool:
        return request.protocol == "h2"

    def act(self, request: Request, rng: random.Random) -> Stop:
        return Stop(GoAway(code_of(self.code)))


FAULTS.register(GoAwayFault)
