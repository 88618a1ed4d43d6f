"""The tunnel, with servers and clients that are plain sockets."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from chaosmod.lab.host.tunnel import Tunnel
from chaosmod.lab.proxy.loop import LoopThread

LIMIT = 10


@dataclass
class Made:
    tunnel: Tunnel
    server: socket.socket
    refused: list[str] = field(default_factory=list)

    def ask(self, head: str) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.tunnel.port), LIMIT)
        client.sendall(head.encode())
        return client

    def joined(self) -> tuple[socket.socket, socket.socket]:
        client = self.ask("CONNECT Source.example.:443 HTTP/1.1\r\nHost: source.example:443\r\n\r\n")
        assert client.recv(100) == b"HTTP/1.1 200 Connected\r\n\r\n"
        server, _ = self.server.accept()
        server.settimeout(LIMIT)
        return client, server


@pytest.fixture
def made() -> Iterator[Made]:
    thread = LoopThread()
    refused: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(LIMIT)
        roles = {"source.example": "vcs", "mirror.example": "mirror"}
        tunnel = Tunnel(thread, roles, {"vcs": server.getsockname()[1]}, refused.append)
        yield Made(tunnel, server, refused)
        tunnel.close()
    thread.close()


def test_bytes_pass_both_ways_until_both_ends_have_ended(made: Made) -> None:
    client, server = made.joined()
    with client, server:
        client.sendall(b"question" * 100_000)
        client.shutdown(socket.SHUT_WR)
        asked = b"".join(iter(lambda: server.recv(1 << 16), b""))
        assert asked == b"question" * 100_000
        server.sendall(b"answer" * 100_000)
        server.close()
        assert b"".join(iter(lambda: client.recv(1 << 16), b"")) == b"answer" * 100_000
    assert made.refused == []


def test_a_reset_stays_a_reset(made: Made) -> None:
    client, server = made.joined()
    with client:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        server.close()
        with pytest.raises(ConnectionResetError):
            client.recv(100)


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("CONNECT elsewhere.test:443 HTTP/1.1", "elsewhere.test:443"),
        ("CONNECT source.example:80 HTTP/1.1", "source.example:80"),
        ("CONNECT mirror.example:443 HTTP/1.1", "mirror.example:443"),
        ("GET http://source.example/ HTTP/1.1", "http://source.example/"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_whatever_is_not_of_the_lab_is_refused_and_told(made: Made, head: str, told: str) -> None:
    with made.ask(f"{head}\r\nHost: x\r\n\r\n") as client:
        said = b"".join(iter(lambda: client.recv(100), b""))
    assert said.startswith(b"HTTP/1.1 502 No such host in this lab")
    assert made.refused == [told]


def test_a_host_whose_server_is_gone(made: Made) -> None:
    made.server.close()
    with made.ask("CONNECT source.example:443 HTTP/1.1\r\n\r\n") as client:
        assert client.recv(100).startswith(b"HTTP/1.1 502 Nothing listens there")
    assert made.refused == []


def test_a_client_that_goes_away_or_asks_too_much_does_no_harm(made: Made) -> None:
    made.ask("CONNECT sour").close()
    with made.ask("CONNECT " + "x" * 100_000) as client, contextlib.suppress(ConnectionResetError):
        assert client.recv(100) == b""
    client, server = made.joined()
    client.close()
    server.close()


def test_closing_drops_what_is_open(made: Made) -> None:
    client, server = made.joined()
    made.tunnel.close()
    with client, server:
        assert client.recv(100) == b""
        assert server.recv(100) == b""
    with pytest.raises(ConnectionRefusedError):
        made.ask("")
