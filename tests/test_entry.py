"""What may be written after the word of a fault or a recovery."""

from typing import ClassVar

import pytest
from pydantic import ValidationError

from chaosmod.entry import Entry


class Short(Entry):
    shorthand: ClassVar[str] = "number"
    number: int = 1


class Plain(Entry):
    number: int = 1


def test_a_bare_value_is_that_of_the_shorthand() -> None:
    assert Short.model_validate(7) == Short.model_validate({"number": 7}) == Short(number=7)
    with pytest.raises(ValidationError):
        Plain.model_validate(7)


@pytest.mark.parametrize("entry", [Short, Plain])
def test_nothing_is_no_parameters(entry: type[Entry]) -> None:
    assert entry.model_validate(None) == entry()


@pytest.mark.parametrize("given", [{"numbr": 1}, {"number": "x"}, 7.5])
def test_what_it_does_not_take(given: object) -> None:
    with pytest.raises(ValidationError):
        Short.model_validate(given)


def test_it_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Short().number = 2  # type: ignore[misc]
