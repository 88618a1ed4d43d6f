"""A served host and the clients that look at it closely: every byte, and how the connection ends."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import h2.config
import h2.connection
import h2.events
import h2.settings

from chaosmod.errors import UpstreamError
from chaosmod.faults.armed import ArmedFault
from chaosmod.faults.base import FAULTS
from chaosmod.faults.match import Match
from chaosmod.faults.schedule import Schedule
from chaosmod.history import History, RequestServed
from chaosmod.lab.authority import Authority
from chaosmod.lab.base import Listener
from chaosmod.lab.proxy.loop import LoopThread
from chaosmod.lab.proxy.server import Service
from chaosmod.lab.world import World
from chaosmod.upstream.base import Reply, not_found

HOST = "proxy.test"
AUTHORITY = Authority()


class Shelf:
    """An upstream that serves what it was given; ``/broken`` it cannot read."""

    name, public, blocking = "shelf", ("*",), False

    def __init__(self, files: dict[str, Reply]) -> None:
        self.files = files

    def digest(self) -> str:
        return "0"

    def fetch(self, path: str) -> Reply:
        if path == "/broken":
            raise UpstreamError("the disk is gone")
        return self.files.get(path, not_found())

    def sums(self, module: str, version: str) -> None:
        return None


@dataclass
class Served:
    """A host in role ``primary``, on a port of this machine."""

    address: tuple[str, int]
    history: History
    secure: bool
    clients: list[Client] = field(default_factory=list)

    def client(self, protocol: str = "h2") -> Client:
        """A new connection."""
        self.clients.append((H2 if protocol == "h2" else H1)(self.address, secure=self.secure))
        return self.clients[-1]

    def requests(self, count: int) -> list[RequestServed]:
        """What was recorded, once there are so many records; in the order of the requests."""
        deadline = time.monotonic() + LIMIT
        while len(self.history.of(RequestServed)) < count and time.monotonic() < deadline:
            time.sleep(0.005)
        found = sorted(self.history.of(RequestServed), key=lambda r: r.n)
        assert len(found) == count
        return found


@contextlib.contextmanager
def serving(
    files: dict[str, Reply],
    fault: tuple[str, Any] | None = None,
    then: tuple[str, Any] | None = None,
    *,
    secure: bool = True,
    **schedule: Any,
) -> Iterator[Served]:
    """Serve ``files`` with the fault ``f`` armed, and ``g`` for what the schedule of the first one lets pass."""
    armed = []
    for id, given, when in (("f", fault, schedule), ("g", then, {})):
        if given is not None:
            kind, spec = given
            model = FAULTS[kind].model_validate(spec)
            armed.append(ArmedFault(id, model, Match(), Schedule.model_validate(when)))
    history = History()
    world = World(history, {HOST: "primary", "mirror.test": "mirror"}, {"primary": Shelf(files)}, armed=armed)
    thread = LoopThread()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listener = Listener("tcp", "primary", 443 if secure else 80, listening)
        service = Service(thread, AUTHORITY, world, [listener])
        served = Served(listening.getsockname(), history, secure)
        try:
            yield served
        finally:
            for client in served.clients:
                client.close()
            service.close()
            thread.close()


LIMIT = 20.0
"""Seconds that a client waits for what has to come."""

SILENCE = 2.0
"""Seconds after which it takes a connection for stalled, where a test says that nothing more will come."""


@dataclass
class Got:
    """What a client got for one request."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    end: str = ""
    """``whole``, ``stall``, ``fin``, ``rst``, ``stream CODE`` or ``goaway CODE LAST``; of ``fin`` and ``rst`` the last wins."""


class Client:
    """A connection. TLS is done by hand: over a socket, Python's ssl calls a reset an end of file."""

    alpn = ""

    def __init__(self, address: tuple[str, int], *, secure: bool, authority: str | None = None) -> None:
        self.sock = socket.create_connection(address, timeout=10)
        self.tls: ssl.SSLObject | None = None
        if secure:
            context = ssl.create_default_context(cadata=authority or AUTHORITY.pem().decode())
            context.set_alpn_protocols([self.alpn])
            self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
            self.tls = context.wrap_bio(self._in, self._out, server_hostname=HOST)
            self._shake_hands(self.tls)

    def _shake_hands(self, tls: ssl.SSLObject) -> None:
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.sock.sendall(self._out.read())
                self._in.write(self.sock.recv(1 << 16))
        self.sock.sendall(self._out.read())

    def get(self, path: str, patience: float = LIMIT, method: str = "GET") -> Got:
        """Ask for ``path``; wait ``patience`` seconds for more."""
        raise NotImplementedError

    def close(self) -> None:
        """End the connection."""
        self.sock.close()

    def send(self, data: bytes) -> None:
        """Send ``data``, if there is still somebody to take it."""
        if self.tls is not None:
            self.tls.write(data)
            data = self._out.read()
        with contextlib.suppress(OSError):
            self.sock.sendall(data)

    def read(self, patience: float = LIMIT) -> bytes | str:
        """Some bytes, or how the connection has ended, or ``stall``."""
        self.sock.settimeout(patience)
        try:
            while data := self.sock.recv(1 << 16):
                if self.tls is None:
                    return data
                self._in.write(data)
                if clear := self._clear(self.tls):
                    return clear
        except TimeoutError:
            return "stall"
        except ConnectionResetError:
            return "rst"
        return "fin"

    @staticmethod
    def _clear(tls: ssl.SSLObject) -> bytes:
        clear = b""
        with contextlib.suppress(ssl.SSLWantReadError):
            while piece := tls.read(1 << 16):
                clear += piece
        return clear


class H1(Client):
    """HTTP/1.1, one request after the other."""

    alpn = "http/1.1"

    def get(self, path: str, patience: float = LIMIT, method: str = "GET") -> Got:
        self.send(f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        got, data, length = Got(), b"", None
        while True:
            if got.status is None and b"\r\n\r\n" in data:
                head, _, data = data.partition(b"\r\n\r\n")
                first, *lines = head.decode().split("\r\n")
                got.status = int(first.split()[1])
                got.headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
                length = int(got.headers["content-length"]) if "content-length" in got.headers else None
                length = 0 if method == "HEAD" else length
            if got.status is not None:
                got.body = data
                if length is not None and len(data) >= length:
                    got.end = "whole"
                    return got
            more = self.read(patience)
            if isinstance(more, str):
                got.end = more
                return got
            data += more


class H2(Client):
    """HTTP/2."""

    alpn = "h2"

    def __init__(self, address: tuple[str, int], *, secure: bool, authority: str | None = None) -> None:
        super().__init__(address, secure=secure, authority=authority)
        config = h2.config.H2Configuration(header_encoding="utf-8", validate_inbound_headers=False)
        self.h2 = h2.connection.H2Connection(config)
        self.h2.initiate_connection()
        # As net/http does it (h2_bundle.go: http2transportDefaultStreamFlow and ...ConnFlow).
        self.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 4 << 20})
        self.h2.increment_flow_control_window(1 << 30)
        self.got: dict[int, Got] = {}
        self.data = b""

    def ask(self, path: str, method: str = "GET") -> int:
        """Send a request; its stream."""
        return self.ask_at_once(path, method=method)[0]

    def ask_at_once(self, *paths: str, method: str = "GET") -> list[int]:
        """Send several requests in one write, so that the server has them all before it answers the first; their streams."""
        streams = []
        for path in paths:
            stream = self.h2.get_next_available_stream_id()
            pseudo = [(":method", method), (":scheme", "https"), (":authority", HOST), (":path", path)]
            self.h2.send_headers(stream, pseudo, end_stream=True)
            self.got[stream] = Got()
            streams.append(stream)
        self.send(self.h2.data_to_send())
        return streams

    def get(self, path: str, patience: float = LIMIT, method: str = "GET") -> Got:
        return self.wait(self.ask(path, method), patience)

    def wait(self, stream: int, patience: float = LIMIT) -> Got:
        """What came on ``stream``, once it has ended or nothing more comes."""
        got = self.got[stream]
        while not got.end:
            if end := self.see(patience):
                got.end = end
        return got

    def see(self, patience: float = LIMIT) -> str:
        """Take in what comes next; how the connection has ended, where it has."""
        more = self.read(patience)
        if isinstance(more, str):
            return more
        self._take(more)
        return ""

    def _take(self, data: bytes) -> None:
        self.data += data
        while len(self.data) >= 9 and len(self.data) >= (end := 9 + int.from_bytes(self.data[:3])):
            frame, self.data = self.data[:end], self.data[end:]
            for stream in self.h2.streams.values():
                stream._expected_content_length = None  # whether it is right is for the test to see
            for event in self.h2.receive_data(frame):
                self._see(event)
        if out := self.h2.data_to_send():
            self.send(out)

    def _see(self, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.ResponseReceived):
            headers = dict(event.headers)
            self.got[event.stream_id].status = int(headers.pop(":status"))
            self.got[event.stream_id].headers = headers
        elif isinstance(event, h2.events.DataReceived):
            self.got[event.stream_id].body += event.data
            if length := event.flow_controlled_length:  # given back at once, as Go does; h2 itself saves it up
                self.h2.increment_flow_control_window(length)
                if event.stream_ended is None:
                    self.h2.increment_flow_control_window(length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            self.got[event.stream_id].end = "whole"
        elif isinstance(event, h2.events.StreamReset):
            self.got[event.stream_id].end = f"stream {int(event.error_code)}"
        elif isinstance(event, h2.events.ConnectionTerminated):
            for got in self.got.values():
                got.end = got.end or f"goaway {int(event.error_code)} {event.last_stream_id}"
