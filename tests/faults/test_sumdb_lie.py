"""``sumdb``: which lie, and to what kind of question."""

import random
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from chaosmod.faults.request import Request, parse_target
from chaosmod.faults.sumdb_actions import Lie, Told
from chaosmod.faults.sumdb_lie import SumdbLie


def request(path: str) -> Request:
    return Request("sumdb", "sum.example", method="GET", path=path, target=parse_target(path))


LOOKUP, TILE = request("/lookup/dep.example/lib@v1.0.0"), request("/tile/8/0/000.p/1")
OTHERS = [request(p) for p in ("/latest", "/sumdb/sum.example/supported", "/dep.example/lib/@v/v1.0.0.zip")]


@pytest.mark.parametrize("told", get_args(Told))
def test_each_lie_is_told_of_what_it_is_about(told: Told) -> None:
    fault = SumdbLie.model_validate(told)
    assert fault.act(LOOKUP, random.Random(0)) == Lie(told)
    assert fault.lies
    tile = told.endswith("-tile")
    assert (fault.concerns(LOOKUP), fault.concerns(TILE)) == (not tile, tile)
    assert not any(fault.concerns(other) for other in OTHERS)


def test_what_a_proxy_passes_on_counts_too() -> None:
    assert SumdbLie.model_validate("wrong-hash").concerns(request("/sumdb/sum.example" + LOOKUP.path))
    assert SumdbLie.model_validate("short-tile").concerns(request("/sumdb/sum.example" + TILE.path))


@pytest.mark.parametrize("spec", [None, "white-lie", {"lie": "wrong-hash", "module": "x"}])
def test_anything_else_is_refused(spec: Any) -> None:
    with pytest.raises(ValidationError):
        SumdbLie.model_validate(spec)
