"""Values of link faults in tc's own units."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from chaosmod.faults.netem_units import parse_percent, parse_rate

__all__ = ["Percent", "Rate"]


def _percent(value: Any) -> float:
    if isinstance(value, str) and not value.endswith("%"):
        raise ValueError(f"{value[:40]!r} is not a percentage: write for example 1%")
    return parse_percent(value) if isinstance(value, str) else float(value)


def _rate(value: Any) -> float:
    if isinstance(value, str) and value[-1:].isdigit():
        raise ValueError(f"{value[:40]!r} needs a unit: write for example 50kbit, or 50kbps for bytes")
    return parse_rate(value) if isinstance(value, str) else float(value)


Percent = Annotated[
    float,
    BeforeValidator(_percent),
    WithJsonSchema({"type": "string", "pattern": r"^([0-9]+\.?[0-9]*|\.[0-9]+)%$", "examples": ["1%", "0.5%"]}),
]
"""A share from 0 to 1, written as a percentage."""

Rate = Annotated[
    float,
    BeforeValidator(_rate),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^([0-9]+\.?[0-9]*|\.[0-9]+)([kKmMgGtT][iI]?)?([bB][iI][tT]|[bB][pP][sS])$",
            "examples": ["50kbit", "1mbit", "64kbps"],
        }
    ),
]
"""Bytes a second, written as tc does: ``bit`` for bits a second, ``bps`` for bytes."""
