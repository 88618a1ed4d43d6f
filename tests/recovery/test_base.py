"""What every recovery can rely on, and what every recovery in the catalogue has to keep to."""

from __future__ import annotations

from typing import ClassVar

import pytest
from pydantic import ValidationError

from chaosmod.lab.base import ABILITIES
from chaosmod.recovery.base import RECOVERIES, Recovery


class Fix(Recovery):
    """A recovery with a shorthand."""

    name: ClassVar[str] = "fix"
    shorthand: ClassVar[str | None] = "how"
    how: str = "well"


@pytest.mark.parametrize(
    ("written", "how"), [("badly", "badly"), ({"how": "badly"}, "badly"), (None, "well"), ({}, "well")]
)
def test_a_bare_value_is_the_shorthand(written: object, how: str) -> None:
    assert Fix.model_validate(written).how == how


@pytest.mark.parametrize("written", [{"hwo": "x"}, {"changes": ["go.mum"]}, ["x"]])
def test_what_it_does_not_know_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        Fix.model_validate(written)


def test_it_declares_to_change_nothing_unless_it_says_so() -> None:
    assert Fix().changes == frozenset()
    assert Fix.model_validate({"changes": ["go.sum"]}).changes == {"go.sum"}


@pytest.mark.parametrize("recovery", RECOVERIES.values(), ids=list(RECOVERIES))
def test_the_catalogue_is_complete(recovery: type[Recovery]) -> None:
    assert recovery.summary
    assert not recovery.summary.endswith(".")
    assert recovery.example or recovery.shorthand is None
    assert recovery.needs <= ABILITIES
    assert recovery.shorthand is None or recovery.shorthand in recovery.model_fields
