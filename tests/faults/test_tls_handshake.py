"""``handshake``: how it ends."""

import random
from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.request import Request
from chaosmod.faults.tls_actions import Cut, Mute
from chaosmod.faults.tls_handshake import BrokenHandshake

CONNECTION = Request("primary", "proxy.example", method="", path="")


@pytest.mark.parametrize(
    ("spec", "expected"), [("cut", Cut()), ("reset", Cut(abort=True)), ({"end": "stalled"}, Mute())]
)
def test_each_end(spec: Any, expected: object) -> None:
    assert BrokenHandshake.model_validate(spec).handshake(CONNECTION, random.Random(0)) == expected


@pytest.mark.parametrize("spec", [None, "refused", {"after": "1s"}])
def test_anything_else_is_refused(spec: Any) -> None:
    with pytest.raises(ValidationError):
        BrokenHandshake.model_validate(spec)
