"""What a fault costs that is armed and does not match, against what a request costs in all."""

from __future__ import annotations

import statistics
import time

import pytest

from chaosmod.faults.armed import ArmedFault, Layered
from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.match import Match
from chaosmod.faults.request import Request, parse_target
from chaosmod.upstream.base import Reply

from .wire import serving

PATH = "/example.test/lib/@v/v1.0.0.mod"
KINDS = ["http", "hang", "cut", "redirect", "captive-portal", "content-length", "rst-stream", "goaway", "zip", "info"]
SPECS = {"http": 503, "redirect": "http", "content-length": 1, "zip": "flipped", "info": "empty"}
MATCH = Match(host=("primary",), module=("other.test/*",), file=("mod",))


@pytest.fixture(scope="module")
def usual() -> float:
    """Seconds for a request that is served, on a connection that is there already."""
    with serving({PATH: Reply(200, b"module example.test/lib\n")}) as host:
        client = host.client()
        took = []
        for _ in range(300):
            began = time.perf_counter()
            assert client.get(PATH).end == "whole"
            took.append(time.perf_counter() - began)
    return statistics.median(took)


@pytest.mark.parametrize("kind", KINDS)
def test_at_most_five_percent(kind: str, usual: float) -> None:
    armed = ArmedFault("f", FAULTS[kind].model_validate(SPECS.get(kind)), MATCH)
    layer = Layered([armed], HttpFault, 0)
    request = Request("primary", "proxy.test", "GET", PATH, target=parse_target(PATH))
    rounds = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(500):
            assert layer.choose(request).armed is None
        rounds.append((time.perf_counter() - began) / 500)
    assert min(rounds) < 0.05 * usual, f"{min(rounds) * 1e6:.1f} of {usual * 1e6:.0f} microseconds"
