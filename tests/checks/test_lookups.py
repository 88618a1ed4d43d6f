"""The last word of the checksum database, and how far it can be relied on."""

from __future__ import annotations

import dataclasses
from typing import Any

from chaosmod.checks.lookups import Lookup, lookups
from chaosmod.history import CaseStarted, Event, FaultArmed

from .story import LIB, request, restored, tell

LIAR = FaultArmed(fault="liar", kind="x", layer="http", lies=True)
SLOW = FaultArmed(fault="slow", kind="sumdb", layer="http")


def lookup(command: int = 1, fired: str | None = None, **fields: Any) -> Event:
    return request("provoke", command, file="lookup", fired=fired, **fields)


def tile(command: int = 1, fired: str | None = None) -> Event:
    return request("provoke", command, file="tile", module="", version="", fired=fired)


def last(*events: Event, cache: str = "cold") -> Lookup | None:
    case = restored()["case"]
    assert isinstance(case, CaseStarted)
    history = tell(restored(), LIAR, SLOW, *events, case=dataclasses.replace(case, cache=cache))
    return lookups(history).get((LIB, "v1.0.0"))


def test_what_was_not_answered_is_no_look_up() -> None:
    assert last() is None
    assert last(lookup(status=503), lookup(module="other.example/x"), tile()) is None


def test_a_true_answer_is_a_proof() -> None:
    assert last(lookup(), tile()) == Lookup(1, "proof")
    assert last(lookup(fired="slow")) == Lookup(1, "proof"), "what another fault does to an answer is no lie"


def test_the_last_answer_counts() -> None:
    assert last(lookup(1, "liar"), lookup(2)) == Lookup(2, "proof")
    assert last(lookup(1), lookup(2, "liar")) == Lookup(2, "lie")


def test_what_no_true_tile_proves_is_no_better_than_a_lie() -> None:
    assert last(lookup(), tile(fired="liar"), tile(fired="liar")) == Lookup(1, "lie")
    assert last(lookup(1), tile(1, "liar"), tile(2)) == Lookup(1, "lie"), "the true tile came too late"
    assert last(tile(1, "liar"), lookup(2), tile(2)) == Lookup(2, "proof"), "another command was misled"


def test_a_record_among_true_and_false_tiles_may_have_been_proven() -> None:
    assert last(lookup(), tile(fired="liar"), tile()) == Lookup(1, "doubt")
    assert last(tile(1), lookup(2), tile(2, "liar")) == Lookup(2, "doubt")
    assert last(lookup(), tile(fired="liar"), cache="warm") == Lookup(1, "doubt")
