"""Delay and rate as a client measures them, in real time.

A machine that is busy can only make things later, so of several rounds the best one is what the relay itself does.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import pytest

from chaosmod.faults.link_actions import Pace
from chaosmod.lab.relay.pace import Pacer
from chaosmod.lab.relay.stream import Link

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


def through(pace: Pace, client: Callable[[Reader, Writer], Awaitable[float]], answer: int) -> float:
    """What ``client`` measures of a server that answers each byte with ``answer`` bytes, at this pace both ways."""

    async def serve(reader: Reader, writer: Writer) -> None:
        pacers = [Pacer(pace, random.Random(seed)) for seed in (1, 2)]
        link = Link(reader, writer, client=pacers[0], server=pacers[1])
        link.begin()
        while await link.reader.read(1):
            link.writer.write(bytes(answer))
        link.close()

    async def main() -> float:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            measured = await client(reader, writer)
            writer.close()
            return measured

    return asyncio.run(main())


@pytest.mark.parametrize("delay", [0.05, 0.3])
def test_a_round_trip_takes_the_delay_twice(delay: float) -> None:
    async def ask(reader: Reader, writer: Writer) -> float:
        rounds = []
        for _ in range(5):
            began = time.monotonic()
            writer.write(b"?")
            await reader.readexactly(10)
            rounds.append(time.monotonic() - began)
        return min(rounds)

    assert through(Pace(delay=delay), ask, answer=10) == pytest.approx(2 * delay, rel=0.1)


@pytest.mark.parametrize(("rate", "size"), [(6_250, 6_250), (1_000_000, 1_500_000)])
def test_bytes_take_the_time_of_the_rate(rate: int, size: int) -> None:
    async def fetch(reader: Reader, writer: Writer) -> float:
        rounds = []
        for _ in range(2):
            began = time.monotonic()
            writer.write(b"?")
            await reader.readexactly(size)
            rounds.append(time.monotonic() - began)
        return min(rounds)

    assert through(Pace(rate=rate), fetch, answer=size) == pytest.approx(size / rate, rel=0.1)
