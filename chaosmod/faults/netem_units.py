"""Numbers with units, as tc writes them. Pure.

Source: iproute2, lib/utils_math.c and tc/tc_util.c.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["parse_integer", "parse_percent", "parse_rate", "parse_time"]

_TIMES = {"s": 1.0, "sec": 1.0, "secs": 1.0, "ms": 1e-3, "msec": 1e-3, "msecs": 1e-3}
_TIMES |= {"us": 1e-6, "usec": 1e-6, "usecs": 1e-6, "ns": 1e-9, "nsec": 1e-9, "nsecs": 1e-9, "": 1e-6}
_PREFIXES = {
    "": 1.0,
    "k": 1e3,
    "m": 1e6,
    "g": 1e9,
    "t": 1e12,
    "ki": 2.0**10,
    "mi": 2.0**20,
    "gi": 2.0**30,
    "ti": 2.0**40,
}
_RATES = {p + "bit": f / 8 for p, f in _PREFIXES.items()} | {p + "bps": f for p, f in _PREFIXES.items()} | {"": 1 / 8}
_NUMBER = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([a-zA-Z%]*)")
_LONGEST = 24 * 3600.0
"""Seconds: as long as any other duration of a scenario."""
_FASTEST = 2.0**64
"""Bytes a second that netem has room for (TCA_NETEM_RATE64)."""


def _measure(text: str, units: Mapping[str, float], what: str) -> float:
    match = _NUMBER.fullmatch(text)
    if match is None or match[2].lower() not in units:
        raise ValueError(f"{text!r} is not {what}")
    return float(match[1]) * units[match[2].lower()]


def parse_time(text: str) -> float:
    """Seconds of a time as tc writes it; a bare number is microseconds (get_time). Raises ValueError, also above one day.

    >>> parse_time("300ms")
    0.3
    """
    seconds = _measure(text, _TIMES, "a time: write for example 300ms")
    if seconds > _LONGEST:
        raise ValueError(f"{text[:40]!r} is too long: a time must be between 0 and 24h")
    return seconds


def parse_rate(text: str) -> float:
    """Bytes a second of a rate as tc writes it: ``bit`` and its multiples, ``bps`` is bytes; a bare number is bits
    (get_rate64). Raises ValueError.

    >>> parse_rate("8kbit"), parse_rate("1kbps"), parse_rate("1Kibps")
    (1000.0, 1000.0, 1024.0)
    """
    rate = _measure(text, _RATES, "a rate: write for example 50kbit, or 50kbps for bytes")
    if not 0 < rate < _FASTEST:
        raise ValueError("a rate must be more than 0, and less than 2^64 bytes a second")
    return rate


def parse_percent(text: str) -> float:
    """The share of a percentage, with or without the sign (parse_percent). Raises ValueError.

    >>> parse_percent("25%")
    0.25
    """
    share = _measure(text, {"%": 0.01, "": 0.01}, "a percentage: write for example 1%")
    if share > 1:
        raise ValueError(f"{text!r} is more than 100%")
    return share


def parse_integer(text: str) -> float:
    """A count. Raises ValueError."""
    if not re.fullmatch("[0-9]{1,9}", text):
        raise ValueError(f"{text!r} is not a whole number")
    return int(text)
