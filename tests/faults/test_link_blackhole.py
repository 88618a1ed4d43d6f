"""``blackhole``: parameters, and what is asked for."""

import pytest

from chaosmod.faults.link_actions import Blackhole
from chaosmod.faults.link_blackhole import Partition

from .linking import refused, shaped


def test_asks() -> None:
    assert shaped("blackhole", None) == Blackhole()
    assert shaped("blackhole", "0") == Blackhole(0)
    assert shaped("blackhole", {"after": 20000, "towards": "client"}) == Blackhole(20000, "client")
    assert Partition.before_accept


@pytest.mark.parametrize(
    ("spec", "message"),
    [(-1, "greater than or equal to 0"), ({"towards": "client"}, "without 'after' there is no connection")],
)
def test_no_asks(spec: object, message: str) -> None:
    assert message in refused("blackhole", spec)
