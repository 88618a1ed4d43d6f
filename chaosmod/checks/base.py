"""The contract of a check: it reads the history of a case and says one thing about it.

A check runs nothing and asks nothing: what is not in the history it does not know, and then it says ``n/a``. So it can
be run again on a history of last year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from chaosmod.history import History
from chaosmod.registry import Registry

__all__ = ["CHECKS", "ERRORS", "ORDER", "VERDICTS", "Check", "Finding", "Grade", "worst"]

Grade: TypeAlias = Literal[
    "survived", "restored", "altered", "weakened", "not-restored", "inconsistent", "harmed", "vacuous", "broken-lab"
]

VERDICTS: tuple[Grade, ...] = (
    "survived",
    "restored",
    "altered",
    "weakened",
    "not-restored",
    "inconsistent",
    "harmed",
)
"""From best to worst: where several hold, the worst counts."""

ERRORS: tuple[Grade, ...] = ("vacuous", "broken-lab")
"""Outcomes that are no verdict, because nothing was proven; the second one casts doubt on the first."""

ORDER: tuple[Grade, ...] = VERDICTS + ERRORS
"""All grades; the last one that a case has is the one that counts."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found."""

    status: Literal["pass", "fail", "n/a"]
    text: str
    """One or two sentences for somebody who has not seen the history."""
    grade: Grade | None = None
    """The best verdict that is still possible with this finding; None: it limits none."""


class Check:
    """Base of all checks."""

    name: ClassVar[str]
    summary: ClassVar[str]
    """One line for the catalogue."""
    example: ClassVar[str]
    """What it says when it says no, for the catalogue; of a check that never does, what it has to tell."""

    def run(self, history: History) -> Finding:
        """What ``history`` says. Never raises for an incomplete history."""
        raise NotImplementedError


def worst(*grades: Grade | None) -> Grade:
    """The grade that counts: errors before verdicts, and of each the last in its order.

    >>> worst("restored", None, "weakened")
    'weakened'
    """
    return max((g for g in grades if g is not None), key=ORDER.index, default="survived")


CHECKS: Registry[Check] = Registry("chaosmod.checks", "name")
"""All checks by name."""
