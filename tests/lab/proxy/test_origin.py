"""The in-process origin, asked as mitmproxy asks it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable

import pytest

from chaosmod.lab.proxy.origin import KEY, Offer, Origin

BODY = bytes(range(256)) * 1024


def ask(*offers: Offer, close: bool = False) -> list[bytes]:
    """What comes for each offer within half a second; ``close``: the client goes before."""

    async def visit() -> list[bytes]:
        origin = Origin()
        answers = []
        for number, offer in enumerate(offers):
            origin.offer(str(number), offer)
        if close:
            await origin.close()
        for number in range(len(offers)):
            reader, writer = await origin.connect()
            writer.write(f"GET / HTTP/1.1\r\nHost: x\r\n{KEY}: {number}\r\n\r\n".encode())
            answers.append(await _all(reader.read))
            writer.close()
        await origin.close()
        return answers

    return asyncio.run(visit())


async def _all(read: Callable[[int], Awaitable[bytes]]) -> bytes:
    data = b""
    try:
        while piece := await asyncio.wait_for(read(1 << 16), 0.3):
            data += piece
    except TimeoutError:
        pass
    return data


def test_the_whole_body_and_then_the_next() -> None:
    first, second = ask(Offer(io.BytesIO(BODY), len(BODY)), Offer(io.BytesIO(b"x"), 1))
    head, _, body = first.partition(b"\r\n\r\n")
    assert head == b"HTTP/1.1 200 OK\r\nContent-Length: 262144"
    assert body == BODY
    assert second.endswith(b"\r\n\r\nx")


@pytest.mark.parametrize("stop", [0, 1, 70_000, len(BODY)])
def test_a_body_that_stops_is_never_complete(stop: int) -> None:
    (answer,) = ask(Offer(io.BytesIO(BODY), len(BODY), stop))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head == b"HTTP/1.1 200 OK\r\nContent-Length: 262145"
    assert body == BODY[:stop]


def test_silence() -> None:
    told: list[str] = []
    body = io.BytesIO(BODY)
    assert ask(Offer(body, len(BODY), 0, silent=lambda: told.append("asked"))) == [b""]
    assert told == ["asked"]
    assert body.closed


def test_a_file_is_closed_when_it_is_sent_and_when_nobody_asks() -> None:
    sent, withdrawn = io.BytesIO(BODY), io.BytesIO(BODY)
    ask(Offer(sent, len(BODY)))
    assert sent.closed
    assert ask(Offer(withdrawn, len(BODY)), close=True) == [b""]
    assert withdrawn.closed


def test_a_file_that_is_shorter_than_it_was() -> None:
    (answer,) = ask(Offer(io.BytesIO(b"short"), 100))
    assert answer.endswith(b"Content-Length: 100\r\n\r\nshort")


def test_it_waits_while_too_much_waits_at_the_other_end() -> None:
    (answer,) = ask(Offer(io.BytesIO(BODY), len(BODY), backlog=lambda: (1 << 20) + 1))
    assert answer.endswith(b"\r\n\r\n")
    waiting = iter([1 << 21, 1 << 21])
    (answer,) = ask(Offer(io.BytesIO(BODY), len(BODY), backlog=lambda: next(waiting, 0)))
    assert answer.endswith(BODY)
