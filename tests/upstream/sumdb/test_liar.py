"""Lies: each is a lie, and in nothing but what it says. What Go makes of them is measured in tests/e2e."""

from __future__ import annotations

from typing import get_args

import pytest

from chaosmod.faults.sumdb_actions import TILE_LIES, Told
from chaosmod.upstream.base import Reply
from chaosmod.upstream.sumdb.database import SumDB, lookup_reply, parse_record
from chaosmod.upstream.sumdb.liar import Liar, falsified, forged, parse_lookup, resigned
from chaosmod.upstream.sumdb.note import Signer
from chaosmod.upstream.sumdb.tree import Tree, leaf_hash

SUMS = ("h1:zip=", "h1:mod=")
SIGNER = Signer("sum.example", bytes(32))
A, B = "/lookup/dep.example/a@v1.0.0", "/lookup/dep.example/b@v1.0.0"


def known(module: str, version: str) -> tuple[str, str] | None:
    return SUMS if module.startswith("dep.example") else None


def database() -> SumDB:
    return SumDB("sum.example", known, signer=SIGNER)


def told(liar: Liar, lie: Told, path: str) -> bytes:
    reply = liar.tell(lie, path, liar.fetch(path))
    assert reply is not None
    assert reply.status == 200
    return reply.body


def is_signed(head: bytes) -> bool:
    """Ed25519 signs the same text always in the same way."""
    return SIGNER.sign(head.decode().partition("\n\n")[0] + "\n") == head


def proven(db: SumDB, body: bytes) -> bool:
    """Whether the record is, under that number, in the log whose head comes with it."""
    number, record, head = parse_lookup(body)
    size = int(head.split(b"\n")[1])
    tree = Tree(map(leaf_hash, db.records()))
    return (
        is_signed(head)
        and db.head(size) == head
        and number < size
        and tree.at(size).node(0, number) == leaf_hash(record)
    )


def test_an_answer_is_taken_apart_as_it_was_made() -> None:
    db = database()
    body = db.fetch(A).body
    assert lookup_reply(*parse_lookup(body)) == body
    assert proven(db, body)
    with pytest.raises(ValueError, match=r"invalid literal|not enough values"):
        parse_lookup(b"<html>captive portal</html>")


def test_a_falsified_record_has_another_hash_for_the_zip_only() -> None:
    record = database().fetch(A).body.split(b"\n", 1)[1].split(b"\n\n")[0] + b"\n"
    false = parse_record(falsified(record), "dep.example/a", "v1.0.0")
    assert false is not None
    assert false[0] != SUMS[0]
    assert false[0].startswith("h1:")
    assert false[1] == SUMS[1]


def test_signatures() -> None:
    head = database().head()
    assert is_signed(head)
    for made in (forged(head), resigned(head, "sum.example")):
        assert made != head
        assert made.partition(b"\n\n")[0] == head.partition(b"\n\n")[0], "what was signed is the same"
        assert not is_signed(made)
    key = [line.split()[2][:5] for line in (forged(head).decode().splitlines()[-1], head.decode().splitlines()[-1])]
    assert key[0] == key[1], "a forged signature names the right key"


def test_a_wrong_hash_is_proven_and_told_again_in_the_same_words() -> None:
    db = database()
    liar = Liar(db)
    first = told(liar, "wrong-hash", A)
    assert proven(db, first)
    assert parse_record(first, "dep.example/a", "v1.0.0") != SUMS
    liar.fetch(B)
    again = told(liar, "wrong-hash", A)
    assert parse_lookup(again)[:2] == parse_lookup(first)[:2]
    assert parse_record(liar.fetch(A).body, "dep.example/a", "v1.0.0") == SUMS, "the honest face does not know of it"


def test_the_honest_log_goes_on_after_a_lie() -> None:
    db = database()
    liar = Liar(db)
    before = db.head()
    told(liar, "wrong-hash", A)
    assert proven(db, liar.fetch(B).body)
    assert db.head(0) == before


def test_another_modules_record_is_proven() -> None:
    db = database()
    body = told(Liar(db), "other-module", A)
    assert proven(db, body)
    assert parse_record(body, "dep.example/a", "v1.0.0") is None


def test_an_altered_record_is_not_in_the_tree() -> None:
    db = database()
    body = told(Liar(db), "altered-record", A)
    assert is_signed(parse_lookup(body)[2])
    assert not proven(db, body)


@pytest.mark.parametrize("lie", ["bad-signature", "wrong-key"])
def test_a_head_that_the_key_did_not_sign(lie: Told) -> None:
    liar = Liar(database())
    honest, body = parse_lookup(liar.fetch(A).body), parse_lookup(told(liar, lie, A))
    assert body[:2] == honest[:2]
    assert not is_signed(body[2])


def test_a_stale_head_is_from_before_the_record() -> None:
    db = database()
    old = db.fetch(A)
    liar = Liar(db)
    for number, path in enumerate((B, B.replace("/b@", "/c@")), 1):
        body = parse_lookup(told(liar, "stale-head", path))
        assert body[0] == number
        assert body[2] == parse_lookup(old.body)[2]
    assert liar.tell("stale-head", A, liar.fetch(A)) is None, "the old head covers the old record"


def test_a_forked_tree_is_signed_and_another_one_and_has_its_own_tiles() -> None:
    db = database()
    liar = Liar(db)
    liar.fetch(A)
    assert liar.fetch("/tile/8/0/000").status == 404
    number, record, head = parse_lookup(told(liar, "forked-tree", B))
    assert is_signed(head)
    assert number >= 256
    assert parse_record(record, "dep.example/b", "v1.0.0") == SUMS
    assert head not in {db.head(size) for size in range(len(db.records()) + 1)}
    assert liar.fetch("/tile/8/0/000").status == 200
    assert liar.fetch("/tile/8/0/000.p/1").body == leaf_hash(db.records()[0]), "the honest tree has its own"
    assert liar.fetch("/tile/8/3/000").status == 404


def test_tiles() -> None:
    liar = Liar(database())
    liar.fetch(A)
    honest = liar.fetch("/tile/8/0/000.p/1").body
    corrupted, short = (told(liar, lie, "/tile/8/0/000.p/1") for lie in ("corrupted-tile", "short-tile"))  # type: ignore[arg-type]
    assert len(corrupted) == len(honest)
    assert corrupted != honest
    assert honest.startswith(short)
    assert 0 < len(short) < len(honest)


@pytest.mark.parametrize("lie", get_args(Told))
def test_where_the_database_has_nothing_to_say_it_does_not_lie(lie: Told) -> None:
    liar = Liar(database())
    path = "/tile/8/0/000.p/9" if lie in TILE_LIES else "/lookup/other.example/x@v1.0.0"
    assert liar.tell(lie, path, liar.fetch(path)) is None
    assert liar.tell(lie, path, Reply(200)) is None
