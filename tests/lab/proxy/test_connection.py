"""What a client gets, and what is recorded: for every action, over HTTP/2 and HTTP/1."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from chaosmod.upstream.base import TEXT, Reply

from .wire import H2, LIMIT, SILENCE, Client, serving

PATH = "/example.test/lib/@v/v1.0.0.mod"
BODY = b"module example.test/lib\n"
FILES = {PATH: Reply(200, BODY, content_type=TEXT), "/empty": Reply(200)}

both = pytest.mark.parametrize("protocol", ["h2", "h1"])


@both
def test_without_a_fault(protocol: str) -> None:
    with serving(FILES) as host:
        got = host.client(protocol).get(PATH)
        assert (got.status, got.body, got.end) == (200, BODY, "whole")
        assert got.headers == {"content-type": TEXT, "content-length": str(len(BODY))}
        (request,) = host.requests(1)
        assert (request.status, request.size, request.protocol) == (200, len(BODY), protocol)
        assert (request.file, request.module, request.version) == ("mod", "example.test/lib", "v1.0.0")
        assert (request.eligible, request.fired, request.effect, request.error) == ((), None, "", "")


@both
def test_a_connection_serves_many_requests(protocol: str) -> None:
    with serving(FILES) as host:
        client = host.client(protocol)
        assert [client.get(path).status for path in (PATH, "/missing", "/empty", PATH)] == [200, 404, 200, 200]
        assert [r.size for r in host.requests(4)] == [len(BODY), len(b"not found: not found"), 0, len(BODY)]


@both
def test_the_answer_to_a_head_has_no_body(protocol: str) -> None:
    with serving(FILES) as host:
        client = host.client(protocol)
        asked = [client.get(PATH, method="HEAD") for _ in range(2)]
        assert [(got.status, got.body, got.end) for got in asked] == [(200, b"", "whole")] * 2
        assert [got.headers["content-length"] for got in asked] == [str(len(BODY))] * 2
        assert client.get(PATH).body == BODY
        assert [(r.method, r.size) for r in host.requests(3)] == [("HEAD", 0), ("HEAD", 0), ("GET", len(BODY))]


@both
def test_an_upstream_that_is_broken_is_the_harness_s_fault(protocol: str) -> None:
    with serving(FILES) as host:
        assert host.client(protocol).get("/broken").status == 502
        (request,) = host.requests(1)
        assert (request.error, request.fired) == ("upstream: the disk is gone", None)


@both
@pytest.mark.parametrize(
    ("spec", "headers", "body"),
    [
        ({"status": 429, "headers": {"Retry-After": "7"}}, {"retry-after": "7", "content-length": "0"}, b""),
        ({"status": 204}, {}, b""),
        ({"status": 503, "headers": {"Content-Length": "4"}, "body": "busy"}, {"content-length": "4"}, b"busy"),
        ({"status": 407, "headers": {"Proxy-Authenticate": "Basic"}}, {"proxy-authenticate": "Basic"}, b""),
    ],
)
def test_respond(protocol: str, spec: dict[str, Any], headers: dict[str, str], body: bytes) -> None:
    with serving(FILES, ("http", spec)) as host:
        got = host.client(protocol).get(PATH)
        assert (got.status, got.body) == (spec["status"], body)
        assert got.headers.items() >= headers.items()
        (request,) = host.requests(1)
        assert (request.status, request.size, request.fired) == (spec["status"], len(body), "f")
        assert request.effect == f"answered {spec['status']}"


@both
@pytest.mark.parametrize(
    ("spec", "location"),
    [
        ("itself", f"https://proxy.test{PATH}"),
        ("http", f"http://proxy.test{PATH}"),
        ("mirror", f"https://mirror.test{PATH}"),
        ("https://login.example/", "https://login.example/"),
    ],
)
def test_redirect(protocol: str, spec: str, location: str) -> None:
    with serving(FILES, ("redirect", spec)) as host:
        got = host.client(protocol).get(PATH)
        assert (got.status, got.headers["location"], got.body) == (302, location, b"")


@both
def test_rewrite(protocol: str) -> None:
    with serving(FILES, ("mod", "other-path")) as host:
        got = host.client(protocol).get(PATH)
        changed = b"module example.test/lib-renamed\n"
        assert (got.status, got.body, got.end) == (200, changed, "whole")
        assert got.headers == {"content-type": TEXT, "content-length": str(len(changed))}
        assert host.requests(1)[0].effect == "named another module in the module line"


def test_a_rewrite_of_what_is_not_there_has_not_fired() -> None:
    with serving(FILES, ("mod", "other-path")) as host:
        assert host.client().get("/example.test/other/@v/v1.0.0.mod").status == 404
        (request,) = host.requests(1)
        assert (request.eligible, request.fired, request.effect) == (("f",), None, "")


@pytest.mark.parametrize(("body", "fired"), [(b"v1.0.0\n", "f"), (b"", None)])
def test_a_rewrite_of_what_is_so_already_has_not_fired(body: bytes, fired: str | None) -> None:
    listed = "/example.test/lib/@v/list"
    with serving({listed: Reply(200, body, content_type=TEXT)}, ("list", "empty")) as host:
        got = host.client().get(listed)
        assert (got.status, got.body) == (200, b"")
        (request,) = host.requests(1)
        assert (request.eligible, request.fired) == (("f",), fired)
        assert request.effect == ("put nothing in the place of the body" if fired else "")


def test_an_upstream_whose_file_is_none_is_the_harness_s_fault() -> None:
    zipped = PATH.replace(".mod", ".zip")
    with serving({zipped: Reply(200, b"no zip")}, ("zip", "overwritten")) as host:
        assert host.client().get(zipped).status == 502
        (request,) = host.requests(1)
        assert request.error.startswith("upstream: what should be a module zip cannot be read")
        assert request.fired is None


@pytest.mark.parametrize(
    ("by", "protocol", "said", "end", "body"),
    [
        (7, "h2", len(BODY) + 7, "whole", BODY),  # the client is left to find out
        (7, "h1", len(BODY) + 7, "stall", BODY),
        (-7, "h2", len(BODY) - 7, "whole", BODY),
        (-7, "h1", len(BODY) - 7, "whole", BODY),
        ("missing", "h2", None, "whole", BODY),
        ("missing", "h1", None, "fin", BODY),
    ],
)
def test_relabel(by: Any, protocol: str, said: int | None, end: str, body: bytes) -> None:
    with serving(FILES, ("content-length", by)) as host:
        got = host.client(protocol).get(PATH, SILENCE if end == "stall" else LIMIT)
        assert got.headers.get("content-length") == (None if said is None else str(said))
        assert (got.end, got.body) == (end, body)
        (request,) = host.requests(1)
        assert (request.status, request.size, request.fired, request.error) == (200, len(BODY), "f", "")


@pytest.mark.parametrize(
    ("spec", "protocol", "end"),
    [
        (("cut", {}), "h2", "stream 2"),
        (("cut", {}), "h1", "fin"),
        (("cut", {"by": "close"}), "h2", "fin"),
        (("cut", {"by": "close"}), "h1", "fin"),
        (("cut", {"by": "reset"}), "h2", "rst"),
        (("cut", {"by": "reset"}), "h1", "rst"),
        (("rst-stream", {"code": "REFUSED_STREAM"}), "h2", "stream 7"),
        (("hang", {}), "h2", "stall"),
        (("hang", {}), "h1", "stall"),
    ],
)
@pytest.mark.parametrize(
    ("after", "status", "size"), [(None, None, 0), (0, 200, 0), ("50%", 200, len(BODY) // 2), (1000, 200, len(BODY))]
)
def test_stop(
    spec: tuple[str, dict[str, Any]], protocol: str, end: str, after: Any, status: int | None, size: int
) -> None:
    kind, fields = spec
    with serving(FILES, (kind, {**fields, "after": after})) as host:
        client = host.client(protocol)
        got = client.get(PATH, SILENCE if end == "stall" else LIMIT)
        # HTTP/1 counts, so a body that is there in full is whole, and what comes afterwards no part of the answer.
        whole = protocol == "h1" and after == 1000
        assert got.end == ("whole" if whole else end)
        assert (got.status, got.body) == (status, BODY[:size])
        assert got.headers.get("content-length") == (None if status is None else str(len(BODY)))
        client.close()
        (request,) = host.requests(1)
        fired = None if whole and "by" not in fields else "f"
        assert (request.status, request.size, request.fired, request.error) == (status, size, fired, "")
        place = {None: "before the headers", 1000: f"after {len(BODY)} bytes of the body"}.get(after, "of the body")
        assert request.effect.endswith(place if fired else "")


def test_an_empty_body_can_be_stopped_too() -> None:
    with serving(FILES, ("cut", "50%")) as host:
        got = host.client().get("/empty")
        assert (got.status, got.body, got.end) == (200, b"", "stream 2")
        assert host.requests(1)[0].size == 0


@both
@pytest.mark.parametrize("after", [0, "50%", 1000])
@pytest.mark.parametrize(("kind", "more"), [("cut", {"by": "stream"}), ("cut", {"by": "reset"}), ("hang", {})])
def test_an_answer_that_has_no_body_is_not_stopped_in_it(
    kind: str, more: dict[str, Any], after: Any, protocol: str
) -> None:
    with serving(FILES, (kind, {**more, "after": after})) as host:
        client = host.client(protocol)
        for _ in range(2):  # the connection is as good as before
            got = client.get(PATH, method="HEAD")
            assert (got.status, got.body, got.end) == (200, b"", "whole")
            assert got.headers["content-length"] == str(len(BODY))
        for request in host.requests(2):
            assert (request.status, request.size, request.error) == (200, 0, "")
            assert (request.eligible, request.fired) == (("f",), None)
            assert not request.effect or request.effect == "the answer has no body to stop in"


@both
def test_one_that_has_no_body_can_be_stopped_before_its_headers(protocol: str) -> None:
    with serving(FILES, ("cut", {})) as host:
        assert host.client(protocol).get(PATH, method="HEAD").end == ("fin" if protocol == "h1" else "stream 2")
        (request,) = host.requests(1)
        assert (request.status, request.fired) == (None, "f")


def test_a_graceful_goaway_lets_others_finish() -> None:
    with serving(FILES, ("goaway", None), skip=1, first=1) as host:
        client = host.client()
        assert isinstance(client, H2)
        first = client.get(PATH)
        second = client.get(PATH)
        assert (first.end, second.end, second.status) == ("whole", "goaway 0 1", None)
        assert client.read(0.2) == "stall", "the client is the one to close"
        assert [r.fired for r in host.requests(2)] == [None, "f"]


def test_a_goaway_on_the_first_stream() -> None:
    with serving(FILES, ("goaway", None)) as host:
        assert host.client().get(PATH).end == "goaway 0 0"


def test_a_goaway_with_an_error_closes() -> None:
    with serving(FILES, ("goaway", "ENHANCE_YOUR_CALM")) as host:
        client = host.client()
        assert client.get(PATH).end == "goaway 11 1"
        assert client.read() == "fin"
        assert host.requests(1)[0].effect == "sent GOAWAY (ENHANCE_YOUR_CALM) before the headers"


@both
@pytest.mark.parametrize("kind", ["rst-stream", "goaway"])
def test_what_is_of_http_2_does_not_concern_http_1(kind: str, protocol: str) -> None:
    with serving(FILES, (kind, None)) as host:
        host.client(protocol).get(PATH)
        assert host.requests(1)[0].eligible == (("f",) if protocol == "h2" else ())


@pytest.mark.parametrize("by", ["close", "reset"])
def test_others_on_a_connection_that_a_fault_closes(by: str) -> None:
    with serving(FILES, ("cut", {"by": by, "after": "50%"}), skip=1) as host:
        client = host.client()
        assert isinstance(client, H2)
        streams = client.ask_at_once("/empty", PATH, PATH)
        for stream in streams:
            client.wait(stream)
        first, *cut = host.requests(3)
        assert (first.fired, first.effect, first.status) == (None, "", 200)
        own = [r for r in cut if "after 50%" in r.effect]
        other = [r for r in cut if r.effect == "the connection was closed by fault f on another request"]
        assert own
        assert len(own) + len(other) == 2
        assert [(r.fired, r.error) for r in own] == [("f", "")] * len(own)
        assert [(r.fired, r.eligible, r.error) for r in other] == [(None, ("f",), "")] * len(other)


@pytest.fixture
def large(tmp_path: Path) -> Reply:
    """More than fits into the flow-control window of a stream: what is sent depends on the client's reading it."""
    file = tmp_path / "large.zip"
    with file.open("wb") as body:
        body.truncate(64 << 20)
    return Reply(200, file=file)


@pytest.mark.parametrize("then", [("hang", "90%"), ("cut", "90%"), ("content-length", 7)])
def test_a_fault_that_another_one_s_closing_forestalls_has_not_fired(then: tuple[str, Any], large: Reply) -> None:
    with serving({**FILES, "/large": large}, ("cut", {"by": "close", "after": "50%"}), then, first=1) as host:
        client = host.client()
        assert isinstance(client, H2)
        client.wait(client.ask_at_once(PATH, "/large")[0])
        client.close()
        closer, late = host.requests(2)
        assert (closer.fired, closer.effect) == ("f", "closed the connection after 50% of the body")
        assert (late.eligible, late.fired, late.error) == (("f", "g"), None, "")
        assert late.effect == "the connection was closed by fault f on another request"


def test_a_hang_that_has_come_about_has_fired_however_it_ends() -> None:
    with serving(FILES, ("hang", 0), ("cut", {"by": "close", "after": 1}), first=1) as host:
        client = host.client()
        assert isinstance(client, H2)
        stalled = client.ask(PATH)
        while client.got[stalled].status is None:
            client.see()
        client.get(PATH)
        client.close()
        hung, closer = host.requests(2)
        assert (hung.fired, hung.effect) == ("f", "stalled after 0 bytes of the body")
        assert (closer.fired, closer.effect) == ("g", "closed the connection after 1 bytes of the body")


def leave_early(client: Client) -> None:
    """Ask for the large file, take a little of what comes, and be gone."""
    client.sock.settimeout(LIMIT)
    if isinstance(client, H2):
        client.ask("/large")
    else:
        client.send(b"GET /large HTTP/1.1\r\nHost: proxy.test\r\n\r\n")
    assert len(client.sock.recv(100)) > 0
    client.close()


@both
@pytest.mark.parametrize("kind", ["hang", "cut"])
def test_a_fault_that_a_client_does_not_wait_for_has_not_fired(protocol: str, kind: str, large: Reply) -> None:
    with serving({"/large": large}, (kind, "90%")) as host:
        leave_early(host.client(protocol))
        (request,) = host.requests(1)
        assert (request.eligible, request.fired, request.effect) == (("f",), None, "the client went away")
        assert (request.error, request.size < 64 << 20) == ("", True)


@both
def test_a_client_that_goes_away(protocol: str, large: Reply) -> None:
    with serving({"/large": large}) as host:
        leave_early(host.client(protocol))
        (request,) = host.requests(1)
        assert (request.effect, request.error, request.fired) == ("the client went away", "", None)
        assert request.size < 64 << 20


def test_a_client_that_goes_away_from_an_edited_answer(tmp_path: Path) -> None:
    large = tmp_path / "large.zip"
    with large.open("wb") as file:
        file.truncate(16 << 20)
    with serving({PATH.replace("mod", "zip"): Reply(200, file=large)}, ("zip", "flipped-at")) as host:
        client = host.client()
        assert isinstance(client, H2)
        stream = client.ask(PATH.replace("mod", "zip"))
        while client.got[stream].status is None:
            client.see()
        client.close()
        (request,) = host.requests(1)
        assert request.effect == "flipped a bit at byte 8388608 of 16777216; the client went away"
        assert not request.whole


@both
def test_a_large_body_is_streamed(protocol: str, tmp_path: Path) -> None:
    large = tmp_path / "large.zip"
    body = bytes(range(256)) * (12 << 10)
    large.write_bytes(body)
    with serving({"/large": Reply(200, file=large)}) as host:
        client = host.client(protocol)
        got = client.get("/large")
        assert (got.status, got.headers["content-length"], got.end) == (200, str(len(body)), "whole")
        assert got.body == body
        assert client.get("/large").body == body
        assert [(r.size, r.whole) for r in host.requests(2)] == [(len(body), True)] * 2


@both
def test_a_large_body_that_is_cut(protocol: str, tmp_path: Path) -> None:
    large = tmp_path / "large.zip"
    with large.open("wb") as file:
        file.truncate(8 << 20)
    with serving({"/large": Reply(200, file=large)}, ("cut", {"after": 5_000_001, "by": "reset"})) as host:
        got = host.client(protocol).get("/large")
        assert (got.end, len(got.body)) == ("rst", 5_000_001)
        assert (host.requests(1)[0].size, host.requests(1)[0].whole) == (5_000_001, False)


def test_a_reset_waits_for_a_client_that_pauses(tmp_path: Path) -> None:
    """Else it would learn of the reset by a WINDOW_UPDATE that it cannot send, and read an end of file afterwards."""
    large = tmp_path / "large.zip"
    with large.open("wb") as file:
        file.truncate(200_000)
    with serving({"/large": Reply(200, file=large)}, ("cut", {"after": 100_000, "by": "reset"})) as host:
        client = host.client()
        assert isinstance(client, H2)
        stream = client.ask("/large")
        while client.got[stream].status is None:
            client.see()
        time.sleep(0.2)
        got = client.wait(stream)
        assert (got.end, len(got.body)) == ("rst", 100_000)


@both
@pytest.mark.parametrize(
    ("fault", "whole"),
    [
        (("http", 503), True),
        (("content-length", "missing"), True),
        (("content-length", 5), False),
        (("content-length", -5), False),
        (("cut", {"after": "50%"}), False),
    ],
    ids=str,
)
def test_whether_an_answer_was_whole_is_recorded(protocol: str, fault: tuple[str, Any], whole: bool) -> None:
    with serving(FILES, fault) as host:
        host.client(protocol).get(PATH, 1.0)
        assert host.requests(1)[0].whole is whole


def test_plain_http() -> None:
    with serving(FILES, secure=False) as host:
        assert host.client("h1").get(PATH).body == BODY
        assert host.requests(1)[0].scheme == "http"


def test_no_http_2_is_offered() -> None:
    with serving(FILES, ("http1", None)) as host:
        client = host.client("h2")
        assert client.tls is not None
        assert client.tls.selected_alpn_protocol() is None
        assert host.client("h1").get(PATH).body == BODY


def test_a_length_is_never_negative() -> None:
    with serving(FILES, ("content-length", -1000)) as host:
        assert host.client().get(PATH).headers["content-length"] == "0"
        assert host.requests(1)[0].effect == f"sent a Content-Length {len(BODY)} too small"
