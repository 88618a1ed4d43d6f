"""``reset``: parameters, and what is asked for."""

import pytest

from chaosmod.faults.link_actions import Reset

from .linking import refused, shaped


def test_asks() -> None:
    assert shaped("reset", None) == Reset()
    assert shaped("reset", "20000") == Reset(20000)
    assert shaped("reset", {"after": 1, "towards": "server"}) == Reset(1, "server")


@pytest.mark.parametrize(
    ("spec", "message"),
    [(-1, "greater than or equal to 0"), ({"towards": "both"}, "Input should be 'client' or 'server'")],
)
def test_no_asks(spec: object, message: str) -> None:
    assert message in refused("reset", spec)
