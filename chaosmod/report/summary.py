"""The end of a run: every case with its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

__all__ = ["counts", "table", "write"]

Row = Mapping[str, str]
"""The ``user_properties`` of a case, its ``status`` and its ``file``."""


def table(rows: Sequence[Row]) -> list[tuple[str, bool]]:
    """The lines, by scenario in the order of ``rows``, each with whether it tells of something else than what was expected."""
    several = len({(r["toolchain"], r["posture"]) for r in rows}) > 1
    named = [(r, _name(r, several)) for r in rows]
    wide = max((len(name) for _, name in named), default=0) + 2
    lines: list[tuple[str, bool]] = []
    scenarios = list(dict.fromkeys(map(_scenario, rows)))
    names = [name for name, _ in scenarios]
    for scenario, file in scenarios:
        of_scenario = [(row, name) for row, name in named if _scenario(row) == (scenario, file)]
        where = f"  {file}" if names.count(scenario) > 1 else ""
        lines.append((f"{scenario} ({of_scenario[0][0]['severity']}){where}", False))
        for row, name in of_scenario:
            observed = row.get("verdict") or row["status"]
            other = row["status"] in ("failed", "error")
            expected = f"   expected {row['expected']}" if other and row["expected"] not in ("", observed) else ""
            lines.append((f"  {name:<{wide}}{observed}{expected}", other))
    return lines


def counts(rows: Sequence[Row]) -> str:
    """How many cases there were, and how they ended."""
    said = {"passed": "as expected", "failed": "not as expected", "error": "proved nothing", "skipped": "skipped"}
    parts = [f"{n} {words}" for status, words in said.items() if (n := sum(r["status"] == status for r in rows))]
    return f"{len(rows)} {'case' if len(rows) == 1 else 'cases'}: {', '.join(parts)}"


def write(reporter: pytest.TerminalReporter, rows: Sequence[Row], folder: str) -> None:
    """Write the section of ``rows``; ``folder`` is where the histories are."""
    reporter.section("chaos")
    for line, other in table(rows):
        reporter.write_line(line, red=other)
    reporter.write_line("")
    reporter.write_line(counts(rows))
    if any(row.get("history") for row in rows):
        reporter.write_line(f"histories: {folder}")


def _scenario(row: Row) -> tuple[str, str]:
    """Its name and its file: two suites may have a name in common."""
    return row["scenario"], row.get("file", "")


def _name(row: Row, several: bool) -> str:
    posture = "" if row["posture"] == "default" else f"-{row['posture']}"
    return f"{row['recovery']}[go{row['toolchain']}{posture}]" if several else row["recovery"]
