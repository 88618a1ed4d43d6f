"""The last word of the checksum database, and how far it can be relied on."""

from __future__ import annotations

from typing import Any

from chaosmod.checks.lookups import Lookup, lookups, records_held
from chaosmod.history import Event, FaultArmed, ModCacheCompared

from .story import LIB, command, request, restored, tell

LIAR = FaultArmed(fault="liar", kind="x", layer="http", lies=True)
SLOW = FaultArmed(fault="slow", kind="sumdb", layer="http")
HELD = ModCacheCompared(when="injected", records=("dep.example/old@v1.0.0",))


def lookup(command: int = 1, fired: str | None = None, **fields: Any) -> Event:
    return request("provoke", command, file="lookup", fired=fired, **fields)


def tile(command: int = 1, fired: str | None = None, **fields: Any) -> Event:
    given = {"path": "/tile/8/0/000.p/1", **fields}
    return request("provoke", command, file="tile", module="", version="", fired=fired, **given)


def last(*events: Event, provoke: Event | None = None) -> Lookup | None:
    changed = {} if provoke is None else {"provoke": provoke}
    return lookups(tell(restored(), LIAR, SLOW, *events, **changed)).get((LIB, "v1.0.0"))


def complaint(*lines: str) -> Event:
    return command(1, "provoke", purpose="provoke", stderr="".join(f"go: {line}\n" for line in lines))


RESET = f'verifying module: {LIB}@v1.0.0: Get "https://sumdb.example/x": read tcp 127.0.0.1:1: connection reset by peer'


def test_what_was_not_answered_is_no_look_up() -> None:
    assert last() is None
    assert last(lookup(status=503), lookup(module="other.example/x"), tile()) is None


def test_a_true_answer_is_a_proof() -> None:
    assert last(lookup(), tile()) == Lookup(1, "proof")
    assert last(lookup(fired="slow"), tile()) == Lookup(1, "proof"), "what another fault does to an answer is no lie"


def test_the_last_answer_counts() -> None:
    assert last(lookup(1, "liar"), lookup(2), tile(2)) == Lookup(2, "proof")
    assert last(lookup(1), tile(1), lookup(2, "liar")) == Lookup(2, "lie")


def test_what_no_true_tile_proves_is_no_better_than_a_lie() -> None:
    assert last(lookup(), tile(fired="liar"), tile(fired="liar")) == Lookup(1, "lie")
    assert last(lookup(1), tile(1, "liar"), tile(2)) == Lookup(1, "lie"), "the true tile came too late"
    assert last(tile(1, "liar"), lookup(2), tile(2)) == Lookup(2, "proof"), "another command was misled"


def test_a_record_among_true_and_false_tiles_may_have_been_proven() -> None:
    assert last(lookup(), tile(fired="liar"), tile()) == Lookup(1, "doubt")
    assert last(tile(1), lookup(2), tile(2, "liar")) == Lookup(2, "doubt")
    assert last(HELD, lookup(), tile(fired="liar")) == Lookup(1, "doubt")


def test_an_answer_that_broke_off_is_no_look_up() -> None:
    assert last(lookup(whole=False), tile()) is None
    assert last(lookup(1), tile(1), lookup(2, whole=False)) == Lookup(1, "proof"), "Go was told nothing new"


def test_without_its_tiles_an_answer_proves_nothing() -> None:
    assert last(lookup()) is None
    assert last(lookup(1), tile(2)) is None
    assert last(lookup(), tile(status=503)) is None
    assert last(lookup(), tile(), tile(path="/tile/8/1/000.p/1", whole=False)) is None
    assert last(lookup(), tile(status=503), tile()) == Lookup(1, "proof"), "it came in the end"
    assert last(lookup(), tile(), tile(path="/tile/8/0/000", status=404)) == Lookup(1, "proof"), (
        "there is no full one yet"
    )
    assert last(lookup(), tile(), tile(path="/tile/8/0/001", status=404, fired="slow")) is None
    assert last(HELD, lookup()) == Lookup(1, "proof"), "a warm cache may hold the tiles"


def test_what_go_says_that_it_could_not_verify_it_could_not() -> None:
    assert last(lookup(), tile(), provoke=complaint(RESET)) is None
    assert (
        last(lookup(), tile(), provoke=complaint(RESET.replace("module: ", "go.mod: ").replace("0: G", "0/go.mod: G")))
        is None
    )
    assert last(lookup(), tile(), provoke=complaint(f"a imports b: {RESET}", f"c imports d: {RESET}")) is None
    again = lookup(), lookup(), tile()
    assert last(*again, provoke=complaint(f"a imports b: {RESET}", f"c imports d: {RESET}")) == Lookup(1, "proof")
    assert last(*again, provoke=complaint(RESET, RESET.replace("127.0.0.1:1", "127.0.0.1:2"))) is None
    other = complaint(RESET.replace(LIB, "other.example/x"))
    assert last(lookup(), tile(), tile(path="/tile/8/1/000", status=503), provoke=other) == Lookup(1, "proof")


def test_what_a_warm_cache_holds() -> None:
    assert records_held(tell(restored())) == frozenset()
    assert records_held(tell(restored(), HELD)) == {("dep.example/old", "v1.0.0")}
