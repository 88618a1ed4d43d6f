"""Faults of HTTP, met by real Go: what it prints, and that every request is decided and counted once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from chaosmod.checks.views import happened_in
from chaosmod.history import Concluded, History, RequestServed
from chaosmod.session import Session
from tests.support.meet import meet, said

pytestmark = pytest.mark.namespaces

H1 = "GODEBUG: http2client=0"


def met(
    fault: str, folder: Path, session: Session, *, match: str = 'module: "{direct}", file: zip', **given: str
) -> tuple[History, Concluded]:
    """The case ``none`` of a command that wants a zip of the proxy."""
    return meet(fault, folder, session, match=match, **given)


def fired(history: History) -> list[RequestServed]:
    """The requests of the provoke command on which the fault acted."""
    return [r for r in asked(history) if r.fired == "f"]


def asked(history: History) -> list[RequestServed]:
    """The requests of the provoke command."""
    return [r for r in history.of(RequestServed) if happened_in(history, r) == "provoke"]


@pytest.mark.parametrize(
    ("fault", "setting", "diagnosis", "message"),
    [
        ("http: {status: 401, headers: {WWW-Authenticate: Basic}}", "", "proxy-unauthorized", "401 Unauthorized"),
        ("http: {status: 407, headers: {Proxy-Authenticate: Basic}}", "", "proxy-auth-required", "407 Proxy Auth"),
        ('http: {status: 429, headers: {Retry-After: "9"}}', "", "proxy-rate-limited", "429 Too Many Requests"),
        ("http: {status: 502, body: bad}", "", "proxy-server-error", r"502 Bad Gateway\n\tserver response: bad"),
        ("http: 599", "", "proxy-server-error", r"\.zip: 599 \n"),
        (
            "http: {status: 200, headers: {Content-Length: abc}}",
            H1,
            "content-length-invalid",
            'bad Content-Length "abc"',
        ),
        (
            'http: {status: 200, headers: {Content-Length: "-5"}}',
            H1,
            "content-length-invalid",
            'bad Content-Length "-5"',
        ),
        ('http: {status: 302, headers: {Location: "::bad::"}}', "", "redirect-invalid", "to parse Location header"),
        (
            'http: {status: 302, headers: {Location: "https:///x"}}',
            "",
            "redirect-invalid",
            "http: no Host in request URL",
        ),
        ("redirect: itself", "", "redirect-loop", r"stopped after 10 redirects"),
        ("redirect: http", "", "redirect-insecure", r"redirected from secure URL .* to insecure URL"),
        ("redirect: 'https://login.example/'", "", "dns-not-found", r"lookup login\.example .* no such host"),
        ("captive-portal: ", "", "zip-invalid", "zip: not a valid zip file"),
        ("content-length: +7", "", "unexpected-eof", r"read .*: unexpected EOF"),
        ("content-length: -7", "", "body-too-long", "server replied with more than declared Content-Length"),
        ("content-length: -7", H1, "zip-invalid", "zip: not a valid zip file"),
        ("cut: 50%", "", "stream-error", r"stream error: stream ID \d+; INTERNAL_ERROR; received from peer"),
        ("cut: 50%", H1, "unexpected-eof", r"read .*: unexpected EOF"),
        ("cut: ", "", "stream-error", r"Get .*: stream error: .* INTERNAL_ERROR"),
        ("cut: ", H1, "connection-closed", r"Get .*: EOF"),
        ("cut: {by: close}", "", "unexpected-eof", r"Get .*: unexpected EOF"),
        ("cut: {after: 50%, by: close}", "", "unexpected-eof", r"read .*: unexpected EOF"),
        ("cut: {after: 50%, by: reset}", "", "connection-reset", "read: connection reset by peer"),
        ("cut: {after: 50%, by: reset}", H1, "connection-reset", "read: connection reset by peer"),
        ("rst-stream: {code: CANCEL, after: 10}", "", "stream-error", "; CANCEL; received from peer"),
        ("goaway: ENHANCE_YOUR_CALM", "", "goaway", "server sent GOAWAY and closed .* ErrCode=ENHANCE_YOUR_CALM"),
    ],
)
def test_what_go_says(fault: str, setting: str, diagnosis: str, message: str, tmp_path: Path, session: Session) -> None:
    history, concluded = met(fault, tmp_path, session, setting=setting)
    assert (concluded.outcome, concluded.diagnosis, concluded.verdict) == ("failed", diagnosis, "not-restored")
    assert re.search(message, said(history))
    acted = fired(history)
    assert acted
    assert all(r.protocol == ("h1" if setting else "h2") for r in acted)


@pytest.mark.parametrize(
    ("fault", "setting", "match", "requests"),
    [
        ("hang: ", "", "file: zip", 1),
        ("hang: 50%", "", "file: zip", 1),
        ("hang: ", H1, "file: zip", 1),
        ("hang: ", "", "file: info", 1),  # go build does without, and waits all the same
        ("content-length: +7", H1, "file: zip", 1),
        ("goaway: ", "", "file: zip", 2),  # again at once, then after a second
        ("rst-stream: REFUSED_STREAM", "", "file: zip", 2),
    ],
)
def test_go_waits(fault: str, setting: str, match: str, requests: int, tmp_path: Path, session: Session) -> None:
    only = f'module: "{{direct}}", {match}'
    history, concluded = met(fault, tmp_path, session, setting=setting, match=only, timeout="5s")
    assert (concluded.outcome, concluded.diagnosis) == ("hung", "no-message")
    acted = fired(history)
    assert len(acted) >= requests
    if "hang" in fault:
        sent = (200, 442) if "50%" in fault else (None, 0)
        assert {(r.status, r.size) for r in acted} == {sent}


@pytest.mark.parametrize(
    ("fault", "setting"),
    [
        ("goaway: , schedule: {first: 1}", ""),
        ("rst-stream: REFUSED_STREAM, schedule: {first: 1}", ""),
        ("redirect: mirror", ""),
        ("content-length: missing", ""),
        ("content-length: missing", H1),
    ],
)
def test_go_copes(fault: str, setting: str, tmp_path: Path, session: Session) -> None:
    history, concluded = met(fault, tmp_path, session, setting=setting)
    assert (concluded.outcome, concluded.verdict) == ("ok", "survived")
    assert fired(history)


def test_http1_is_a_matter_of_the_handshake(tmp_path: Path, session: Session) -> None:
    history, concluded = met("http1: ", tmp_path, session, match="")
    assert (concluded.outcome, concluded.verdict) == ("ok", "survived")
    requests = history.of(RequestServed)
    assert requests
    assert {r.protocol for r in requests} == {"h1"}


def test_a_used_connection_that_dies_is_replaced_once(tmp_path: Path, session: Session) -> None:
    """net/http asks again where a connection that it had used before dies without a byte of an answer."""
    fault = "cut: {by: close}, schedule: {first: 1, skip: 2}"
    history, concluded = met(fault, tmp_path, session, setting=H1, match="", command="go mod download {direct}")
    assert (concluded.outcome, len(fired(history))) == ("ok", 1)
    paths = Counter(r.path for r in asked(history))
    assert paths[fired(history)[0].path] == 2


def test_counts_agree(tmp_path: Path, session: Session) -> None:
    """Every second request of Go's parallel downloads is cut: eligible, fired and recorded in every one of ten runs."""
    for _ in range(10):
        history, concluded = met(
            "cut: 30%, schedule: {every: 2}",
            tmp_path,
            session,
            match="file: [mod, info, zip]",
            command="go mod download",
        )
        assert concluded.outcome == "failed"
        requests = [r for r in history.of(RequestServed) if "f" in r.eligible]
        assert len([r for r in requests if r.fired]) == len(requests) // 2
        whole = [r for r in requests if not r.fired and not r.effect]
        assert all(r.status == 200 and r.size > 0 and not r.error for r in whole)
