"""The text of a case as pytest carries it: through xdist, to the summary, to JUnit, and in colour to the terminal."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from _pytest._code.code import ReprExceptionInfo, ReprFileLocation, ReprTracebackNative
from _pytest._io import TerminalWriter

__all__ = ["Failure", "coloured", "longrepr"]

# pytest's public interface takes any object for a longrepr, but only one with a `reprcrash` has its reason in the short
# summary and in JUnit, and only these classes of its own come through xdist with that.


@dataclass(frozen=True, slots=True)
class Failure:
    """What is to be reported."""

    message: str
    """One line, for the summary."""
    text: str
    path: str
    line: int


def longrepr(failure: Failure) -> ReprExceptionInfo:
    """``failure`` for ``report.longrepr``."""
    return ReprExceptionInfo(
        reprtraceback=ReprTracebackNative([line + "\n" for line in failure.text.rstrip().splitlines()]),
        reprcrash=ReprFileLocation(failure.path, failure.line, failure.message),
    )


class _Coloured(ReprExceptionInfo):
    def toterminal(self, tw: TerminalWriter) -> None:
        for n, line in enumerate(str(self.reprtraceback).splitlines()):
            tw.line(line, **_markup(line, first=n == 0))
        for name, content, sep in self.sections:
            tw.sep(sep, name)
            tw.line(content)


def coloured(report: pytest.TestReport) -> None:
    """Let the text of a case in ``report`` be written in colour, where the terminal has any."""
    text = report.longrepr
    if isinstance(text, ReprExceptionInfo) and not isinstance(text, _Coloured):
        report.longrepr = _Coloured(reprtraceback=text.reprtraceback, reprcrash=text.reprcrash)


def _markup(line: str, *, first: bool) -> dict[str, bool]:
    if first or line.endswith("✗"):
        return {"red": True, "bold": True}
    if line and not line.startswith(" "):
        return {"bold": True}
    return {"yellow": True} if "  ← " in line or line.startswith("  > ") else {}
