"""``captive-portal``: something on the way answers every request with its own HTML page, and calls that a success."""

from __future__ import annotations

import random
from typing import ClassVar

from pydantic import Field

from chaosmod.faults.actions import Respond
from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.request import Request

_PAGE = """<!DOCTYPE html>
<html><head><title>Welcome</title></head>
<body><h1>Welcome to the network</h1><form method="post" action="/login"><button>Connect</button></form></body></html>
"""


class CaptivePortal(HttpFault):
    """The page. Go looks at the status alone, so each kind of file fails in its own way (golang/go#38680)."""

    kind: ClassVar[str] = "captive-portal"
    summary: ClassVar[str] = "answer 200 with an HTML page, as the log-in page of a network does"
    example: ClassVar[str] = "{page: '<html>Please log in</html>'}"
    shorthand: ClassVar[str] = "page"

    page: str = Field(_PAGE, max_length=1 << 20, description="the HTML page; default: one that asks to log in")

    @property
    def lies(self) -> bool:
        return True

    def act(self, request: Request, rng: random.Random) -> Respond:
        return Respond(200, (("Content-Type", "text/html; charset=utf-8"),), self.page.encode())


FAULTS.register(CaptivePortal)
