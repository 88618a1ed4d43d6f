"""Serving ends at one stroke, and what was under way is in the history then."""

from __future__ import annotations

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
