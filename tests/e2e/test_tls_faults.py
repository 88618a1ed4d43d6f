"""TLS faults, proved by what Go prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.faults.base import FAULTS, TlsFault
from chaosmod.history import CommandFinished, ConnectionSeen, History
from chaosmod.session import Session
from tests.support.meet import meet, said

pytestmark = pytest.mark.namespaces


def met(fault: str, folder: Path, session: Session, timeout: str = "60s") -> tuple[History, str, str]:
    """The history, the diagnosis, and what Go said in provoke."""
    history, came = meet(fault, folder, session, command="go mod download", timeout=timeout)
    return history, came.diagnosis, said(history)


CASES = [
    (
        "certificate: unknown-authority",
        "tls-unknown-authority",
        "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        "bad certificate",
    ),
    (
        "certificate: self-signed",
        "tls-unknown-authority",
        "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        "bad certificate",
    ),
    ("certificate: expired", "tls-expired", "x509: certificate has expired or is not yet valid", "bad certificate"),
    ("certificate: not-yet-valid", "tls-not-yet-valid", "is before", "bad certificate"),
    (
        "certificate: wrong-name",
        "tls-wrong-name",
        "x509: certificate is valid for other.chaosmod.test, not ",
        "bad certificate",
    ),
    ("handshake: cut", "connection-closed", '": EOF', "cut"),
    ("handshake: reset", "connection-reset", "read: connection reset by peer", "cut"),
    (
        'tls-version: "1.1"',
        "tls-old-version",
        "remote error: tls: protocol version not supported",
        "no version of TLS in common",
    ),
]


@pytest.mark.parametrize(("fault", "diagnosis", "text", "outcome"), CASES)
def test_go_refuses(fault: str, diagnosis: str, text: str, outcome: str, session: Session, tmp_path: Path) -> None:
    history, found, said = met(fault, tmp_path, session)
    assert found == diagnosis
    assert text in said
    seen = history.of(ConnectionSeen)
    assert seen
    assert all(c.eligible == c.fired == ("f",) for c in seen), "each handshake was asked about, and spoiled"
    assert {c.tls for c in seen} == {outcome}
    assert {c.role for c in seen} == {"primary"}


def test_every_tls_fault_is_proved() -> None:
    kinds = {kind for kind in FAULTS if issubclass(FAULTS[kind], TlsFault)}
    # What HTTP/1 alone does to a build is for the faults of HTTP to show.
    assert kinds - {"http1"} == {fault.partition(":")[0] for fault, *_ in CASES}


def test_a_stalled_handshake_is_waited_for_without_a_word(session: Session, tmp_path: Path) -> None:
    history, found, said = met("handshake: stalled", tmp_path, session, timeout="4s")
    assert (found, said) == ("no-message", "")
    assert {(c.tls, c.fired) for c in history.of(ConnectionSeen)} == {("stalled", ("f",))}


def test_go_gives_up_a_stalled_handshake_after_ten_seconds(session: Session, tmp_path: Path) -> None:
    history, found, said = met("handshake: stalled", tmp_path, session)
    assert found == "tls-handshake-timeout"
    assert "net/http: TLS handshake timeout" in said
    (command,) = history.of(CommandFinished, purpose="provoke")
    assert 9.5 < command.seconds < 45


def test_a_version_that_go_accepts_is_no_trouble(session: Session, tmp_path: Path) -> None:
    history, found, _ = met('tls-version: "1.2"', tmp_path, session)
    assert found == ""
    assert {(c.tls, c.alpn) for c in history.of(ConnectionSeen)} == {("established", "h2")}
