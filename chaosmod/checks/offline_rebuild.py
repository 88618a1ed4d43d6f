"""``offline-rebuild``: what the build left in the caches builds the same thing again, with the network gone."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.checks.builds import differences, fingerprint, some
from chaosmod.checks.views import case_of
from chaosmod.history import BuildMeasured, History


def _gone(history: History) -> str:
    """What was done to the network: the host runner has none of its own to take away."""
    case = case_of(history)
    return "with no server in reach" if case is not None and case.runner == "host" else "with the network gone"


class OfflineRebuild(Check):
    """The build with a fresh GOCACHE decides where there was one: the old cache may hide what a bad entry would give."""

    name: ClassVar[str] = "offline-rebuild"
    summary: ClassVar[str] = "a second build with the network gone and GOPROXY=off gives the same"
    example: ClassVar[str] = "the second build, with the network gone, failed: the caches do not hold what it needs"

    def run(self, history: History) -> Finding:
        now = fingerprint(history, "verified")
        again = history.last(BuildMeasured, when="fresh") or history.last(BuildMeasured, when="offline")
        if now is None or again is None:
            return Finding("n/a", "there was no second build")
        how = "with a fresh build cache" if again.when == "fresh" else _gone(history)
        if again.outcome != "ok" or again.fingerprint is None:
            return Finding("fail", f"the second build, {how}, {again.outcome}: the caches do not hold what it needs",
                           "inconsistent")  # fmt: skip
        if differing := differences(now, again.fingerprint):
            return Finding("fail", f"the second build, {how}, gave something else: {some(differing)}", "inconsistent")
        return Finding("pass", f"the second build, {how}, gave the same")


CHECKS.register(OfflineRebuild)
