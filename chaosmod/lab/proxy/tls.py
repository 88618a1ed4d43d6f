"""The server side of TLS: what mitmproxy asks for when a client begins a handshake."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from OpenSSL import SSL

from chaosmod.lab.authority import Credentials

__all__ = ["server_connection"]


def server_connection(credentials: Credentials, protocols: Sequence[bytes] = (b"h2", b"http/1.1")) -> SSL.Connection:
    """The server's end of a handshake that presents ``credentials`` and offers ``protocols`` by ALPN (RFC 7301)."""
    connection = SSL.Connection(_context(tuple(protocols)))
    connection.use_certificate(credentials.certificate)
    connection.use_privatekey(credentials.key)
    connection.set_accept_state()
    return connection


@lru_cache(maxsize=16)
def _context(protocols: tuple[bytes, ...]) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)

    def select(_: SSL.Connection, offered: list[bytes]) -> Any:
        # The client's order counts, as with net/http and nginx.
        return next((p for p in offered if p in protocols), SSL.NO_OVERLAPPING_PROTOCOLS)

    context.set_alpn_select_callback(select)  # type: ignore[arg-type]  # typed wrongly in pyOpenSSL
    return context
