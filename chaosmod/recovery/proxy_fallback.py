"""``proxy-fallback``: a second proxy behind the first."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from chaosmod.recovery.base import RECOVERIES, Client, Recovery, SetEnv, Steps
from chaosmod.recovery.goproxy import Proxy, address, with_fallback


class ProxyFallback(Recovery):
    """Put a second proxy behind the first of the client's GOPROXY list; the rest of the list stays behind it.

    With ``,`` Go asks the second one after 404 and 410 only, with ``|`` after any error (https://go.dev/ref/mod#goproxy-protocol).
    """

    name: ClassVar[str] = "proxy-fallback"
    summary: ClassVar[str] = "put a second proxy behind the first, separated by ',' or '|'"
    example: ClassVar[str] = '{proxy-fallback: {separator: "|", to: mirror}}'
    shorthand: ClassVar[str | None] = "separator"

    separator: Literal[",", "|"] = Field(description="',': after 404 and 410; '|': after any error")
    to: Proxy = Field("mirror", min_length=1, description="a host role (mirror), or the address of a proxy")

    def steps(self, client: Client) -> Steps:
        goproxy = client.environment.get("GOPROXY", "")
        yield SetEnv("GOPROXY", with_fallback(goproxy, address(self.to, client.roles), self.separator))


RECOVERIES.register(ProxyFallback)
