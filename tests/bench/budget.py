"""A budget and what was measured against it; the table and the JSON of a run. Pure."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["Measured", "ratio", "spread", "table", "to_json"]


@dataclass(frozen=True)
class Measured:
    """One line of the report."""

    name: str
    what: str
    value: float
    unit: str
    """``x`` for a ratio."""
    target: float
    better: Literal["lower", "higher"] = "lower"
    low: float | None = None
    """The least and the greatest of the single measurements, where there were several."""
    high: float | None = None
    note: str = ""
    """The parts of a ratio, or under which conditions it means little."""
    samples: Mapping[str, Sequence[float]] = dataclasses.field(default_factory=dict)
    """What it was computed from, by series."""

    @property
    def kept(self) -> bool:
        """Whether the budget is kept."""
        return self.value <= self.target if self.better == "lower" else self.value >= self.target


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float, float]:
    """The median ratio of two series measured alternately, and the least and greatest ratio of a pair.

    Pairs are neighbours in time, so what else the machine did then weighs on both parts of each. Raises ValueError for
    series that are empty or of different lengths.
    """
    pairs = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    if not pairs:
        raise ValueError("nothing was measured")
    return statistics.median(pairs), min(pairs), max(pairs)


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, least and greatest. Raises ValueError where nothing was measured."""
    if not values:
        raise ValueError("nothing was measured")
    return statistics.median(values), min(values), max(values)


def table(results: Sequence[Measured]) -> str:
    """The report for people, one line a budget, with what was measured beside the target.

    >>> print(table([Measured("up", "lab up and down", 14.2, "ms", 20, low=13, high=22)]))
    what             measured  (least to greatest)   target
    lab up and down   14.2 ms    13.0 to 22.0 ms    ≤ 20 ms  ok
    """
    head = ("what", "measured", "(least to greatest)", "target", "", "")
    rows = [head, *map(_row, results)]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = []
    for what, measured, between, target, verdict, note in rows:
        cells = [what.ljust(widths[0]), measured.rjust(widths[1]), between.center(widths[2]), target.rjust(widths[3])]
        lines.append("  ".join([*cells, verdict, note]).rstrip())
    return "\n".join(lines)


def _row(result: Measured) -> tuple[str, ...]:
    between = ""
    if result.low is not None and result.high is not None:
        between = f"{_number(result.low)} to {_number(result.high)}{_unit(result.unit)}"
    sign = "≤" if result.better == "lower" else "≥"
    return (
        result.what,
        f"{_number(result.value)}{_unit(result.unit)}",
        between,
        f"{sign} {result.target:g}{_unit(result.unit)}",
        "ok" if result.kept else "over",
        result.note,
    )


def _number(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def _unit(unit: str) -> str:
    return f"{unit}" if unit in ("x", "%") else f" {unit}"


def to_json(results: Sequence[Measured], machine: Mapping[str, object]) -> dict[str, object]:
    """The report for programs."""
    return {"machine": dict(machine), "results": [{**dataclasses.asdict(r), "kept": r.kept} for r in results]}
