"""The in-process origin: streams to mitmproxy what is too large to be held in memory, or must not come to its end.

mitmproxy holds the whole body of an answer that an add-on makes, several times over; what it forwards from a server it
passes on in pieces. So such a body is served to mitmproxy by a minimal HTTP/1.1 server over a socket pair. It says
nothing but how long the body is: status and headers are put in by the connection handler.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

__all__ = ["IN_MEMORY", "KEY", "Offer", "Origin"]

KEY = "x-chaosmod-origin"
"""Request header that names the offer; it never leaves the process."""

IN_MEMORY = 1 << 20
"""Bodies up to this many bytes are answered without the origin."""

_CHUNK = 1 << 16
_BACKLOG = 1 << 20
_POLL = 0.002


@dataclass(frozen=True)
class Offer:
    """A body to be streamed."""

    body: BinaryIO
    """Read from where it stands, and closed afterwards."""
    size: int
    """Its length in bytes."""
    stop: int | None = None
    """Send so many bytes and wait for the proxy to give up; None: send all."""
    backlog: Callable[[], int] = lambda: 0
    """How many bytes wait at the other end of the proxy, which itself never says that it has had enough of HTTP/2."""
    silent: Callable[[], object] | None = None
    """Do not even send a head: call this, and wait for the proxy to give up."""


class Origin:
    """The bodies on offer to one connection handler."""

    def __init__(self) -> None:
        self._offers: dict[str, Offer] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def offer(self, key: str, offer: Offer) -> None:
        """Have the next request whose ``KEY`` header is ``key`` answered with ``offer``."""
        self._offers[key] = offer

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The client's end of a connection to the origin."""
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=theirs)
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.open_connection(sock=ours)

    async def close(self) -> None:
        """Withdraw what has not been asked for, and stop what is being sent: the client has gone."""
        while self._offers:
            self._offers.popitem()[1].body.close()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(head, writer)
        except (asyncio.IncompleteReadError, OSError):
            pass  # the proxy closed the connection: the client is gone, or a fault has cut the body off
        finally:
            writer.close()

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        offer = self._offers.pop(fields[KEY.encode()].decode(), None)
        if offer is None:
            return  # it was withdrawn: the client went away before the proxy had come to ask
        with offer.body as file:
            if offer.silent is not None:
                offer.silent()
                return
            left = offer.size if offer.stop is None else offer.stop
            # A body that stops is promised to be longer than it is, so that the proxy never takes it for complete.
            promised = offer.size + (offer.stop is not None)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % promised)
            while left and await _room(offer) and (chunk := file.read(min(_CHUNK, left))):
                left -= len(chunk)
                writer.write(chunk)
                await writer.drain()


async def _room(offer: Offer) -> bool:
    while offer.backlog() > _BACKLOG:
        await asyncio.sleep(_POLL)
    return True
