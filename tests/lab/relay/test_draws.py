"""Random numbers: reproducible, correlated, and distributed as netem's tables are."""

from __future__ import annotations

import random
import statistics

import pytest

from chaosmod.lab.relay.draws import Correlated, spread


def numbers(correlation: float, seed: int = 1, count: int = 20_000) -> list[float]:
    draw = Correlated(random.Random(seed), correlation)
    return [draw() for _ in range(count)]


def test_the_seed_decides() -> None:
    assert numbers(0.3, seed=4) == numbers(0.3, seed=4)
    assert numbers(0.3, seed=4) != numbers(0.3, seed=5)


@pytest.mark.parametrize("correlation", [0.0, 0.25, 0.75])
def test_each_number_is_like_the_one_before_to_the_part_that_was_asked_for(correlation: float) -> None:
    drawn = numbers(correlation)
    assert statistics.correlation(drawn, drawn[1:] + drawn[:1]) == pytest.approx(correlation, abs=0.03)
    assert min(drawn) >= 0
    assert max(drawn) <= 1


@pytest.mark.parametrize(
    ("distribution", "mean", "deviation", "lowest", "highest"),
    [
        ("uniform", 0, 3**-0.5, -1, 1),
        ("normal", 0, 1, -4, 4),
        ("pareto", 0, 0.87, -0.7, 4),
        ("paretonormal", 0, 0.7, -1.6, 4),
    ],
)
def test_distributions(distribution: str, mean: float, deviation: float, lowest: float, highest: float) -> None:
    drawn = [spread(distribution, u) for u in numbers(0)]
    assert statistics.fmean(drawn) == pytest.approx(mean, abs=0.12)
    assert statistics.pstdev(drawn) == pytest.approx(deviation, abs=0.25)
    assert lowest <= min(drawn)
    assert max(drawn) <= highest


def test_the_ends_are_finite() -> None:
    for distribution in ("uniform", "normal", "pareto", "paretonormal"):
        assert -5 < spread(distribution, 0.0) < spread(distribution, 1.0) < 5
