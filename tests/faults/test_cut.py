"""``cut``: where the answer breaks off, and how."""

from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.actions import Close, ResetStream, Stop
from chaosmod.faults.extent import Extent

from .acting import acts

HALF = Extent(50, percent=True)


@pytest.mark.parametrize(
    ("spec", "expected", "words"),
    [
        (None, Stop(ResetStream()), "reset the stream (INTERNAL_ERROR) before the headers"),
        ("50%", Stop(ResetStream(), HALF), "reset the stream (INTERNAL_ERROR) after 50% of the body"),
        ({"by": "stream"}, Stop(ResetStream()), "reset the stream (INTERNAL_ERROR) before the headers"),
        ({"by": "close"}, Stop(Close()), "closed the connection before the headers"),
        (
            {"by": "reset", "after": "7"},
            Stop(Close(abort=True), Extent(7)),
            "reset the connection after 7 bytes of the body",
        ),
    ],
)
def test_breaks_off(spec: Any, expected: Stop, words: str) -> None:
    action = acts("cut", spec)
    assert action == expected
    assert str(action) == words


@pytest.mark.parametrize("spec", ["middle", {"by": "fin"}, {"after": -1}])
def test_no_cuts(spec: Any) -> None:
    with pytest.raises(ValidationError):
        acts("cut", spec)
