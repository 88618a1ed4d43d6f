"""Serving the sockets of a lab from the worker's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from chaosmod.lab import dns
from chaosmod.lab.attempts import Attempt
from chaosmod.lab.authority import Authority
from chaosmod.lab.base import Listener
from chaosmod.lab.proxy.connection import ClientConnection, proxy_options
from chaosmod.lab.proxy.loop import LoopThread
from chaosmod.lab.relay.links import Links, Stream
from chaosmod.lab.world import World

__all__ = ["Service"]


class Service:
    """The servers of one lab: begun on construction, gone after :meth:`close`."""

    def __init__(self, thread: LoopThread, authority: Authority, world: World, listeners: Sequence[Listener]) -> None:
        self._thread = thread
        self._authority = authority
        self._world = world
        self._options = proxy_options()
        self._servers: list[asyncio.Server] = []
        self._transports: list[asyncio.BaseTransport] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._links: Links | None = None
        self._closed = False
        thread.run(self._begin(listeners))

    async def _begin(self, listeners: Sequence[Listener]) -> None:
        loop = asyncio.get_running_loop()
        if self._world.link.armed:
            self._links = Links(self._world, listeners)
        for listener in listeners:
            if listener.kind == "udp":
                transport, _ = await loop.create_datagram_endpoint(
                    lambda: dns.DatagramServer(self._world), sock=listener.socket.dup()
                )
                self._transports.append(transport)
            if listener.kind != "tcp":
                continue
            server = await asyncio.start_server(self._accept(listener), sock=listener.socket.dup())
            self._servers.append(server)

    def _accept(self, listener: Listener) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if self._closed:  # it was in the backlog when the listening ended
                writer.transport.abort()
                return
            task = asyncio.get_running_loop().create_task(self._handle(listener, reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return connected

    async def _handle(self, listener: Listener, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if listener.role == "dns":
                await dns.serve_stream(self._world, reader, writer)
            else:
                await self._serve(listener, reader, writer)
        except BaseException:  # cancelled, or a defect of ours, which asyncio tells: the client is not left waiting
            writer.transport.abort()
            raise

    async def _serve(self, listener: Listener, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stream = self._stream(listener, reader, writer)
        if stream is None:
            return
        try:
            handler = ClientConnection(
                stream.reader, stream.writer, self._options, self._world, self._authority, listener
            )
            handler.attempt = stream.attempt
            await handler.handle_client()
        finally:
            if stream.attempt is not None:
                stream.attempt.end()

    def _stream(self, listener: Listener, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Stream | None:
        """What the handler is to read and write. Where no fault below HTTP is armed, that is the connection itself."""
        if self._links is not None:
            return self._links.accept(listener, reader, writer)
        if not self._world.tls.armed:
            return Stream(reader, writer)
        attempt = Attempt(self._world.history, listener.role, listener.port, self._world.invocation, tls=True)
        attempt.settle()
        return Stream(reader, writer, attempt)

    def close(self) -> None:
        """Stop listening and drop every connection; all that was under way is in the history then."""
        if not self._closed:
            self._closed = True
            self._thread.run(self._end())

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        for transport in self._transports:
            transport.close()
        if self._links is not None:
            self._links.close()
        await asyncio.sleep(0)  # the last one accepted takes its first step: one that never began would close nothing
        tasks = tuple(self._tasks)
        if tasks and self._links is not None:
            # What the relay has broken off ends by itself; a handler that is cancelled leaves tasks of its own behind.
            await asyncio.wait(tasks, timeout=0.2)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1)
