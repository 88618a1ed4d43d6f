from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chaosmod.errors import UpstreamError
from chaosmod.upstream import download

Answer = Callable[[BaseHTTPRequestHandler, int], None]


class Server:
    """Answers each path as a test told it; counts and keeps the requests."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.seen.append((self.path, dict(self.headers)))
                outer.answers[self.path](self, sum(path == self.path for path, _ in outer.seen))

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.netloc = f"127.0.0.1:{self.http.server_address[1]}"

    def url(self, path: str, userinfo: str = "") -> str:
        return f"http://{userinfo}{self.netloc}{path}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(download, "_PAUSE", 0.01)
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.http.shutdown()
    thread.join()
    server.http.server_close()


def answer(*replies: tuple[int, bytes], length: int | None = None, **headers: str) -> Answer:
    """The n-th request gets the n-th reply, later ones the last; ``length`` lies about the body's."""

    def do(handler: BaseHTTPRequestHandler, nth: int) -> None:
        status, body = replies[min(nth, len(replies)) - 1]
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return do


def test_body(server: Server) -> None:
    server.answers["/a"] = answer((200, b"x" * 1_000_000))
    assert download.get(server.url("/a"), b"".join) == b"x" * 1_000_000


@pytest.mark.parametrize("status", [404, 410])
def test_absent(server: Server, status: int) -> None:
    server.answers["/a"] = answer((status, b"not found: really"))
    with pytest.raises(download.Absent) as caught:
        download.get(server.url("/a"), b"".join)
    assert (caught.value.status, caught.value.body) == (status, b"not found: really")
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_transient_trouble_is_outlived(server: Server, status: int) -> None:
    server.answers["/a"] = answer((status, b""), (status, b""), (200, b"body"))
    assert download.get(server.url("/a"), b"".join) == b"body"


def test_lasting_trouble_is_an_error_after_three_attempts(server: Server) -> None:
    server.answers["/a"] = answer((503, b""))
    with pytest.raises(UpstreamError, match="503"):
        download.get(server.url("/a"), b"".join)
    assert len(server.seen) == 3


def test_refusal_is_an_error_at_once(server: Server) -> None:
    server.answers["/a"] = answer((403, b""))
    with pytest.raises(UpstreamError, match="403"):
        download.get(server.url("/a"), b"".join)
    assert len(server.seen) == 1


def test_short_body_is_asked_for_again(server: Server) -> None:
    server.answers["/a"] = answer((200, b"half"), length=8)
    with pytest.raises(UpstreamError, match="cannot be read"):
        download.get(server.url("/a"), b"".join)
    assert len(server.seen) == 3


def test_web_page_in_the_place_of_a_module(server: Server) -> None:
    server.answers["/a"] = answer((200, b"<html>sign in"), Content_Type="text/html; charset=utf-8")
    with pytest.raises(UpstreamError, match="captive portal"):
        download.get(server.url("/a"), b"".join)


def test_redirect_is_followed(server: Server) -> None:
    server.answers["/a"] = answer((302, b""), Location=server.url("/b"))
    server.answers["/b"] = answer((200, b"there"))
    assert download.get(server.url("/a"), b"".join) == b"there"


def test_redirect_out_of_tls_is_refused() -> None:
    request = download.urllib.request.Request("https://proxy.example/a")
    handler = download._NoDowngrade()
    headers = download.http.client.HTTPMessage()
    with pytest.raises(UpstreamError, match="without TLS"):
        handler.redirect_request(request, None, 302, "Found", headers, "http://proxy.example/a")  # type: ignore[arg-type]
    followed = handler.redirect_request(request, None, 302, "Found", headers, "https://proxy.example/b")  # type: ignore[arg-type]
    assert followed is not None


def test_credentials_are_sent_and_never_told(server: Server) -> None:
    server.answers["/a"] = answer((401, b""))
    with pytest.raises(UpstreamError) as caught:
        download.get(server.url("/a", "me:p%40ss@"), b"".join)
    assert server.seen[0][1]["Authorization"] == "Basic " + base64.b64encode(b"me:p@ss").decode()
    assert "p@ss" not in str(caught.value)
    assert "p%40ss" not in str(caught.value)


def test_nobody_there(server: Server) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(UpstreamError, match="refused"):
            download.get(f"http://127.0.0.1:{unused.getsockname()[1]}/a", b"".join)
