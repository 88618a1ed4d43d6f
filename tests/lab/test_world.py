"""What a healthy host answers, by its role."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaosmod.errors import UpstreamError
from chaosmod.faults.sumdb_actions import Lie
from chaosmod.history import History
from chaosmod.lab.proxy.answer import plain, told
from chaosmod.lab.world import World
from chaosmod.upstream.base import Reply, not_found


class Shelf:
    """An upstream that serves what it was given."""

    name, public = "shelf", ("*",)

    def __init__(self, blocking: bool = False, **files: str) -> None:
        self.blocking = blocking
        self._files = files

    def digest(self) -> str:
        return "0"

    def fetch(self, path: str) -> Reply:
        name = path.lstrip("/")
        if name == "broken":
            raise UpstreamError("no")
        return Reply(200, self._files[name].encode()) if name in self._files else not_found()

    def sums(self, module: str, version: str) -> None:
        return None


def world(**upstreams: Shelf) -> World:
    hosts = {"proxy.test": "primary", "sum.test": "sumdb", "code.test": "vcs"}

    def database(path: str) -> Reply:
        return Reply(200, f"database {path}".encode())

    return World(History(), hosts, upstreams, database, "sum.test")


def test_each_role_serves_its_own_upstream() -> None:
    made = world(primary=Shelf(a="first"), mirror=Shelf(a="second"))
    assert [made.answer(role, "/a").body for role in ("primary", "mirror")] == [b"first", b"second"]
    assert made.answer("vcs", "/a").status == 404


def test_queries_are_not_part_of_a_path() -> None:
    assert world(primary=Shelf(a="x")).answer("primary", "/a?go-get=1").body == b"x"


def test_the_database_is_reached_directly_and_through_a_proxy() -> None:
    made = world(primary=Shelf())
    assert made.answer("sumdb", "/lookup/m@v1").body == b"database /lookup/m@v1"
    assert made.answer("primary", "/sumdb/sum.test/lookup/m@v1").body == b"database /lookup/m@v1"
    assert made.answer("primary", "/sumdb/sum.test/supported").status == 200
    assert made.answer("primary", "/sumdb/other.test/supported").status == 404


def test_the_database_lies_in_the_same_words_directly_and_through_a_proxy() -> None:
    made = world(primary=Shelf())
    made.lies = lambda told, path, said: replace(said, body=f"{told} {path}".encode()) if said.status == 200 else None
    said, lie = Reply(200, b"truth"), Lie("wrong-hash")
    for path in ("/lookup/m@v1", "/lookup/m@v1?x=1", "/sumdb/sum.test/lookup/m@v1"):
        sent = made.lie(lie, path, said)
        assert sent is not None
        assert sent.body == b"wrong-hash /lookup/m@v1"
    assert made.lie(lie, "/lookup/m@v1", not_found()) is None
    assert world().lie(lie, "/lookup/m@v1", said) is None


def test_a_lie_is_what_is_sent_and_the_truth_has_no_effect_on_record() -> None:
    said, lie = Reply(200, b"truth"), Lie("wrong-hash")
    sent = told(lie, said, Reply(200, b"lie"))
    assert (sent.body, sent.length, sent.effect) == (b"lie", 3, str(lie))
    assert told(lie, said, None) == plain(said)


def test_a_world_without_a_database() -> None:
    assert World(History(), {}, {}).answer("sumdb", "/latest").status == 404


def test_a_broken_upstream_is_no_answer() -> None:
    with pytest.raises(UpstreamError):
        world(primary=Shelf()).answer("primary", "/broken")


def test_names() -> None:
    made = world()
    assert made.address("PROXY.test.") == ("primary", "127.0.1.1")
    assert made.address("nobody.test") is None


def test_blocking_is_what_the_upstream_says_and_the_database_may_ask_it() -> None:
    made = world(primary=Shelf(), mirror=Shelf(blocking=True))
    assert [made.blocking(r) for r in ("primary", "mirror", "sumdb", "vcs")] == [False, True, True, False]


def test_requests_are_numbered() -> None:
    made = world()
    assert [made.number() for _ in range(3)] == [1, 2, 3]
