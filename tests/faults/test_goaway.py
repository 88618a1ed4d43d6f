"""``goaway``: the code."""

from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.actions import GoAway, Stop

from .acting import acts, asked, fault


@pytest.mark.parametrize(
    ("spec", "code", "words"),
    [
        (None, 0, "sent GOAWAY (NO_ERROR) before the headers"),
        ("ENHANCE_YOUR_CALM", 11, "sent GOAWAY (ENHANCE_YOUR_CALM) before the headers"),
    ],
)
def test_sends_away(spec: Any, code: int, words: str) -> None:
    action = acts("goaway", spec)
    assert action == Stop(GoAway(code))
    assert str(action) == words


@pytest.mark.parametrize("spec", ["calm", 11, {"after": "50%"}])
def test_no_codes(spec: Any) -> None:
    with pytest.raises(ValidationError):
        acts("goaway", spec)


def test_http_1_knows_no_goaway() -> None:
    assert fault("goaway").concerns(asked(protocol="h2"))
    assert not fault("goaway").concerns(asked(protocol="h1"))
