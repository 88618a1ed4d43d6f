"""``module-graph``: the build took the same modules, at the same versions, with the same hashes."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.checks.builds import amount, differences, fingerprint, modules, some
from chaosmod.checks.views import case_of
from chaosmod.history import Fingerprint, History


def _changes(was: Fingerprint, now: Fingerprint) -> list[str]:
    before, after = modules(was), modules(now)
    found = []
    for path in sorted(before.keys() | after.keys()):
        if path not in after:
            found.append(f"{path}@{before[path][0]} is gone")
        elif path not in before:
            found.append(f"{path}@{after[path][0]} is new")
        elif before[path][0] != after[path][0]:
            found.append(f"{path} went from {before[path][0]} to {after[path][0]}")
        elif before[path] != after[path]:
            found.append(f"{path}@{after[path][0]} has the go.sum hash {after[path][1] or '(none)'} instead of "
                         f"{before[path][1] or '(none)'}")  # fmt: skip
    return found


class ModuleGraph(Check):
    """The same question as ``same-build``, asked of module versions, which is what a user recognises."""

    name: ClassVar[str] = "module-graph"
    summary: ClassVar[str] = "the build uses the modules of the steady state, at the same versions and hashes"
    example: ClassVar[str] = "other modules than in the steady state: dep.example/lib went from v1.0.0 to v0.9.0"

    def run(self, history: History) -> Finding:
        steady, now = fingerprint(history, "steady"), fingerprint(history, "verified")
        if steady is None or now is None:
            return Finding("n/a", "there are no two builds to compare")
        found = _changes(steady, now)
        if not found:
            return Finding(
                "pass", f"{amount(len(modules(now)), 'module')}, all at the version and hash of the steady state"
            )
        case, healthy = case_of(history), fingerprint(history, "healthy")
        if case is not None and case.changes and healthy is not None and not differences(healthy, now):
            return Finding("pass", f"other modules, just as {case.recovery} declares: {some(found)}", "altered")
        return Finding("fail", f"other modules than in the steady state: {some(found)}", "inconsistent")


CHECKS.register(ModuleGraph)
