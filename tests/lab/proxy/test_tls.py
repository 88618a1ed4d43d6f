"""The server's end of a handshake, against OpenSSL as the client."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from chaosmod.faults.armed import ArmedFault
from chaosmod.faults.base import FAULTS
from chaosmod.faults.match import Match
from chaosmod.history import ConnectionSeen, History
from chaosmod.lab.attempts import Attempt
from chaosmod.lab.authority import Authority
from chaosmod.lab.base import Listener
from chaosmod.lab.proxy.connection import ClientConnection, proxy_options
from chaosmod.lab.world import World

HOSTS = {"proxy.test": "primary", "mirror.test": "mirror"}
AUTHORITY = Authority()
GONE = "the client closed the connection"
"""asyncio sends no alert where it does not trust a certificate; Go does (tests/e2e/test_tls_faults.py)."""


@dataclass
class Client:
    """What a client saw."""

    failure: str = ""
    alpn: str | None = None
    version: str | None = None
    names: list[str] = field(default_factory=list)


def world(*faults: tuple[str, Any]) -> World:
    armed = [ArmedFault(kind, FAULTS[kind].model_validate(value), Match(host=("primary",))) for kind, value in faults]
    return World(History(), HOSTS, {}, armed=armed, invocation=3)


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=AUTHORITY.pem().decode())
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


def indifferent() -> ssl.SSLContext:
    """One that takes a certificate of any name."""
    context = trusting()
    context.check_hostname = False
    return context


async def serving(of: World, visit: Callable[[tuple[str, int]], Awaitable[Client]]) -> Client:
    """A host in role ``primary`` for the time of one visit."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with server.sockets[0].dup() as sock:
            listener = Listener("tcp", "primary", 443, sock)
            handler = ClientConnection(reader, writer, proxy_options(), of, AUTHORITY, listener)
            handler.attempt = Attempt(of.history, "primary", 443, of.invocation, tls=True)
            handler.attempt.settle()
            await handler.handle_client()
            handler.attempt.end()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        seen = await visit(server.sockets[0].getsockname())
        await asyncio.sleep(0.05)
    return seen


def visit(of: World, name: str = "proxy.test", context: ssl.SSLContext | None = None, patience: float = 20.0) -> Client:
    """What a client sees that connects by ``name``."""

    async def go(address: tuple[str, int]) -> Client:
        seen = Client()
        writer = None
        try:
            async with asyncio.timeout(patience):
                _, writer = await asyncio.open_connection(
                    *address, ssl=context or trusting(), server_hostname=name, ssl_shutdown_timeout=0.2
                )
        except (ssl.SSLError, OSError, TimeoutError) as e:
            seen.failure = f"{type(e).__name__}: {e}"
        else:
            session = writer.get_extra_info("ssl_object")
            seen.alpn, seen.version = session.selected_alpn_protocol(), session.version()
            seen.names = [value for _, value in session.getpeercert()["subjectAltName"]]
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        return seen

    return asyncio.run(serving(of, go))


def recorded(of: World) -> ConnectionSeen:
    (event,) = of.history.of(ConnectionSeen)
    return event


def test_a_healthy_host_presents_its_name_and_offers_http_2() -> None:
    seen = visit(world())
    assert (seen.failure, seen.alpn, seen.names) == ("", "h2", ["proxy.test"])


@pytest.mark.parametrize("name", ["mirror.test", "nosuch.example"])
def test_a_host_that_is_asked_for_a_name_that_is_not_its_own_presents_its_own(name: str) -> None:
    of = world()
    seen = visit(of, name)
    assert "Hostname mismatch" in seen.failure
    event = recorded(of)
    assert (event.sni, event.tls, event.eligible) == (name, GONE, ())
    assert visit(world(), name, indifferent()).names == ["proxy.test"]


def test_a_host_that_is_asked_for_by_its_address_vouches_for_that() -> None:
    assert visit(world(), "127.0.0.1").failure == ""


@pytest.mark.parametrize(
    ("flaw", "reason"),
    [
        ("unknown-authority", "unable to get local issuer certificate"),
        ("self-signed", "self-signed certificate"),
        ("expired", "certificate has expired"),
        ("not-yet-valid", "certificate is not yet valid"),
        ("wrong-name", "Hostname mismatch"),
    ],
)
def test_a_flawed_certificate_is_refused_for_its_flaw(flaw: str, reason: str) -> None:
    of = world(("certificate", flaw))
    assert reason in visit(of).failure
    event = recorded(of)
    assert (event.sni, event.invocation) == ("proxy.test", 3)
    assert (event.eligible, event.fired) == (("certificate",), ("certificate",))
    assert event.effect == f"presented a certificate: {flaw}"
    assert event.tls == GONE


@pytest.mark.parametrize(
    ("end", "failure"), [("cut", "(ConnectionResetError|SSLEOFError|SSLError)"), ("reset", "ConnectionResetError")]
)
def test_a_cut_is_told_at_once(end: str, failure: str) -> None:
    of = world(("handshake", end))
    assert re.match(failure, visit(of).failure)
    event = recorded(of)
    assert (event.tls, event.fired, event.sni) == ("cut", ("handshake",), "proxy.test")


def test_a_stall_is_told_before_the_client_gives_up() -> None:
    of = world(("handshake", "stalled"))
    assert visit(of, patience=2).failure.startswith("TimeoutError")
    event = recorded(of)
    assert (event.tls, event.fired) == ("stalled", ("handshake",))
    assert event.seconds < 1


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_an_old_version_is_refused_with_an_alert(version: str) -> None:
    of = world(("tls-version", version))
    modern = trusting()
    modern.minimum_version = ssl.TLSVersion.TLSv1_2  # as Go has it; some builds of Python offer older ones too
    assert "alert protocol version" in visit(of, context=modern).failure.lower().replace("_", " ")
    event = recorded(of)
    assert (event.tls, event.fired) == ("no version of TLS in common", ("tls-version",))


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
def test_an_old_version_is_really_spoken() -> None:
    old = trusting()
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    assert visit(world(("tls-version", "1.1")), context=old).version == "TLSv1.1"


def test_the_version_before_the_newest_is_spoken_with_http_2() -> None:
    of = world(("tls-version", "1.2"))
    seen = visit(of)
    assert (seen.failure, seen.version, seen.alpn) == ("", "TLSv1.2", "h2")
    event = recorded(of)
    assert (event.tls, event.alpn, event.effect) == ("established", "h2", "spoke TLS 1.2 only")


def offering(*protocols: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=AUTHORITY.pem().decode())
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


@pytest.mark.parametrize(("protocols", "fired"), [(("h2", "http/1.1"), ("http1",)), (("http/1.1",), ()), ((), ())])
def test_a_host_without_http_2_is_none_to_a_client_that_does_not_offer_it(
    protocols: tuple[str, ...], fired: tuple[str, ...]
) -> None:
    of = world(("http1", None))
    seen = visit(of, context=offering(*protocols))
    assert (seen.failure, seen.alpn) == ("", "http/1.1" if protocols else None)
    event = recorded(of)
    assert (event.eligible, event.fired, event.tls) == (("http1",), fired, "established")
    assert event.effect == ("offered HTTP/1.1 only" if fired else "")


@pytest.mark.parametrize(("newest", "fired"), [("TLSv1_2", ()), ("TLSv1_3", ("tls-version",))])
def test_an_old_version_is_none_to_a_client_that_offers_no_newer_one(newest: str, fired: tuple[str, ...]) -> None:
    of, context = world(("tls-version", "1.2")), trusting()
    context.maximum_version = ssl.TLSVersion[newest]
    assert visit(of, context=context).version == "TLSv1.2"
    event = recorded(of)
    assert (event.eligible, event.fired) == (("tls-version",), fired)


def test_without_a_fault_a_good_handshake_is_not_worth_a_record() -> None:
    of = world()
    visit(of)
    assert not of.history.of(ConnectionSeen)


def test_a_fault_that_has_healed_presents_nothing() -> None:
    of = world(("certificate", "expired"))
    of.armed[0].healed = True
    assert visit(of).failure == ""
