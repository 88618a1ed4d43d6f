"""Places in a body."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaosmod.faults.extent import Extent, parse_extent


@pytest.mark.parametrize(
    ("value", "expected", "words"),
    [
        ("0", Extent(0), "0 bytes"),
        (100, Extent(100), "100 bytes"),
        ("100%", Extent(100, percent=True), "100%"),
        (Extent(7), Extent(7), "7 bytes"),
    ],
)
def test_places(value: Any, expected: Extent, words: str) -> None:
    assert parse_extent(value) == expected
    assert str(expected) == words


@pytest.mark.parametrize("value", ["", "%", "-1", -1, "1.5", 1.5, "101%", "1 MiB", "½", True, None, "9" * 13])
def test_no_places(value: Any) -> None:
    with pytest.raises(ValueError, match=r"write a number of bytes|no more than 100%"):
        parse_extent(value)


@given(st.integers(0, 10**12), st.integers(0, 100), st.booleans())
def test_never_past_the_end(size: int, amount: int, percent: bool) -> None:
    assert 0 <= Extent(amount, percent).of(size) <= size


def test_bytes_and_percent() -> None:
    assert Extent(10).of(100) == 10
    assert Extent(10).of(3) == 3
    assert Extent(50, percent=True).of(3) == 1
    assert Extent(100, percent=True).of(3) == 3
