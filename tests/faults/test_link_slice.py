"""``slice``: parameters, and the pace."""

import pytest

from chaosmod.faults.link_actions import Pace, Shape

from .linking import refused, shaped


def test_paces() -> None:
    assert shaped("slice", "64") == Shape.of(Pace(slice=64), "both")
    assert shaped("slice", {"size": 1, "pause": "1ms", "towards": "server"}) == Shape(server=Pace(slice=1, pause=0.001))


@pytest.mark.parametrize(
    ("spec", "message"),
    [({}, "Field required"), (0, "greater than or equal to 1"), (65537, "less than or equal to 65536")],
)
def test_no_paces(spec: object, message: str) -> None:
    assert message in refused("slice", spec)
