"""The error codes of HTTP/2."""

import h2.errors
import pytest

from chaosmod.faults.h2codes import code_of, name_of


@pytest.mark.parametrize("code", list(h2.errors.ErrorCodes))
def test_as_another_implementation_has_them(code: h2.errors.ErrorCodes) -> None:
    assert name_of(code.value) == code.name
    assert code_of(code.name) == code.value  # type: ignore[arg-type]


def test_one_without_a_name() -> None:
    assert name_of(0x99) == "code 153"
