"""``loss``: parameters, and the pace."""

import pytest

from chaosmod.faults.link_actions import Pace, Shape

from .linking import refused, shaped


def test_paces() -> None:
    assert shaped("loss", "1%") == Shape.of(Pace(loss=0.01), "both")
    assert shaped("loss", {"share": "5%", "correlation": "25%", "towards": "client"}) == Shape(
        client=Pace(loss=0.05, loss_correlation=0.25)
    )


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, "Field required"),
        ("0%", "0% of the packets is none"),
        ("1", "'1' is not a percentage"),
        ("101%", "more than 100%"),
        ("x%", "not a percentage"),
    ],
)
def test_no_paces(spec: object, message: str) -> None:
    assert message in refused("loss", spec)
