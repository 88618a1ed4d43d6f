"""The random numbers of netem, from a seeded source: correlated, and in its four distributions. Pure.

Sources: get_crandom and tabledist of net/sched/sch_netem.c, and the tables of iproute2 (netem/pareto.c, paretonormal.c).
"""

from __future__ import annotations

import math
import random
import statistics

__all__ = ["Correlated", "spread"]

_TABLE = 4096
"""Entries of netem's tables: it never draws from further out in a tail than half an entry."""

_NORMAL = statistics.NormalDist()
_WIDEST = 4.0
"""Deviations that a table entry can hold (16 bits, 8192 a deviation)."""


class Correlated:
    """Uniform numbers from 0 to 1, each made to the part ``correlation`` of the one before."""

    def __init__(self, rng: random.Random, correlation: float) -> None:
        self._rng = rng
        self._correlation = correlation
        self._last = rng.random() if correlation else 0.0

    def __call__(self) -> float:
        """The next number."""
        value = self._rng.random()
        if self._correlation:
            self._last = value = value * (1 - self._correlation) + self._last * self._correlation
        return value


def spread(distribution: str, u: float) -> float:
    """How many jitters a delay lies beside its mean, for ``u`` uniform from 0 to 1.

    ``uniform`` gives -1 to 1, ``normal`` a standard deviation of 1, ``pareto`` a long tail upwards, ``paretonormal``
    a quarter of the former and three quarters of the latter.
    """
    if distribution == "uniform":
        return 2 * u - 1
    u = min(max(u, 0.5 / _TABLE), 1 - 0.5 / _TABLE)
    if distribution == "normal":
        return _NORMAL.inv_cdf(u)
    pareto = min((math.pow(1 - u, -1 / 3) - 1.5) * 4 / 3, _WIDEST)
    if distribution == "pareto":
        return pareto
    return 0.25 * _NORMAL.inv_cdf(u) + 0.75 * pareto
