"""``same-build``: the verifying build gave what the steady state gave."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.checks.builds import amount, differences, fingerprint, some
from chaosmod.checks.views import case_of
from chaosmod.history import History


class SameBuild(Check):
    """Compares packages and binaries; another build is allowed where the recovery declares it and it is the right one."""

    name: ClassVar[str] = "same-build"
    summary: ClassVar[str] = "the packages and binaries after the recovery are those of the steady state"
    example: ClassVar[str] = (
        "another build than the steady state's, and nobody declared that: package dep.example/lib comes from "
        "dep.example/lib@v0.9.0 and came from dep.example/lib@v1.0.0; package app.example/app was compiled from "
        "other content; binary app differs"
    )

    def run(self, history: History) -> Finding:
        steady, now = fingerprint(history, "steady"), fingerprint(history, "verified")
        if steady is None or now is None:
            return Finding("n/a", "there are no two builds to compare")
        differing = differences(steady, now)
        if not differing:
            return Finding(
                "pass",
                f"{amount(len(now.packages), 'package')} and {amount(len(now.binaries), 'binary', 'binaries')}, the steady state's",
            )
        what = some(differing)
        case = case_of(history)
        if case is None or not case.changes:
            return Finding(
                "fail", f"another build than the steady state's, and nobody declared that: {what}", "inconsistent"
            )
        healthy = fingerprint(history, "healthy")
        if healthy is None:
            return Finding(
                "fail",
                f"another build than the steady state's ({what}), and there is no run of {case.recovery} in a healthy "
                "lab to compare it with",
                "inconsistent",
            )
        if unlike := differences(healthy, now):
            return Finding(
                "fail",
                f"{case.recovery} gives another build here than in a healthy lab: {some(unlike)}",
                "inconsistent",
            )
        return Finding(
            "pass", f"the build differs just as {case.recovery} declares and as in a healthy lab: {what}", "altered"
        )


CHECKS.register(SameBuild)
