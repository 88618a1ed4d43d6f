"""``switch-proxy``: ask another module proxy."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from chaosmod.recovery.base import RECOVERIES, Client, Recovery, SetEnv, Steps
from chaosmod.recovery.goproxy import Proxy, address, with_first_proxy


class SwitchProxy(Recovery):
    """Replace the first proxy of the client's GOPROXY list by another; the rest of the list stays as it is.

    So a client that ends in ``,direct`` still does, and what is measured is the proxy alone.
    """

    name: ClassVar[str] = "switch-proxy"
    summary: ClassVar[str] = "replace the first proxy of the GOPROXY list by another one"
    example: ClassVar[str] = "{switch-proxy: {to: mirror}}"
    shorthand: ClassVar[str | None] = "to"

    to: Proxy = Field("mirror", min_length=1, description="a host role (mirror), or the address of a proxy")

    def steps(self, client: Client) -> Steps:
        goproxy = client.environment.get("GOPROXY", "")
        yield SetEnv("GOPROXY", with_first_proxy(goproxy, address(self.to, client.roles)))


RECOVERIES.register(SwitchProxy)
