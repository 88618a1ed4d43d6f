from __future__ import annotations

import json
import re

import pytest

from tests.bench.budget import Measured, ratio, spread, table, to_json

UP = Measured("up", "lab up and down", 14.2, "ms", 20, low=13, high=22, samples={"up": [13, 14.2, 22]})
WORKERS = Measured("workers", "suite", 1.25, "x", 1.5, "higher", note="10 s : 8 s")


def test_a_ratio_is_that_of_neighbours() -> None:
    """The machine became slower by ten in the middle; the ratio did not."""
    assert ratio([2, 2, 20, 30], [1, 1, 10, 10]) == (2, 2, 3)


@pytest.mark.parametrize("series", [([], []), ([1], [1, 2])])
def test_series_that_cannot_be_compared(series: tuple[list[float], list[float]]) -> None:
    with pytest.raises(ValueError, match=r"measured|shorter|longer"):
        ratio(*series)


def test_spread() -> None:
    assert spread([3, 1, 2]) == (2, 1, 3)
    with pytest.raises(ValueError, match="nothing was measured"):
        spread([])


@pytest.mark.parametrize(
    ("value", "better", "kept"), [(2, "lower", True), (3, "lower", False), (2, "higher", True), (1, "higher", False)]
)
def test_a_budget_is_kept_on_its_own_side(value: float, better: str, kept: bool) -> None:
    assert Measured("n", "w", value, "x", 2, better).kept is kept  # type: ignore[arg-type]


def test_the_table_says_what_was_measured_beside_the_target() -> None:
    head, first, second = table([UP, WORKERS]).splitlines()
    assert head.split() == ["what", "measured", "(least", "to", "greatest)", "target"]
    assert re.split(r"\s{2,}", first) == ["lab up and down", "14.2 ms", "13.0 to 22.0 ms", "≤ 20 ms", "ok"]
    assert re.split(r"\s{2,}", second) == ["suite", "1.25x", "≥ 1.5x", "over", "10 s : 8 s"]
    assert first.index("≤ 20 ms") + 7 == second.index("≥ 1.5x") + 6


def test_the_json_has_every_sample() -> None:
    data = json.loads(json.dumps(to_json([UP, WORKERS], {"cpus": 2})))
    assert data["machine"] == {"cpus": 2}
    up, workers = data["results"]
    assert (up["value"], up["target"], up["kept"], up["samples"]) == (14.2, 20, True, {"up": [13, 14.2, 22]})
    assert workers["kept"] is False
