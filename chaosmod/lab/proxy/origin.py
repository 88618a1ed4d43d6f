"""The in-process origin: streams bodies that are too large to be held in memory, over a socket pair.

mitmproxy holds the whole body of an answer that an add-on makes, several times over; what it forwards from a server it
passes on in pieces. So a large file is served to mitmproxy by a minimal HTTP/1.1 server that reads it from disk.
"""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

__all__ = ["IN_MEMORY", "KEY", "Origin"]

KEY = "x-chaosmod-origin"
"""Request header that names the file to stream; it never leaves the process."""

IN_MEMORY = 1 << 20
"""Bodies up to this many bytes are answered without the origin."""

_CHUNK = 1 << 16


class Origin:
    """The files on offer to one connection handler."""

    def __init__(self) -> None:
        self._files: dict[str, Path] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def offer(self, key: str, file: Path) -> None:
        """Have the next request whose ``KEY`` header is ``key`` answered with ``file``."""
        self._files[key] = file

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The client's end of a connection to the origin."""
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=theirs)
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.open_connection(sock=ours)

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
        path = self._files.pop(fields[KEY.encode()].decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % path.stat().st_size)
        writer.write(b"Content-Type: application/zip\r\n\r\n")
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                writer.write(chunk)
                await writer.drain()
