"""The way from a name to a host of the lab: the HTTPS_PROXY of its commands.

Go and git ask it, by CONNECT (RFC 9110, section 9.3.6), for every address that is no loopback address: the vcs hosts of
``direct``, the checksum database where no proxy passes it on. It leads to the lab's own servers and nowhere else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chaosmod.lab.proxy.loop import LoopThread
from chaosmod.lab.proxy.sockets import abort

__all__ = ["Tunnel"]

_HEAD = 10.0
"""Seconds that a client has for its request."""
_BLOCK = 1 << 16


@dataclass
class Tunnel:
    """Begun on construction, gone after :meth:`close`."""

    thread: LoopThread
    roles: Mapping[str, str]
    """Host name -> role."""
    ports: Mapping[str, int]
    """Role -> port on 127.0.0.1 where its HTTPS server listens."""
    refused: Callable[[str], object]
    """Is told each ``NAME:PORT`` that was asked for and is not of the lab."""
    port: int = field(init=False, default=0)
    _server: asyncio.Server = field(init=False)
    _tasks: set[asyncio.Task[None]] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.thread.run(self._begin())

    async def _begin(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            pass  # the client has gone, or never was one
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD)
        method, target, *_ = (*head.split(b"\r\n")[0].decode(errors="replace").split(" "), "", "")
        name, _, port = target.rpartition(":")
        own = self.ports.get(self.roles.get(name.rstrip(".").lower(), ""))
        if method != "CONNECT" or port != "443" or own is None:
            self.refused(target)
            await _answer(writer, "502 No such host in this lab")
            return
        try:
            server = await asyncio.open_connection("127.0.0.1", own)
        except OSError:
            await _answer(writer, "502 Nothing listens there")
            return
        await _answer(writer, "200 Connected")
        await _join((reader, writer), server)

    def close(self) -> None:
        """Listen no longer, and drop every connection."""
        self.thread.run(self._end())

    async def _end(self) -> None:
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _answer(writer: asyncio.StreamWriter, status: str) -> None:
    writer.write(f"HTTP/1.1 {status}\r\n\r\n".encode())
    await writer.drain()


async def _join(client: Stream, server: Stream) -> None:
    """Pass bytes both ways until both ends have ended. A connection that is reset on one side is on the other."""
    ways = [asyncio.create_task(_pass(a[0], b[1])) for a, b in ((client, server), (server, client))]
    try:
        await asyncio.gather(*ways)
    except ConnectionError:
        abort(client[1])
        abort(server[1])
    finally:
        for way in ways:
            way.cancel()
        server[1].close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while block := await reader.read(_BLOCK):
        writer.write(block)
        await writer.drain()
    writer.write_eof()
