"""``make soak``: run every network fault again and again, and see that the counts stay exact and the verdicts the same.

For each kind of fault the shipped scenario that is quickest is taken, and of it the case without a recovery. The check
``exact-counts`` compares the fault's own counters with the request history in each run.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from chaosmod.engine import run_case  # noqa: E402
from chaosmod.errors import NotHere  # noqa: E402
from chaosmod.faults.base import FAULTS  # noqa: E402
from chaosmod.history import Concluded, FaultArmed, FaultsCounted  # noqa: E402
from chaosmod.lab.toolchain import select  # noqa: E402
from chaosmod.scenario import Scenario, expand, load  # noqa: E402
from chaosmod.session import Config, Session  # noqa: E402

__all__ = ["Row", "chosen", "table"]


@dataclass
class Row:
    """What the runs of one scenario gave."""

    kind: str
    scenario: str
    runs: int = 0
    asked: Counter[int] = field(default_factory=Counter)
    """How often the fault was asked in a run -> in how many runs."""
    acted: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """Why a run did not pass."""
    skipped: str = ""


def chosen(scenarios: Iterable[Scenario]) -> dict[str, Scenario]:
    """Kind of fault -> the quickest scenario that has it; nothing is decided by the order of ``scenarios``."""
    found: dict[str, Scenario] = {}
    for scenario in sorted(scenarios, key=_cost):
        for declared in scenario.faults:
            found.setdefault(declared.kind, scenario)
    return found


def _cost(scenario: Scenario) -> tuple[bool, bool, float, int, str]:
    hangs = expand(scenario, ["go"], "sandbox")[0].expected_outcome == "hung"
    return ("slow" in scenario.tags, hangs, len(scenario.faults), scenario.provoke.timeout, scenario.name)


def run(kind: str, file: Path) -> Row:
    """Run the case without a recovery once, in this process."""
    case = next(c for c in expand(load(file), list(_session().config.toolchains)[:1], "sandbox") if c.recovery is None)
    row = Row(kind, case.scenario.name, runs=1)
    try:
        history, _ = run_case(case, _session())
    except NotHere as e:
        row.skipped = str(e)
        return row
    concluded, counted = history.last(Concluded), history.last(FaultsCounted)
    for armed in (a for a in history.of(FaultArmed) if a.kind == kind):
        row.asked[counted.asked.get(armed.fault, 0) if counted else 0] += 1
        row.acted[counted.acted.get(armed.fault, 0) if counted else 0] += 1
    if concluded is None or not concluded.passed:
        row.wrong.append(
            "no conclusion" if concluded is None else f"{concluded.verdict}: {' '.join(concluded.reasons)}"
        )
    return row


_kept: list[Session] = []


def _session() -> Session:
    if not _kept:
        _kept.append(Session(Config(toolchains={go.label: go for go in select(())})))
    return _kept[0]


def table(rows: Iterable[Row]) -> Iterator[str]:
    """The rows of one kind in one line each."""
    merged: dict[str, Row] = {}
    for row in rows:
        into = merged.setdefault(row.kind, Row(row.kind, row.scenario))
        into.runs += row.runs
        into.asked += row.asked
        into.acted += row.acted
        into.wrong += row.wrong
        into.skipped = into.skipped or row.skipped
    yield f"{'fault':<16} {'scenario':<36} {'runs':>4}  {'asked in a run':<15} {'acted':<10} not as expected"
    for kind in sorted(merged):
        row = merged[kind]
        said = f"skipped: {row.skipped}" if row.skipped else str(len(row.wrong))
        yield f"{kind:<16} {row.scenario:<36} {row.runs:>4}  {_span(row.asked):<15} {_span(row.acted):<10} {said}"
        yield from (f"    {why}" for why in sorted(set(row.wrong)))


def _span(counts: Counter[int]) -> str:
    return f"{min(counts)} to {max(counts)}" if len(counts) > 1 else str(next(iter(counts), ""))


def main(arguments: list[str]) -> int:
    """Run and print; the exit status is 1 where a run was not as expected."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=50, help="how often (default: 50)")
    parser.add_argument("--kind", action="append", choices=sorted(FAULTS), help="only this fault (may be repeated)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="how many at once (default: one a core)")
    given = parser.parse_args(arguments)
    scenarios = [load(file) for file in sorted((ROOT / "scenarios").rglob("*.yml"))]
    tasks = [(k, s) for k, s in chosen(scenarios).items() if not given.kind or k in given.kind]
    rows: list[Row] = []
    with ProcessPoolExecutor(given.workers, multiprocessing.get_context("spawn")) as pool:
        runs = [pool.submit(run, kind, s.file) for kind, s in tasks for _ in range(given.runs) if s.file is not None]
        for done in as_completed(runs):
            rows.append(done.result())
            print(f"\r{len(rows)} of {len(runs)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print("\n".join(table(rows)))
    return int(any(row.wrong for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
