"""``redirect``: a host sends the client elsewhere: in a circle, to plain http, to another host."""

from __future__ import annotations

import random
import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chaosmod.faults.actions import Redirect
from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.request import Request

_ADDRESS = (
    r"^https?://(?=[!-~]{1,2000}$)(?:[^/?#@]*@)?(?:[0-9A-Za-z._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?#].*)?$"
)
"""Printable ASCII, as a header takes it, and with a host: without one net/http sends no request at all."""


def _address(text: str) -> str:
    if not re.fullmatch(_ADDRESS, text):
        raise PydanticCustomError("form", "an address that begins with http:// or https:// and a host")
    return text


Address = Annotated[str, AfterValidator(_address), Field(json_schema_extra={"pattern": _ADDRESS})]

_CODES = (301, 302, 303, 307, 308)
"""RFC 9110, section 15.4: the others do not send a client elsewhere."""


def _redirects(status: int) -> int:
    if status not in _CODES:
        raise ValueError("write 301, 302, 303, 307 or 308")
    return status


Status = Annotated[int, AfterValidator(_redirects), Field(json_schema_extra={"enum": [*_CODES, *map(str, _CODES)]})]


class RedirectElsewhere(HttpFault):
    """Where to, for the very same path. Go follows ten redirections, and none from https to http (net/http, web.get)."""

    kind: ClassVar[str] = "redirect"
    summary: ClassVar[str] = "redirect to the same address again and again, to plain http, or to another host"
    example: ClassVar[str] = "{to: mirror}"
    shorthand: ClassVar[str] = "to"

    to: Literal["itself", "http", "primary", "mirror", "sumdb", "vcs"] | Address = Field(
        description="itself: a loop; http: the same host without TLS; a host role; or a whole address"
    )
    status: Status = Field(302, description="status code: 301, 302, 303, 307 or 308")

    def act(self, request: Request, rng: random.Random) -> Redirect:
        if self.to == "itself":
            return Redirect(self.status)
        if self.to == "http":
            return Redirect(self.status, scheme="http")
        if "://" in self.to:
            return Redirect(self.status, url=self.to)
        return Redirect(self.status, role=self.to, scheme="https")


FAULTS.register(RedirectElsewhere)
