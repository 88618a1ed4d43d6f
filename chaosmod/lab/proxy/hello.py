"""What a client offers in its ClientHello (RFC 8446, section 4.1.2), and whether it would notice what a fault does."""

from __future__ import annotations

import struct

from mitmproxy.tls import ClientHello

from chaosmod.faults.tls_actions import Http1, Speak

__all__ = ["alters", "versions"]

_NAMES = {0x0301: "1.0", 0x0302: "1.1", 0x0303: "1.2", 0x0304: "1.3"}
_SPOKEN = {"1.2", "1.3"}
"""The versions that a healthy host speaks."""

_SUPPORTED_VERSIONS = 43
"""The extension that names them (RFC 8446, section 4.2.1)."""


def versions(hello: ClientHello) -> frozenset[str]:
    """The versions of TLS that the client offers (``1.2``).

    A client that does not list them states the newest; whether it takes those before it, it does not say.
    """
    listed = dict(hello.extensions).get(_SUPPORTED_VERSIONS)
    if listed is not None:
        numbers = [n for (n,) in struct.iter_unpack("!H", listed[1 : 1 + listed[0] // 2 * 2])]
        return frozenset(_NAMES[n] for n in numbers if n in _NAMES)
    (newest,) = struct.unpack("!H", hello.raw_bytes(wrap_in_record=False)[:2])
    return frozenset(name for n, name in _NAMES.items() if n <= min(newest, 0x0303))


def alters(action: object, hello: ClientHello) -> bool:
    """Whether the handshake goes another way with ``action`` than without it."""
    if isinstance(action, Http1):
        return b"h2" in hello.alpn_protocols
    if isinstance(action, Speak):
        offered = versions(hello)
        return max(offered & _SPOKEN, default="") != max(offered & {action.version}, default="")
    return True
