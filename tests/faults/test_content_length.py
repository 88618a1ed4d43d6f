"""``content-length``: how far off."""

from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.actions import Relabel

from .acting import acts


@pytest.mark.parametrize(
    ("spec", "by", "words"),
    [
        ("missing", None, "sent no Content-Length"),
        ("+7", 7, "sent a Content-Length 7 too great"),
        (7, 7, "sent a Content-Length 7 too great"),
        ({"by": "-12"}, -12, "sent a Content-Length 12 too small"),
    ],
)
def test_says_something_else(spec: Any, by: int | None, words: str) -> None:
    action = acts("content-length", spec)
    assert action == Relabel(by)
    assert str(action) == words


@pytest.mark.parametrize("spec", [None, 0, "0", "none", "7 bytes", 1.5, (1 << 40) + 1, -(1 << 40) - 1])
def test_no_differences(spec: Any) -> None:
    with pytest.raises(ValidationError):
        acts("content-length", spec)
