"""Whether a run has proven anything: cases that were all skipped are no success.

Like the plugin it may import nothing but pytest and the standard library.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

__all__ = ["Tally"]

_NOTHING = pytest.ExitCode.NO_TESTS_COLLECTED


class Tally:
    """Counts what ran and which cases were skipped, over all processes of a run. Registered where xdist decides."""

    def __init__(self, *, asked: bool) -> None:
        """``asked``: the run was told to run scenarios, even if there turn out to be none."""
        self._asked = asked
        self._ran = False
        self._skipped: Counter[str] = Counter()
        """Reason -> cases."""

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Scenarios of which no case is selected were asked for all the same."""
        self._asked = self._asked or any(hasattr(item, "chaos_report") for item in items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of an ordinary test too: where anything ran, pytest's own status stands."""
        if report.failed or hasattr(report, "wasxfail") or (report.when == "call" and not report.skipped):
            self._ran = True
        elif report.skipped and any(name == "scenario" for name, _ in report.user_properties):
            why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self._skipped[why.removeprefix("Skipped: ")] += 1

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """All skipped is the status of nothing collected, where pytest itself would say that all is well."""
        if exitstatus == pytest.ExitCode.OK and self._skipped and not self._ran:
            session.exitstatus = _NOTHING

    def complaint(self, exitstatus: int) -> Iterator[str]:
        """The lines that say that nothing was proven, and why; none where something was, or nothing was asked for."""
        if (self._skipped and not self._ran and exitstatus == pytest.ExitCode.OK) or (
            self._asked and exitstatus == _NOTHING
        ):
            yield "chaosmod: no case was run, so nothing was proven"
            for why, count in self._skipped.most_common():
                yield f"  {count} skipped: {why}"
