"""``http``: a host answers with a status (and headers, and a body) of its own."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, model_validator

from chaosmod.faults.actions import Respond
from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.request import Request


def _name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}", name):  # RFC 9110, section 5.6.2
        raise ValueError(f"{name[:60]!r} is no header name")
    return name


def _value(value: str) -> str:
    if not re.fullmatch(r"[\t -~]{0,8000}", value):
        raise ValueError("a header value is at most 8000 characters of printable ASCII")
    return value


HeaderName = Annotated[str, AfterValidator(_name)]
HeaderValue = Annotated[str, AfterValidator(_value)]


class HttpStatus(HttpFault):
    """The status line, headers and body to answer with, in the upstream's place."""

    kind: ClassVar[str] = "http"
    summary: ClassVar[str] = "answer with a status, headers and body in the upstream's place"
    example: ClassVar[str] = '{status: 429, headers: {Retry-After: "120"}}'
    shorthand: ClassVar[str] = "status"

    status: int = Field(ge=200, le=599, description="status code")
    headers: Mapping[HeaderName, HeaderValue] = Field(default_factory=dict, description="response headers")
    body: str = Field(
        "", max_length=1 << 20, description="response body; Go prints it where the Content-Type is text/plain"
    )

    @model_validator(mode="after")
    def _bodiless(self) -> HttpStatus:
        if self.body and self.status in (204, 205, 304):  # RFC 9110, sections 6.4.1 and 15.3.6
            raise ValueError(f"an answer {self.status} has no body")
        return self

    @property
    def lies(self) -> bool:
        return self.status == 200

    def act(self, request: Request, rng: random.Random) -> Respond:
        headers = dict(self.headers)
        if self.body and not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = "text/plain; charset=UTF-8"
        return Respond(self.status, tuple(headers.items()), self.body.encode())


FAULTS.register(HttpStatus)
