"""``hang``: where it stops."""

from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.actions import Stall, Stop
from chaosmod.faults.extent import Extent

from .acting import acts


@pytest.mark.parametrize(
    ("spec", "after", "words"),
    [
        (None, None, "stalled before the headers"),
        (0, Extent(0), "stalled after 0 bytes of the body"),
        ("50%", Extent(50, percent=True), "stalled after 50% of the body"),
        ({"after": 100}, Extent(100), "stalled after 100 bytes of the body"),
    ],
)
def test_stalls(spec: Any, after: Extent | None, words: str) -> None:
    action = acts("hang", spec)
    assert action == Stop(Stall(), after)
    assert str(action) == words


@pytest.mark.parametrize("spec", ["half", -1, {"before": 1}, {"after": "101%"}])
def test_no_places(spec: Any) -> None:
    with pytest.raises(ValidationError):
        acts("hang", spec)
