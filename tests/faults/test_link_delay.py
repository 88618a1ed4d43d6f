"""``delay``: parameters, and the pace."""

from typing import Any

import pytest

from chaosmod.faults.link_actions import Pace, Shape

from .linking import refused, shaped


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("300ms", Shape.of(Pace(delay=0.3), "both")),
        ({"time": "1s", "towards": "client"}, Shape(client=Pace(delay=1))),
        ({"time": "0", "jitter": "20ms"}, Shape.of(Pace(jitter=0.02), "both")),
        (
            {"time": "1s", "jitter": "20ms", "correlation": "25%", "distribution": "pareto", "towards": "server"},
            Shape(server=Pace(delay=1, jitter=0.02, jitter_correlation=0.25, distribution="pareto")),
        ),
    ],
)
def test_paces(spec: Any, expected: Shape) -> None:
    assert shaped("delay", spec) == expected


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, "Field required"),
        ("0s", "a delay of 0 without a jitter delays nothing"),
        ("300", "is not a duration"),
        ({"time": "1s", "correlation": "25"}, "'25' is not a percentage"),
        ({"time": "1s", "distribution": "gauss"}, "Input should be 'uniform', 'normal', 'pareto' or 'paretonormal'"),
        ({"time": "1s", "towards": "up"}, "Input should be 'both', 'client' or 'server'"),
    ],
)
def test_no_paces(spec: Any, message: str) -> None:
    assert message in refused("delay", spec)
