from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chaosmod.errors import UpstreamError
from chaosmod.upstream.sumdb.database import SumDB, parse_record, record_text
from chaosmod.upstream.sumdb.note import Signer
from chaosmod.upstream.sumdb.tree import leaf_hash

SUMS = ("h1:zip=", "h1:mod=")


def known(module: str, version: str) -> tuple[str, str] | None:
    return SUMS if module.startswith("known.example") else None


def database() -> SumDB:
    return SumDB("sum.lab.example", known, signer=Signer("sum.lab.example", bytes(32)))


def test_lookup_is_record_and_head() -> None:
    db = database()
    reply = db.fetch("/lookup/known.example/!up@v1.0.0")
    assert (reply.status, reply.content_type) == (200, "text/plain; charset=UTF-8")
    record = "known.example/Up v1.0.0 h1:zip=\nknown.example/Up v1.0.0/go.mod h1:mod=\n"
    head = db.fetch("/latest").read().decode()
    assert reply.read().decode() == f"0\n{record}\n{head}"
    assert head.startswith("go.sum database tree\n1\n")


def test_a_version_has_one_record_for_ever() -> None:
    db = database()
    for _ in range(2):
        db.fetch("/lookup/known.example/a@v1.0.0")
        db.fetch("/lookup/known.example/b@v1.0.0")
    assert len(db.records()) == 2
    assert db.fetch("/lookup/known.example/b@v1.0.0").read().startswith(b"1\n")


def test_tiles() -> None:
    db = database()
    for n in range(3):
        db.fetch(f"/lookup/known.example/a@v1.0.{n}")
    records = db.records()
    assert db.fetch("/tile/8/0/000.p/3").read() == b"".join(map(leaf_hash, records))
    assert db.fetch("/tile/8/data/000.p/2").read() == records[0] + b"\n" + records[1] + b"\n"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/supported", 200),
        ("/lookup/unknown.example/a@v1.0.0", 404),
        ("/tile/8/0/000.p/1", 404),
        ("/tile/8/0/000", 404),
        ("/tile/8/data/000.p/1", 404),
        ("/tile/8/0/bad", 404),
        ("/", 404),
        ("/lookup/known.example/Up@v1.0.0", 400),
        ("/lookup/known.example/a@v1", 400),
        ("/lookup/known.example/a@master", 400),
        ("/lookup/known.example/a", 400),
        ("/lookup/@v1.0.0", 400),
    ],
)
def test_statuses(path: str, status: int) -> None:
    assert database().fetch(path).status == status


def test_refused_lookups_leave_no_record() -> None:
    db = database()
    db.fetch("/lookup/unknown.example/a@v1.0.0")
    assert db.records() == ()


def test_trouble_of_the_upstream_is_passed_on() -> None:
    def broken(module: str, version: str) -> tuple[str, str] | None:
        raise UpstreamError("out of reach")

    with pytest.raises(UpstreamError, match="out of reach"):
        SumDB("sum.lab.example", broken).fetch("/lookup/a.example@v1.0.0")


def test_continued_with_its_records_it_is_the_same_database() -> None:
    one = database()
    one.fetch("/lookup/known.example/a@v1.0.0")
    one.fetch("/lookup/known.example/b@v1.0.0")
    two = SumDB(one.name, known, one.records(), one.signer)
    assert two.fetch("/latest").read() == one.fetch("/latest").read()
    assert two.fetch("/lookup/known.example/b@v1.0.0").read() == one.fetch("/lookup/known.example/b@v1.0.0").read()
    assert two.verifier_key == one.verifier_key


def test_threads_that_ask_at_once_get_one_record() -> None:
    barrier = threading.Barrier(4)

    def slow(module: str, version: str) -> tuple[str, str] | None:
        barrier.wait(5)
        return SUMS

    db = SumDB("sum.lab.example", slow)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: db.fetch("/lookup/a.example@v1.0.0").read(), range(4)))
    assert len(set(replies)) == 1
    assert len(db.records()) == 1


def test_parse_record() -> None:
    record = record_text("a.example", "v1.0.0", SUMS)
    assert parse_record(record, "a.example", "v1.0.0") == SUMS
    assert parse_record(b"7\n" + record + b"\nnote", "a.example", "v1.0.0") == SUMS
    assert parse_record(record, "a.example", "v1.0.1") is None
    assert parse_record(record, "b.example", "v1.0.0") is None
    assert parse_record(record.splitlines()[0], "a.example", "v1.0.0") is None
    assert parse_record(b"<html>\xff", "a.example", "v1.0.0") is None


def test_a_record_that_was_put_in_is_in_the_tree_and_no_look_up_leads_to_it() -> None:
    db = database()
    before = db.fetch("/lookup/known.example/a@v1.0.0").read()
    other = record_text("known.example/a", "v1.0.0", ("h1:other=", "h1:mod="))
    assert db.insert(other) == 1
    assert db.records()[1] == other
    after = db.fetch("/lookup/known.example/a@v1.0.0").read()
    assert parse_record(after, "known.example/a", "v1.0.0") == SUMS
    assert after != before, "the head has moved on"
    assert db.fetch("/tile/8/0/000.p/2").read()[32:] == leaf_hash(other)


def test_heads_of_the_past() -> None:
    db = database()
    heads = [db.head()]
    for name in "ab":
        db.fetch(f"/lookup/known.example/{name}@v1.0.0")
        heads.append(db.head())
    assert [db.head(size) for size in range(3)] == heads
    assert len(set(heads)) == 3
    with pytest.raises(ValueError, match="2 leaves, not 3"):
        db.head(3)


def test_a_fork_has_the_same_key_and_another_log() -> None:
    db = database()
    db.fetch("/lookup/known.example/a@v1.0.0")
    fork = db.fork([record_text("known.example/b", "v1.0.0", SUMS)])
    assert fork.verifier_key == db.verifier_key
    assert fork.head() != db.head()
    assert fork.fetch("/lookup/known.example/a@v1.0.0").read().startswith(b"1\n")
