"""``http``: a host answers with a status (and headers, and a body) of its own."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from chaosmod.faults.actions import Respond
from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.request import Request


class HttpStatus(HttpFault):
    """The status line, headers and body to answer with, in the upstream's place."""

    kind: ClassVar[str] = "http"
    summary: ClassVar[str] = "answer with a status, headers and body in the upstream's place"
    example: ClassVar[str] = '{status: 429, headers: {Retry-After: "120"}}'
    shorthand: ClassVar[str] = "status"

    status: int = Field(ge=200, le=599, description="status code")
    headers: Mapping[str, str] = Field(default_factory=dict, description="response headers")
    body: str = Field(
        "", max_length=1 << 20, description="response body; Go prints it where the Content-Type is text/plain"
    )

    def act(self, request: Request, rng: random.Random) -> Respond:
        headers = dict(self.headers)
        if self.body and not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = "text/plain; charset=UTF-8"
        return Respond(self.status, tuple(headers.items()), self.body.encode())


FAULTS.register(HttpStatus)
