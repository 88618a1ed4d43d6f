"""``dns``: what is answered in place of the address."""

import random
from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.base import FAULTS
from chaosmod.faults.dns_actions import Fail, Silence
from chaosmod.faults.request import Request

QUERY = Request("primary", "proxy.example", method="A", path="A", transport="udp")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("nxdomain", Fail("NXDOMAIN")),
        ("servfail", Fail("SERVFAIL")),
        ({"answer": "refused"}, Fail("REFUSED")),
        ("empty", Fail("NOERROR")),
        ("none", Silence()),
    ],
)
def test_answers(spec: Any, expected: object) -> None:
    fault = FAULTS["dns"].model_validate(spec)
    assert fault.reply(QUERY, random.Random(0)) == expected  # type: ignore[attr-defined]


@pytest.mark.parametrize("spec", [None, "notimp", "NXDOMAIN ", 3, {"answer": "empty", "ttl": "1"}])
def test_anything_else_is_refused(spec: Any) -> None:
    with pytest.raises(ValidationError):
        FAULTS["dns"].model_validate(spec)
