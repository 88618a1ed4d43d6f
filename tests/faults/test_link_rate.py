"""``rate``: parameters, and the pace."""

import pytest

from chaosmod.faults.link_actions import Pace, Shape

from .linking import refused, shaped


def test_paces() -> None:
    assert shaped("rate", "50kbit") == Shape.of(Pace(rate=6250), "both")
    assert shaped("rate", {"limit": "1Mbps", "towards": "client"}) == Shape(client=Pace(rate=1e6))


@pytest.mark.parametrize(
    ("spec", "message"),
    [({}, "Field required"), ("50", "'50' needs a unit"), ("0kbit", "more than 0"), ("fast", "is not a rate")],
)
def test_no_paces(spec: object, message: str) -> None:
    assert message in refused("rate", spec)
