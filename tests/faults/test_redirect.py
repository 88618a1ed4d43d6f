"""``redirect``: where to."""

from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.actions import Redirect

from .acting import acts


@pytest.mark.parametrize(
    ("spec", "expected", "words"),
    [
        ("itself", Redirect(302), "redirected to itself (302)"),
        ("http", Redirect(302, scheme="http"), "redirected to http (302)"),
        ({"to": "mirror", "status": "301"}, Redirect(301, "mirror", "https"), "redirected to host mirror https (301)"),
        (
            {"to": "https://login.example/x", "status": 307},
            Redirect(307, url="https://login.example/x"),
            "redirected to https://login.example/x (307)",
        ),
    ],
)
def test_sends_the_client_away(spec: Any, expected: Redirect, words: str) -> None:
    action = acts("redirect", spec)
    assert action == expected
    assert str(action) == words


@pytest.mark.parametrize(
    "spec",
    [
        None,
        "elsewhere",
        "ftp://proxy.test",
        "https://",
        "https://a b",
        {"to": "http", "status": 300},
        {"to": "http", "status": 304},
        {"to": "http", "status": 309},
    ],
)
def test_no_redirections(spec: Any) -> None:
    with pytest.raises(ValidationError):
        acts("redirect", spec)
