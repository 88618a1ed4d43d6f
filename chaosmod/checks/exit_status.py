"""``exit-status``: the verifying build succeeds."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.checks.views import provoked
from chaosmod.diagnose.matcher import diagnose
from chaosmod.history import BuildMeasured, CommandFinished, History


class ExitStatus(Check):
    """A failing build is not restored; where provoke had worked, the recovery (or the lack of one) did harm."""

    name: ClassVar[str] = "exit-status"
    summary: ClassVar[str] = "after the recovery the workspace builds: exit status 0 within the time limit"
    example: ClassVar[str] = (
        "the verifying build failed (proxy-gone): go: dep.example/lib@v1.0.0: reading "
        "https://primary.example/dep.example/lib/@v/v1.0.0.zip: 410 Gone"
    )

    def run(self, history: History) -> Finding:
        build = history.last(BuildMeasured, when="verified")
        if build is None:
            return Finding("n/a", "the verifying build was not run")
        if build.outcome == "ok":
            return Finding("pass", "the verifying build succeeded")
        said = self._said(history, build)
        how = "hung past its time limit" if build.outcome == "hung" else "failed"
        before = provoked(history)
        if before is not None and before.worked:
            return Finding("fail", f"the build worked before, and the verifying build {how}{said}", "harmed")
        return Finding("fail", f"the verifying build {how}{said}", "not-restored")

    @staticmethod
    def _said(history: History, build: BuildMeasured) -> str:
        command = history.last(CommandFinished, n=build.command) if build.command else None
        if command is None:
            return ""
        found = diagnose((command.stderr, command.stdout))
        if found is not None:
            return f" ({found.name}): {found.text}"
        lines = [line for line in (command.stderr or command.stdout).splitlines() if line.strip()]
        return f": {lines[-1].strip()}" if lines else ""


CHECKS.register(ExitStatus)
