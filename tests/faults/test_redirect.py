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
        "https:///x",
        "https://?a",
        "https://#a",
        "https://:443/",
        "https://user@/x",
        "https://login.example:https/",
        "https://[::1/",
        "https://login.example/\u00e9",
        "https://login.example/\n",
        {"to": "http", "status": 300},
        {"to": "http", "status": 304},
        {"to": "http", "status": 309},
    ],
)
def test_no_redirections(spec: Any) -> None:
    with pytest.raises(ValidationError):
        acts("redirect", spec)


@pytest.mark.parametrize(
    "address",
    [
        "http://login.example",
        "https://login.example:8443?a",
        "https://user:word@login.example/x#y",
        "https://127.0.0.1/@x",
        "https://[::1]:443/",
    ],
)
def test_a_whole_address_is_written_as_it_is(address: str) -> None:
    assert acts("redirect", address) == Redirect(302, url=address)


def test_an_address_without_a_host_is_told() -> None:
    with pytest.raises(ValidationError, match="http:// or https:// and a host"):
        acts("redirect", "https:///x")
