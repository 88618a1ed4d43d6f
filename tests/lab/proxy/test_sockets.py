"""What is done to a socket beneath asyncio, as the other end sees it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from chaosmod.lab.proxy.sockets import abort, hang_up, send_at_once, unsent


def seen(act: Callable[[asyncio.StreamWriter], Awaitable[object]], request: bytes = b"") -> bytes:
    """What a client gets that sends ``request``, of which nothing is read."""

    async def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.02)
        await act(writer)
        done.set()

    async def visit() -> bytes:
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
            writer.write(request)
            try:
                return await asyncio.wait_for(reader.read(), 5)
            finally:
                writer.close()
                await asyncio.wait_for(done.wait(), 5)

    done = asyncio.Event()
    return asyncio.run(visit())


async def _abort(writer: asyncio.StreamWriter) -> None:
    writer.write(b"before")
    while unsent(writer):
        await asyncio.sleep(0.002)
    abort(writer)


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.write(b"before")
    await hang_up(writer, 0.5)


def test_abort_is_a_reset() -> None:
    with pytest.raises(ConnectionResetError):
        seen(_abort)


@pytest.mark.parametrize("request_", [b"", b"GET / HTTP/1.1\r\n\r\n"])
def test_hang_up_is_an_end_of_file_whatever_the_client_has_sent(request_: bytes) -> None:
    assert seen(_hang_up, request_) == b"before"


def test_hang_up_on_somebody_who_never_hangs_up() -> None:
    async def visit() -> None:
        ours, theirs = socket.socketpair()
        _, writer = await asyncio.open_connection(sock=ours)
        with theirs:
            await asyncio.wait_for(hang_up(writer, 0.05), 2)
            assert writer.transport.is_closing()

    asyncio.run(visit())


def test_unsent_while_nobody_reads_and_no_more_when_it_is_over() -> None:
    async def visit() -> None:
        ours, theirs = socket.socketpair()
        _, writer = await asyncio.open_connection(sock=ours)
        with theirs:
            writer.write(bytes(8 << 20))
            assert unsent(writer)
            writer.transport.abort()
            assert not unsent(writer)

    asyncio.run(visit())


def test_small_writes_do_not_wait_for_each_other() -> None:
    async def visit() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            client = socket.create_connection(listening.getsockname())
            accepted, _ = listening.accept()
            with client:
                _, writer = await asyncio.open_connection(sock=accepted)
                send_at_once(writer)
                assert writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                writer.close()

    asyncio.run(visit())
