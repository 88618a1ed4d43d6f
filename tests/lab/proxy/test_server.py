"""Serving ends at one stroke, and what was under way is in the history then."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

import pytest

from chaosmod.faults.armed import ArmedFault
from chaosmod.faults.base import FAULTS
from chaosmod.history import History, RequestServed
from chaosmod.lab.base import Listener
from chaosmod.lab.proxy.loop import LoopThread
from chaosmod.lab.proxy.server import Service
from chaosmod.lab.world import World
from chaosmod.upstream.base import Reply

from .wire import AUTHORITY, H1, H2, HOST, Shelf


@pytest.mark.parametrize("protocol", [H1, H2], ids=["h1", "h2"])
def test_what_hangs_when_serving_ends_is_recorded(protocol: type[H1] | type[H2]) -> None:
    history, thread = History(), LoopThread()
    armed = ArmedFault("f", FAULTS["hang"].model_validate({}))
    world = World(history, {HOST: "primary"}, {"primary": Shelf({"/x": Reply(200, b"x")})}, armed=[armed])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()
        service = Service(thread, AUTHORITY, world, [Listener("tcp", "primary", 443, listening)])
        client = protocol(address, secure=True)
        asking = threading.Thread(target=client.get, args=("/x", 30.0))
        asking.start()
        while not armed.state.occurrences:  # until it has been decided that this one hangs
            asking.join(0.005)
        assert history.of(RequestServed) == []
        service.close()
        (request,) = history.of(RequestServed)
        assert (request.eligible, request.fired, request.status) == (("f",), "f", None)
        service.close()
        assert len(history.of(RequestServed)) == 1
        asking.join(30)
        client.close()
        thread.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)


@pytest.mark.parametrize("turns", range(8))
def test_who_is_being_accepted_when_serving_ends_is_not_left_waiting(turns: int) -> None:
    """asyncio takes several turns of the loop to accept a connection: serving ends after each of them."""
    thread = LoopThread()
    world = World(History(), {HOST: "primary"}, {"primary": Shelf({})})
    with socket.create_server(("127.0.0.1", 0)) as listening:
        service = Service(thread, AUTHORITY, world, [Listener("tcp", "primary", 443, listening)])

        async def connect() -> socket.socket:
            client = socket.create_connection(listening.getsockname(), timeout=30)
            for _ in range(turns):
                await asyncio.sleep(0)
            return client

        client = thread.run(connect())
        service.close()
        thread.close()
    with client, contextlib.suppress(ConnectionResetError):
        assert client.recv(1) == b""
