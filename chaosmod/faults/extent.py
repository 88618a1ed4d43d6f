"""A place in a body whose size is not known when the scenario is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

__all__ = ["Extent", "ExtentField", "parse_extent"]

_PATTERN = r"[0-9]{1,12}%?"


@dataclass(frozen=True, slots=True)
class Extent:
    """So many bytes, or so many percent of them all."""

    amount: int
    percent: bool = False

    def of(self, size: int) -> int:
        """The place in a body of ``size`` bytes, at most its end.

        >>> Extent(50, percent=True).of(7)
        3
        """
        return min(size * self.amount // 100 if self.percent else self.amount, size)

    def __str__(self) -> str:
        return f"{self.amount}%" if self.percent else f"{self.amount} bytes"


def parse_extent(value: Any) -> Extent:
    """The extent of ``100`` (bytes) or ``50%``. Raises ValueError for anything else, and above 100%."""
    if isinstance(value, Extent):
        return value
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not re.fullmatch(_PATTERN, text):
        raise ValueError("write a number of bytes or a percentage, for example 100 or 50%")
    extent = Extent(int(text.rstrip("%")), text.endswith("%"))
    if extent.percent and extent.amount > 100:
        raise ValueError("a body has no more than 100%")
    return extent


ExtentField = Annotated[
    Extent,
    BeforeValidator(parse_extent),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": f"^{_PATTERN}$"}, {"type": "integer", "minimum": 0}],
            "examples": [100, "50%"],
        }
    ),
]
