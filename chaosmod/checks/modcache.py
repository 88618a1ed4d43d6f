"""``modcache``: no entry of the module cache differs from what the upstream serves."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding, Grade
from chaosmod.checks.builds import amount, some
from chaosmod.history import BadEntry, BuildMeasured, History, ModCacheCompared


def _phrase(entry: BadEntry) -> str:
    since = " (since before provoke)" if entry.injected else ""
    return f"{entry.path} {entry.problem}{since}"


class ModCache(Check):
    """An entry that was bad before provoke and still is counts as well: the next build trusts it."""

    name: ClassVar[str] = "modcache"
    summary: ClassVar[str] = "the module cache keeps no entry that differs from what the upstream serves, by digest"
    example: ClassVar[str] = (
        "the module cache keeps cache/download/dep.example/lib/@v/v1.0.0.zip differs from the upstream's zip"
    )

    def run(self, history: History) -> Finding:
        compared = history.last(ModCacheCompared, when="verified")
        if compared is None:
            return Finding("n/a", "the module cache was not compared")
        if compared.bad:
            build = history.last(BuildMeasured, when="verified")
            # A build that fails over its cache is not restored; inconsistent is one that succeeds with it.
            grade: Grade = "inconsistent" if build is None or build.outcome == "ok" else "not-restored"
            return Finding("fail", f"the module cache keeps {some(map(_phrase, compared.bad))}", grade)
        return Finding(
            "pass", f"{amount(compared.entries, 'version')} in the module cache, all as the upstream serves them"
        )


CHECKS.register(ModCache)
