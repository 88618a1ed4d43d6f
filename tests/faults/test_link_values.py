"""Values in tc's units: from a file they come as text, with a unit; from code as numbers."""

import pytest
from pydantic import TypeAdapter, ValidationError

from chaosmod.faults.link_values import Percent, Rate


def test_percent() -> None:
    assert TypeAdapter(Percent).validate_python("2.5%") == pytest.approx(0.025)
    assert TypeAdapter(Percent).validate_python(0.5) == 0.5
    with pytest.raises(ValidationError, match="is not a percentage"):
        TypeAdapter(Percent).validate_python("0.5")


def test_rate() -> None:
    assert TypeAdapter(Rate).validate_python("8kbit") == 1000
    assert TypeAdapter(Rate).validate_python(1000) == 1000
    with pytest.raises(ValidationError, match="needs a unit"):
        TypeAdapter(Rate).validate_python("1000")
