"""``clean-modcache``: throw the whole module cache away."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.recovery.base import RECOVERIES, Client, Recovery, Run, Steps


class CleanModcache(Recovery):
    """``go clean -modcache``, the first thing that people try; also drops the checksum database's cached records."""

    name: ClassVar[str] = "clean-modcache"
    summary: ClassVar[str] = "remove the whole module cache (go clean -modcache)"
    example: ClassVar[str] = "clean-modcache"

    def steps(self, client: Client) -> Steps:
        yield Run(("go", "clean", "-modcache"))


RECOVERIES.register(CleanModcache)
