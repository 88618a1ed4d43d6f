"""From the upstream's reply to what the client is to see."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from chaosmod.faults.actions import Close, Redirect, Relabel, ResetStream, Respond, Rewrite, Stall, Stop
from chaosmod.faults.edits.common import Replace, Truncate
from chaosmod.faults.extent import Extent
from chaosmod.faults.request import Request
from chaosmod.lab.proxy.answer import Answer, altered, plain, redirected, responded
from chaosmod.lab.proxy.origin import IN_MEMORY
from chaosmod.upstream.base import Reply, not_found

HOSTS = {"proxy.test": "primary", "mirror.test": "mirror"}
REPLY = Reply(200, b"0123456789", content_type="text/plain")
TYPE = (b"content-type", b"text/plain")


@pytest.fixture
def large(tmp_path: Path) -> Reply:
    file = tmp_path / "large"
    file.write_bytes(bytes(IN_MEMORY + 1))
    return Reply(200, file=file)


def test_plain_as_it_is() -> None:
    answer = plain(REPLY)
    assert answer == Answer(200, (TYPE,), b"0123456789", 10, 10)
    assert answer.head == (TYPE, (b"content-length", b"10"))
    assert not answer.streamed


def test_a_small_file_is_read_and_a_large_one_is_not(large: Reply, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.write_bytes(bytes(IN_MEMORY))
    assert plain(Reply(200, file=small)).body == bytes(IN_MEMORY)
    answer = plain(large)
    assert answer.streamed
    assert answer.size == answer.length == IN_MEMORY + 1
    with answer.reader() as file:
        assert len(file.read()) == IN_MEMORY + 1


@pytest.mark.parametrize(
    ("action", "head"),
    [
        (Respond(503), ((b"content-length", b"0"),)),
        (Respond(204), ()),
        (Respond(200, (("Content-Length", "9"),), b"x"), ((b"Content-Length", b"9"),)),
        (Respond(429, (("Retry-After", "1"),), b"no"), ((b"Retry-After", b"1"), (b"content-length", b"2"))),
    ],
)
def test_responded(action: Respond, head: tuple[tuple[bytes, bytes], ...]) -> None:
    answer = responded(action)
    assert (answer.status, answer.body, answer.head) == (action.status, action.body, head)
    assert answer.effect == f"answered {action.status}"


@pytest.mark.parametrize(
    ("action", "location"),
    [
        (Redirect(302), b"https://proxy.test/a/!b/@v/v1.0.0+x.zip?y=1"),
        (Redirect(302, scheme="http"), b"http://proxy.test/a/!b/@v/v1.0.0+x.zip?y=1"),
        (Redirect(302, "mirror", "https"), b"https://mirror.test/a/!b/@v/v1.0.0+x.zip?y=1"),
        (Redirect(302, url="https://login.example/"), b"https://login.example/"),
    ],
)
def test_redirected(action: Redirect, location: bytes) -> None:
    request = Request("primary", "proxy.test", "GET", "/a/!b/@v/v1.0.0+x.zip?y=1")
    answer = redirected(action, request, HOSTS)
    assert answer.head == ((b"location", location), (b"content-length", b"0"))
    assert (answer.status, answer.body) == (302, b"")


def test_a_location_is_never_more_than_one_line() -> None:
    request = Request("primary", "proxy.test", "GET", "/a\r\nSet-Cookie: b")
    assert redirected(Redirect(302), request, HOSTS).headers == (
        (b"location", b"https://proxy.test/a%0D%0ASet-Cookie:%20b"),
    )


def test_rewritten() -> None:
    answer = altered(Rewrite(Replace(b"no", "an error")), REPLY)
    assert answer == Answer(200, (TYPE,), b"no", 2, 2, effect="put an error in the place of the body")


def test_what_is_not_there_is_not_rewritten() -> None:
    assert altered(Rewrite(Replace(b"no", "an error")), not_found()) == plain(not_found())


def test_a_large_body_stays_on_the_disk(large: Reply) -> None:
    answer = altered(Rewrite(Truncate(Extent(IN_MEMORY + 1))), large)
    assert answer.body == bytes(IN_MEMORY)
    grown = altered(Rewrite(Replace(bytes(IN_MEMORY + 1), "zeros")), REPLY)
    assert grown.streamed
    with grown.reader() as file:
        assert (len(file.read()), grown.size) == (IN_MEMORY + 1, IN_MEMORY + 1)


def test_an_edit_that_fails_leaves_no_file_open() -> None:
    opened: list[BinaryIO] = []

    def fail(source: BinaryIO, target: BinaryIO) -> str:
        opened.extend((source, target))
        raise ValueError("not this")

    with pytest.raises(ValueError, match="not this"):
        altered(Rewrite(fail), REPLY)
    assert [file.closed for file in opened] == [True, True]


@pytest.mark.parametrize(
    ("by", "length", "effect"),
    [
        (3, 13, "sent a Content-Length 3 too great"),
        (-3, 7, "sent a Content-Length 3 too small"),
        (-11, 0, "sent a Content-Length 10 too small"),
        (None, None, "sent no Content-Length"),
    ],
)
def test_relabelled(by: int | None, length: int | None, effect: str) -> None:
    answer = altered(Relabel(by), REPLY)
    assert (answer.body, answer.size, answer.length, answer.effect) == (b"0123456789", 10, length, effect)
    assert not answer.streamed


def test_a_length_of_nothing_cannot_be_too_small() -> None:
    assert altered(Relabel(-1), Reply(200)) == plain(Reply(200))


@pytest.mark.parametrize(
    ("after", "silent", "stop"),
    [
        (None, True, 0),
        (Extent(0), False, 0),
        (Extent(4), False, 4),
        (Extent(99), False, 10),
        (Extent(50, True), False, 5),
    ],
)
@pytest.mark.parametrize("ending", [Stall(), Close()])
def test_stopped(after: Extent | None, silent: bool, stop: int, ending: Any) -> None:
    answer = altered(Stop(ending, after), REPLY)
    assert (answer.silent, answer.stop, answer.size, answer.length) == (silent, stop, 10, 10)
    assert answer.streamed
    with answer.reader() as body:
        assert body.read() == b"0123456789"
    assert isinstance(answer.reader(), io.BytesIO)


@pytest.mark.parametrize(
    ("after", "place"),
    [
        (None, "before the headers"),
        (Extent(4), "after 4 bytes of the body"),
        (Extent(99), "after 10 bytes of the body"),
        (Extent(100, True), "after 100% of the body"),
    ],
)
def test_where_it_was_stopped_is_told_in_true_numbers(after: Extent | None, place: str) -> None:
    assert altered(Stop(Close(), after), REPLY).effect == f"closed the connection {place}"


@pytest.mark.parametrize("after", [Extent(10), Extent(99), Extent(100, True)])
def test_over_http_1_a_body_that_is_there_in_full_is_whole(after: Extent) -> None:
    for ending in (Stall(), ResetStream()):
        assert altered(Stop(ending, after), REPLY, "h1") == plain(REPLY)
        assert altered(Stop(ending, after), REPLY, "h2").stop == 10
    assert altered(Stop(Close(), after), REPLY, "h1").stop == 10, "the connection is closed nevertheless"
