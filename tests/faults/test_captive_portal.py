"""``captive-portal``: a page for everything."""

import pytest
from pydantic import ValidationError

from chaosmod.faults.actions import Respond

from .acting import acts, asked, fault


def test_it_proves_nothing() -> None:
    assert fault("captive-portal").lies


def test_a_page_of_its_own() -> None:
    action = acts("captive-portal")
    assert isinstance(action, Respond)
    assert (action.status, action.headers) == (200, (("Content-Type", "text/html; charset=utf-8"),))
    assert action.body.startswith(b"<!DOCTYPE html>")


def test_a_page_that_is_given() -> None:
    action = acts("captive-portal", "<p>Bitte anmelden: müde")
    assert isinstance(action, Respond)
    assert action.body == "<p>Bitte anmelden: müde".encode()


def test_no_page_without_end() -> None:
    with pytest.raises(ValidationError):
        acts("captive-portal", {"page": "x" * ((1 << 20) + 1)})


@pytest.mark.parametrize("file", ["list", "latest", "info", "mod", "zip"])
def test_it_concerns_everything(file: str) -> None:
    assert fault("captive-portal").concerns(asked(file, "h1"))
