"""What a fault costs that is armed and does not match: a look at the request. `make bench` says how much time that is."""

from __future__ import annotations

import sys

import pytest

from chaosmod.faults.armed import ArmedFault, Layered
from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.match import Match
from chaosmod.faults.request import Request, parse_target

PATH = "/example.test/lib/@v/v1.0.0.mod"
KINDS = ["http", "hang", "cut", "redirect", "captive-portal", "content-length", "rst-stream", "goaway", "zip", "info"]
SPECS = {"http": 503, "redirect": "http", "content-length": 1, "zip": "flipped", "info": "empty"}
MATCH = Match(host=("primary",), module=("other.test/*",), file=("mod",))


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_that_does_not_match_costs_a_few_calls(kind: str) -> None:
    layer = Layered([ArmedFault("f", FAULTS[kind].model_validate(SPECS.get(kind)), MATCH)], HttpFault, 0)
    request = Request("primary", "proxy.test", "GET", PATH, target=parse_target(PATH))
    assert layer.choose(request).armed is None  # what is made once is not counted
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        choice = layer.choose(request)
    finally:
        sys.setprofile(None)
    assert choice.armed is None
    assert calls < 60
