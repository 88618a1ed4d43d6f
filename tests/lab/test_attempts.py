"""Attempts to connect: recorded once, when nothing more can happen, and only where there is something to tell."""

from __future__ import annotations

import pytest

from chaosmod.history import ConnectionSeen, History
from chaosmod.lab.attempts import Attempt


@pytest.fixture
def history() -> History:
    return History()


def attempt(history: History, *, tls: bool = False) -> Attempt:
    return Attempt(history, "primary", 443, 3, tls=tls)


def test_without_tls_it_is_told_when_the_link_is_settled(history: History) -> None:
    seen = attempt(history)
    seen.ask(("slow", "cut"))
    seen.fire("cut", "reset when accepted")
    assert not history.of(ConnectionSeen)
    seen.sent, seen.received = 7, 9
    seen.settle()
    (event,) = history.of(ConnectionSeen)
    assert (event.role, event.port, event.invocation) == ("primary", 443, 3)
    assert (event.eligible, event.fired, event.effect) == (("slow", "cut"), ("cut",), "reset when accepted")
    assert (event.sent, event.received, event.tls) == (7, 9, "")


def test_with_tls_it_waits_for_the_handshake(history: History) -> None:
    seen = attempt(history, tls=True)
    seen.ask(("slow",))
    seen.fire("slow", "delayed")
    seen.settle()
    assert not history.of(ConnectionSeen)
    seen.ask(("expired",))
    seen.fire("expired", "an expired certificate")
    seen.handshake("bad certificate", sni="proxy.example", alpn="h2")
    (event,) = history.of(ConnectionSeen)
    assert event.fired == ("slow", "expired")
    assert event.effect == "delayed; an expired certificate"
    assert (event.tls, event.sni, event.alpn) == ("bad certificate", "proxy.example", "h2")


def test_the_end_tells_what_has_not_been_told(history: History) -> None:
    seen = attempt(history, tls=True)
    seen.ask(("cut",))
    seen.end()
    assert len(history.of(ConnectionSeen)) == 1


def test_what_is_known_only_at_the_end_is_told_in_time(history: History) -> None:
    seen = attempt(history)
    seen.ask(("slow",))
    seen.last = lambda: seen.fire("slow", "delayed")
    seen.end()
    seen.settle()
    assert [e.fired for e in history.of(ConnectionSeen)] == [("slow",)]


def test_it_is_told_once(history: History) -> None:
    seen = attempt(history)
    seen.ask(("cut",))
    seen.settle()
    seen.settle()
    seen.end()
    assert len(history.of(ConnectionSeen)) == 1


def test_what_concerns_no_fault_and_went_well_is_not_told(history: History) -> None:
    attempt(history).settle()
    well = attempt(history, tls=True)
    well.settle()
    well.handshake("established")
    assert not history.of(ConnectionSeen)


def test_a_handshake_that_failed_is_told_in_any_case(history: History) -> None:
    failed = attempt(history, tls=True)
    failed.settle()
    failed.handshake("the client closed the connection")
    assert len(history.of(ConnectionSeen)) == 1
