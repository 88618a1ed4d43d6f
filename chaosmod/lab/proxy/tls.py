"""The server side of TLS: what mitmproxy asks for when a client begins a handshake, and what faults make of it."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from mitmproxy.tls import ClientHello, TlsData
from OpenSSL import SSL

from chaosmod.faults.request import Request
from chaosmod.faults.tls_actions import Cut, Http1, Mute, Present, Speak
from chaosmod.lab.attempts import Attempt
from chaosmod.lab.authority import Authority, Credentials
from chaosmod.lab.proxy.hello import alters
from chaosmod.lab.proxy.sockets import abort
from chaosmod.lab.world import World

__all__ = ["Handshake", "server_connection"]

_PROTOCOLS = (b"h2", b"http/1.1")
_ALERT = 1 << 10
"""More bytes than an alert has."""

_VERSIONS = {"1.0": SSL.TLS1_VERSION, "1.1": SSL.TLS1_1_VERSION, "1.2": SSL.TLS1_2_VERSION}


class Handshake:
    """One client's handshake with a host in ``role``, from its ClientHello to its end."""

    def __init__(
        self,
        world: World,
        authority: Authority,
        role: str,
        attempt: Attempt | None,
        writer: asyncio.StreamWriter,
        hello: ClientHello,
    ) -> None:
        self._world = world
        self._authority = authority
        self._role = role
        self._attempt = attempt
        self._writer = writer
        self._hello = hello
        self._told = False

    def begin(self, tls: TlsData) -> None:
        """Give ``tls`` the server's end of the handshake; none, where a fault closes the connection."""
        name = tls.conn.sni or tls.context.client.sockname[0]
        action = self._ask(name)
        if isinstance(action, Cut):
            if action.abort:
                abort(self._writer)
            self._tell("cut", tls)
        elif isinstance(action, Mute):
            tls.ssl_conn = _Deaf(_context(_PROTOCOLS, None))
            tls.ssl_conn.set_accept_state()
            self._tell("stalled", tls)
        elif isinstance(action, Present):
            tls.ssl_conn = server_connection(self._authority.flawed(action.flaw, name))
        else:
            only = action.version if isinstance(action, Speak) else None
            protocols = _PROTOCOLS[1:] if isinstance(action, Http1) else _PROTOCOLS
            own = self._own(name) if tls.conn.sni else name
            tls.ssl_conn = server_connection(self._authority.issue(own), protocols, only)

    def established(self, tls: TlsData) -> None:
        """It went well."""
        self._tell("established", tls)

    def failed(self, tls: TlsData) -> None:
        """It did not."""
        if tls.ssl_conn is not None:
            # mitmproxy throws away the alert with which OpenSSL explains itself, and which any other server sends.
            with contextlib.suppress(SSL.Error):
                self._writer.write(tls.ssl_conn.bio_read(_ALERT))
        self._tell(_failure(tls.conn.error or ""), tls)

    def _ask(self, name: str) -> object:
        if self._attempt is None:
            return None
        connection = Request(self._role, name, method="", path="", invocation=self._attempt.invocation)
        choice = self._world.tls.choose(connection)
        self._attempt.ask(choice.eligible)
        if choice.armed is None or choice.fault is None:
            return None
        action = choice.fault.handshake(connection, choice.rng)
        if not alters(action, self._hello):
            return None  # it does what happens anyway, and has not fired
        self._attempt.fire(choice.armed.id, str(action))
        return action

    def _own(self, name: str) -> str:
        """``name`` where it is one of this host's, or else its own: a client was sent to the wrong address."""
        known = self._world.address(name)
        if known is not None and known[0] == self._role:
            return name
        return next(host for host, role in self._world.hosts.items() if role == self._role)

    def _tell(self, outcome: str, tls: TlsData) -> None:
        if self._attempt is not None and not self._told:
            self._told = True
            alpn = (tls.conn.alpn or b"").decode(errors="replace")
            self._attempt.handshake(outcome, sni=tls.conn.sni or "", alpn=alpn)


class _Deaf(SSL.Connection):
    """A server's end that never hears what the client says, and so never answers."""

    def bio_write(self, buf: bytes) -> int:
        return len(buf)


def _failure(said: str) -> str:
    """What mitmproxy says of a failed handshake, without its advice."""
    if "cannot agree on a TLS version" in said:
        return "no version of TLS in common"
    # OpenSSL's words for the same alert vary: "sslv3 alert bad certificate", "ssl/tls alert …", "tls alert …".
    if reason := re.search(r"alert ([a-z ]+)", said) or re.search(r"'([a-z ]+)'\)\]", said):
        return reason[1]
    return "the client closed the connection" if "disconnected" in said else said or "failed"


def server_connection(
    credentials: Credentials, protocols: Sequence[bytes] = _PROTOCOLS, only: str | None = None
) -> SSL.Connection:
    """The server's end of a handshake that presents ``credentials`` and offers ``protocols`` by ALPN (RFC 7301).

    ``only``: the version of TLS that is spoken (``1.1``); None: 1.2 and whatever is newer.
    """
    connection = SSL.Connection(_context(tuple(protocols), only))
    connection.use_certificate(credentials.certificate)
    connection.use_privatekey(credentials.key)
    connection.set_accept_state()
    return connection


@lru_cache(maxsize=16)
def _context(protocols: tuple[bytes, ...], only: str | None) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(_VERSIONS[only or "1.2"])
    if only is not None:
        context.set_max_proto_version(_VERSIONS[only])
        # OpenSSL 3 speaks versions before 1.2 at security level 0 only (SSL_CTX_set_security_level(3)).
        context.set_cipher_list(b"DEFAULT@SECLEVEL=0")

    def select(_: SSL.Connection, offered: list[bytes]) -> Any:
        # The client's order counts, as with net/http and nginx.
        return next((p for p in offered if p in protocols), SSL.NO_OVERLAPPING_PROTOCOLS)

    context.set_alpn_select_callback(select)  # type: ignore[arg-type]  # typed wrongly in pyOpenSSL
    return context
