"""``evidence``: all that a verdict rests on was measured."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.checks.builds import fingerprint
from chaosmod.checks.views import case_of, provoked
from chaosmod.history import BuildMeasured, EnvironmentRead, FilesMeasured, History, ModCacheCompared, ModVerified


class Evidence(Check):
    """Other checks say ``n/a`` to what was not measured. This one sees to it that a gap is never taken for good news."""

    name: ClassVar[str] = "evidence"
    summary: ClassVar[str] = "everything that the verdict rests on is in the history"
    example: ClassVar[str] = "the history lacks the comparison of the module cache"

    def run(self, history: History) -> Finding:
        verified = history.last(BuildMeasured, when="verified")
        have: dict[str, object | None] = {
            "how the case was declared": case_of(history),
            "the steady state's build": fingerprint(history, "steady"),
            "the provoke commands": provoked(history),
            "the verifying build": verified,
        }
        if verified is not None and verified.outcome == "ok":
            have |= {
                "what the verifying build gave": verified.fingerprint,
                "the second, offline build": history.last(BuildMeasured, when="fresh")
                or history.last(BuildMeasured, when="offline"),
                "the comparison of the module cache": history.last(ModCacheCompared, when="verified"),
                "go mod verify": history.last(ModVerified, when="verified"),
                "the files in the steady state": history.last(FilesMeasured, when="steady"),
                "the files afterwards": history.last(FilesMeasured, when="verified"),
                "the posture's own settings": history.last(EnvironmentRead, when="steady")
                or history.last(EnvironmentRead, when="injected"),
                "the settings afterwards": history.last(EnvironmentRead, when="verified")
                or history.last(EnvironmentRead, when="recovered"),
            }
        if missing := [what for what, event in have.items() if event is None]:
            return Finding("fail", f"the history lacks {', '.join(missing)}", "broken-lab")
        return Finding("pass", "everything that the verdict rests on was measured")


CHECKS.register(Evidence)
