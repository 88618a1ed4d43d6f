"""Times, rates and percentages in tc's own units."""

from collections.abc import Callable

import pytest

from chaosmod.faults.netem_units import parse_integer, parse_percent, parse_rate, parse_time


@pytest.mark.parametrize(
    ("text", "seconds"), [("1s", 1), ("1.5secs", 1.5), ("2MS", 2e-3), ("3usec", 3e-6), ("4", 4e-6), ("5ns", 5e-9)]
)
def test_times(text: str, seconds: float) -> None:
    assert parse_time(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "rate"),
    [("8", 1), ("8bit", 1), ("8Kbit", 1000), ("8kibit", 1024), ("1bps", 1), ("2mbps", 2e6), ("1gibps", 2**30)],
)
def test_rates(text: str, rate: float) -> None:
    """tc's ``bps`` is bytes."""
    assert parse_rate(text) == rate


def test_percentages() -> None:
    assert [parse_percent(t) for t in ("1", "1%", ".5%", "100%")] == [0.01, 0.01, 0.005, 1.0]


def test_counts() -> None:
    assert parse_integer("20") == 20


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (parse_time, "300 ms"),
        (parse_time, "-1s"),
        (parse_time, "25h"),
        (parse_rate, "50kb"),
        (parse_rate, "0bit"),
        (parse_percent, "101%"),
        (parse_percent, "1ms"),
        (parse_integer, "2.5"),
        (parse_integer, "-3"),
    ],
)
def test_what_is_none(read: Callable[[str], float], text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a|is too long|more than"):
        read(text)
