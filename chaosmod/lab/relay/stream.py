"""A shim around the reader and the writer of a connection: bytes pass when their lane lets them.

::

    client ──▶ StreamReader ──▶ lane ──▶ StreamReader of our own ──▶ mitmproxy
    client ◀── StreamWriter ◀── lane ◀── ShapedWriter            ◀── mitmproxy
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import socket
import struct
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from chaosmod.lab.relay.pace import EARLY, Pacer, Piece

__all__ = ["Lane", "Link", "abort"]

_IN_FLIGHT = 4 << 20
"""Bytes that a lane holds before it lets nobody add to them: about what a TCP window grows to."""

_CHUNK = 1 << 16


class Lane:
    """One direction: bytes wait until their time has come, then go to ``deliver``."""

    def __init__(self, deliver: Callable[[bytes], None], pacer: Pacer | None = None, until: float = math.inf) -> None:
        """``until``: the time, on the loop's clock, at which what waits passes, and from which bytes pass as they come."""
        self.passed = 0
        """Bytes delivered so far."""
        self._loop = asyncio.get_running_loop()
        self._deliver = deliver
        self._pacer = pacer
        self._until = until
        self._queue: deque[Piece] = deque()
        self._queued = 0
        self._timer: asyncio.TimerHandle | None = None
        self._room = asyncio.Event()
        self._room.set()
        self.stopped = False
        """True while nothing passes."""
        self._limit: int | None = None
        self._tripped: Callable[[], None] = lambda: None
        self._last: Callable[[], None] | None = None

    def push(self, data: bytes) -> None:
        """Take ``data`` in."""
        now = self._loop.time()
        if self._pacer is not None and now < self._until:
            self._queue.extend(self._pacer.take(data, now))
        else:
            self._queue.append(Piece(now, data))
        self._queued += len(data)
        if self._queued > _IN_FLIGHT:
            self._room.clear()
        self._release()

    async def room(self) -> None:
        """Wait until the lane can take more."""
        await self._room.wait()

    def trip(self, limit: int, call: Callable[[], None]) -> None:
        """Stop after ``limit`` bytes, to the byte, and call ``call`` then."""
        self._limit, self._tripped = limit, call

    def finish(self, last: Callable[[], None]) -> None:
        """Call ``last`` when everything has passed."""
        self._last = last
        self._release()

    def stop(self) -> None:
        """From now on nothing passes."""
        self.stopped = True

    def resume(self) -> None:
        """Let pass what has waited."""
        self.stopped = False
        self._release()

    def close(self) -> None:
        """Forget what has not passed."""
        self.stop()
        self._queue.clear()
        self._room.set()
        if self._timer is not None:
            self._timer.cancel()

    def _release(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._queue and not self.stopped:
            at = min(self._queue[0].at, self._until)
            if at > self._loop.time() + EARLY:
                if at < math.inf:
                    self._timer = self._loop.call_at(at, self._release)
                return
            self._pass(self._queue.popleft())
        if self._last is not None and not self._queue and not self.stopped:
            last, self._last = self._last, None
            last()

    def _pass(self, piece: Piece) -> None:
        data = piece.data
        tripped = self._limit is not None and self.passed + len(data) >= self._limit
        if tripped:
            assert self._limit is not None
            data, rest = data[: self._limit - self.passed], data[self._limit - self.passed :]
            self._limit = None
            self.stop()
            if rest:
                self._queue.appendleft(Piece(piece.at, rest))
        self.passed += len(data)
        self._queued -= len(data)
        if self._queued <= _IN_FLIGHT:
            self._room.set()
        if data:
            self._deliver(data)
        if tripped:
            self._tripped()


class _ShapedWriter(asyncio.StreamWriter):
    """A StreamWriter that writes through a lane."""

    def __init__(self, real: asyncio.StreamWriter, lane: Lane) -> None:
        transport = real.transport
        super().__init__(transport, transport.get_protocol(), None, asyncio.get_running_loop())
        self._real = real
        self._lane = lane
        self._closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._lane.push(bytes(data))

    async def drain(self) -> None:
        await self._lane.room()
        await self._real.drain()

    def is_closing(self) -> bool:
        return self._closing or self._real.is_closing()

    def write_eof(self) -> None:
        self._lane.finish(self._end_of_file)

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._lane.finish(self._real.close)

    def _end_of_file(self) -> None:
        with contextlib.suppress(OSError):
            self._real.write_eof()


class Link:
    """One connection under a fault."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        client: Pacer | None = None,
        server: Pacer | None = None,
        until: float = math.inf,
    ) -> None:
        """The pace towards the client and towards the server, both to end at the time ``until``: see :class:`Lane`."""
        self.ended: Callable[[], None] = lambda: None
        """Called when the client's end of the connection is gone."""
        self._real_reader = reader
        self._real_writer = writer
        # Without a limit that counts: what clients send are requests, which are small.
        self._shaped = asyncio.StreamReader()
        self.client = Lane(self._to_client, client, until)
        self.server = Lane(self._shaped.feed_data, server, until)
        self._writer = _ShapedWriter(writer, self.client)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def reader(self) -> asyncio.StreamReader:
        """To read what the client sent."""
        return self._shaped

    @property
    def writer(self) -> asyncio.StreamWriter:
        """To write to the client."""
        return self._writer

    def begin(self) -> None:
        """Start to pass bytes."""
        self._spawn(self._pump())

    def reset(self) -> None:
        """Send an RST to the client once what was passed to it has left."""
        self.server.stop()
        self.client.stop()
        self._spawn(self._reset())

    def close(self) -> None:
        """Break the connection off, at both ends."""
        self.client.close()
        self.server.close()
        self._shaped.feed_eof()
        self._real_writer.transport.abort()

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pump(self) -> None:
        try:
            while data := await self._real_reader.read(_CHUNK):
                self.server.push(data)
                await self.server.room()
        except OSError as e:
            self._shaped.set_exception(e)
            self.client.close()
        else:
            if self.client.stopped or self.server.stopped:
                self.close()  # silence, and nobody left to notice it
            else:
                self.server.finish(self._shaped.feed_eof)
        self.ended()

    async def _reset(self) -> None:
        # What is still in our own buffer goes out first; what is in the kernel's is on its way over the loopback.
        with contextlib.suppress(OSError):
            self._real_writer.transport.set_write_buffer_limits(high=0)
            await self._real_writer.drain()
        abort(self._real_writer)
        self._shaped.feed_eof()
        self.ended()

    def _to_client(self, data: bytes) -> None:
        if not self._real_writer.is_closing():
            self._real_writer.write(data)


def abort(writer: asyncio.StreamWriter) -> None:
    """Close a connection with an RST (SO_LINGER 0, socket(7)), not with a FIN."""
    sock = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
