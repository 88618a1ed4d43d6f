"""``http``: parameters, and the answer."""

import random
from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.actions import Respond
from chaosmod.faults.base import FAULTS
from chaosmod.faults.http_status import HttpStatus
from chaosmod.faults.request import Request

REQUEST = Request(role="primary", host="proxy.example", method="GET", path="/")


def answer(spec: Any) -> Respond:
    return HttpStatus.model_validate(spec).act(REQUEST, random.Random(0))


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (410, Respond(410)),
        ("410", Respond(410)),
        ({"status": 204}, Respond(204)),
        ({"status": 429, "headers": {"Retry-After": "120"}}, Respond(429, (("Retry-After", "120"),))),
        (
            {"status": 404, "body": "näh"},
            Respond(404, (("Content-Type", "text/plain; charset=UTF-8"),), "näh".encode()),
        ),
        (
            {"status": 200, "headers": {"content-type": "text/html"}, "body": "<html>"},
            Respond(200, (("content-type", "text/html"),), b"<html>"),
        ),
    ],
)
def test_answers(spec: Any, expected: Respond) -> None:
    assert answer(spec) == expected


def test_it_says_what_it_did() -> None:
    assert str(answer(410)) == "answered 410"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, "Field required"),
        (None, "Field required"),
        (199, "greater than or equal to 200"),
        (600, "less than or equal to 599"),
        ({"status": 410, "boddy": "x"}, "Extra inputs are not permitted"),
        ({"status": 204, "body": "x"}, "an answer 204 has no body"),
        ({"status": 205, "body": "x"}, "an answer 205 has no body"),
        ({"status": 304, "body": "x"}, "an answer 304 has no body"),
        ({"status": 410, "headers": {"a b": "c"}}, "'a b' is no header name"),
        ({"status": 410, "headers": {"": "c"}}, "'' is no header name"),
        ({"status": 410, "headers": {"a": "b\r\nc: d"}}, "at most 8000 characters of printable ASCII"),
        ({"status": 410, "headers": {"a": "ä"}}, "at most 8000 characters of printable ASCII"),
        ({"status": 410, "headers": {"a": "b" * 8001}}, "at most 8000 characters of printable ASCII"),
        ({"status": 410, "body": "x" * ((1 << 20) + 1)}, "at most 1048576 characters"),
    ],
)
def test_no_answers(spec: Any, message: str) -> None:
    with pytest.raises(ValidationError) as e:
        HttpStatus.model_validate(spec)
    assert message in str(e.value)


def test_a_success_of_its_own_proves_nothing() -> None:
    assert [HttpStatus.model_validate(status).lies for status in (200, 410, 503)] == [True, False, False]


def test_it_is_in_the_catalogue() -> None:
    assert FAULTS["http"] is HttpStatus
