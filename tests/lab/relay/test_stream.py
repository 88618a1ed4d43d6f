"""The shim, over real sockets and under a clock of our own: when bytes pass is exact to the millisecond."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from chaosmod.faults.link_actions import Pace
from chaosmod.lab.relay.pace import Pacer
from chaosmod.lab.relay.stream import Lane, Link, abort
from tests.support import clock

End = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Test = Callable[[End, End], Awaitable[None]]


def connected(test: Test) -> None:
    """Run ``test`` with the two ends of a TCP connection: the client's and the server's."""

    async def main() -> None:
        accepted: asyncio.Future[End] = asyncio.get_running_loop().create_future()
        async with await asyncio.start_server(lambda r, w: accepted.set_result((r, w)), "127.0.0.1", 0) as server:
            client = await asyncio.open_connection(*server.sockets[0].getsockname())
            end = await accepted
            try:
                await test(client, end)
            finally:
                client[1].transport.abort()
                end[1].transport.abort()

    clock.run(main())


def pacer(**pace: float) -> Pacer:
    return Pacer(Pace(**pace), random.Random(0))  # type: ignore[arg-type]


def now() -> float:
    return asyncio.get_running_loop().time()


def test_delay_is_per_direction() -> None:
    async def check(client: End, server: End) -> None:
        link = Link(*server, client=pacer(delay=0.3), server=pacer(delay=0.1))
        link.begin()
        began = now()
        client[1].write(b"question")
        assert await link.reader.readexactly(8) == b"question"
        assert now() - began == pytest.approx(0.1, abs=0.002)
        began = now()
        link.writer.write(b"answer")
        assert await client[0].readexactly(6) == b"answer"
        assert now() - began == pytest.approx(0.3, abs=0.002)

    connected(check)


@pytest.mark.parametrize("rate", [20_000, 1_000_000])
def test_rate(rate: int) -> None:
    async def check(client: End, server: End) -> None:
        link = Link(*server, client=pacer(rate=rate))
        link.begin()
        began, size = now(), rate * 3
        link.writer.write(bytes(size))
        await client[0].readexactly(size)
        assert now() - began == pytest.approx(3, rel=0.01)

    connected(check)


@pytest.mark.parametrize(
    "pace",
    [{"delay": 60}, {"loss": 1}, {"loss": 0.95}, {"rate": 1}, {"slice": 1, "pause": 60}, {"delay": 1, "rate": 1}],
)
def test_what_was_held_back_is_let_go_once_the_time_is_over(pace: dict[str, float]) -> None:
    async def check(client: End, server: End) -> None:
        link = Link(*server, client=pacer(**pace), until=now() + 2)
        link.begin()
        began = now()
        link.writer.write(b"first, ")
        await asyncio.sleep(1)
        link.writer.write(b"second")
        assert await asyncio.wait_for(client[0].readexactly(13), 1000) == b"first, second"
        assert now() - began == pytest.approx(2, abs=0.002)
        link.writer.write(b"!")  # passes as it comes
        await client[0].readexactly(1)
        assert now() - began == pytest.approx(2, abs=0.002)

    connected(check)


def test_what_was_due_before_the_time_is_over_comes_when_it_is_due() -> None:
    async def check(client: End, server: End) -> None:
        link = Link(*server, client=pacer(delay=1), until=now() + 100)
        link.begin()
        began = now()
        link.writer.write(b"slow")
        await client[0].readexactly(4)
        assert now() - began == pytest.approx(1, abs=0.002)

    connected(check)


def test_silence_outlasts_the_time_of_a_pace() -> None:
    """What a stopped lane holds is for :meth:`Lane.resume` to let go."""

    async def check(client: End, server: End) -> None:
        link = Link(*server, client=pacer(delay=60), until=now() + 1)
        link.begin()
        link.writer.write(b"x")
        link.client.stop()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client[0].read(1), 100)

    connected(check)


def test_a_lane_stops_to_the_byte_and_goes_on() -> None:
    async def check(client: End, server: End) -> None:
        link = Link(*server)
        link.begin()
        link.client.trip(10, lambda: None)
        link.writer.write(bytes(7))
        link.writer.write(bytes(7))
        await client[0].readexactly(10)
        assert link.client.passed == 10
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client[0].read(1), 100)
        link.client.resume()
        assert len(await client[0].readexactly(4)) == 4

    connected(check)


def test_a_lane_stops_at_once_where_no_byte_may_pass() -> None:
    async def check(client: End, server: End) -> None:
        tripped = []
        lane = Lane(lambda _: tripped.append("passed"))
        lane.trip(0, lambda: tripped.append("tripped"))
        lane.push(b"x")
        assert tripped == ["tripped"]

    connected(check)


def test_a_reset_comes_after_the_bytes_before_it() -> None:
    async def check(client: End, server: End) -> None:
        link = Link(*server)
        link.begin()
        link.client.trip(50_000, link.reset)
        link.writer.write(bytes(80_000))
        assert len(await client[0].readexactly(50_000)) == 50_000
        with pytest.raises(ConnectionResetError):
            await client[0].read(1)
        assert await link.reader.read() == b""

    connected(check)


def test_abort_is_a_reset_and_close_is_not() -> None:
    async def reset(client: End, server: End) -> None:
        abort(server[1])
        with pytest.raises(ConnectionResetError):
            await client[0].read()

    async def closed(client: End, server: End) -> None:
        link = Link(*server, client=pacer(delay=1))
        link.begin()
        link.writer.write(b"the last words")
        link.writer.close()
        assert link.writer.is_closing()
        assert await client[0].read() == b"the last words"

    connected(reset)
    connected(closed)


def test_the_end_of_what_the_client_sends_comes_after_its_bytes() -> None:
    async def check(client: End, server: End) -> None:
        link = Link(*server, server=pacer(delay=1))
        ended = asyncio.Event()
        link.ended = ended.set
        link.begin()
        client[1].write(b"bye")
        client[1].write_eof()
        assert await link.reader.read() == b"bye"
        assert ended.is_set()

    connected(check)


def test_a_client_that_leaves_a_silent_connection_ends_it() -> None:
    async def check(client: End, server: End) -> None:
        link = Link(*server)
        link.client.stop()
        link.begin()
        client[1].close()
        assert await link.reader.read() == b""
        assert link.writer.is_closing()

    connected(check)


def test_a_client_that_resets_is_seen() -> None:
    async def check(client: End, server: End) -> None:
        link = Link(*server)
        link.begin()
        abort(client[1])
        with pytest.raises(ConnectionResetError):
            await link.reader.read()

    connected(check)


def test_what_waits_is_bounded() -> None:
    """A large body over a thin line is held up at its source, not in memory."""

    async def check(client: End, server: End) -> None:
        link = Link(*server, client=pacer(rate=1000))
        link.begin()
        sent = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(10):
                while sent < 64 << 20:
                    link.writer.write(bytes(1 << 16))
                    sent += 1 << 16
                    await link.writer.drain()
        assert sent <= 5 << 20

    connected(check)


def test_closing_a_link_ends_both_sides() -> None:
    async def check(client: End, server: End) -> None:
        link = Link(*server, client=pacer(delay=1000))
        link.begin()
        link.writer.write(b"never")
        link.close()
        assert await link.reader.read() == b""
        assert await client[0].read() == b""

    connected(check)
