"""``dns-delay``: how late an answer comes."""

import random
from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.dns_actions import Late
from chaosmod.faults.dns_delay import DnsDelay
from chaosmod.faults.request import Request

QUERY = Request("primary", "proxy.example", method="A", path="A", transport="udp")


@pytest.mark.parametrize("spec", ["800ms", {"time": "800ms"}])
def test_the_right_answer_comes_late(spec: Any) -> None:
    assert DnsDelay.model_validate(spec).reply(QUERY, random.Random(0)) == Late(0.8)


@pytest.mark.parametrize("spec", [None, "0", "soon", "-1s"])
def test_it_takes_some_time(spec: Any) -> None:
    with pytest.raises(ValidationError):
        DnsDelay.model_validate(spec)
