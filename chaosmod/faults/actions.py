"""What faults can ask the drivers of a lab to do: plain data, by layer.

``HttpAction`` is carried out by ``chaosmod.lab.proxy.connection``, ``TlsAction`` by ``chaosmod.lab.proxy.tls``,
``LinkAction`` by ``chaosmod.lab.proxy.server`` and its relay, ``DnsAction`` by ``chaosmod.lab.dns``. ``str()`` of an
action says in words what was done; the history keeps that as the effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["DnsAction", "HttpAction", "LinkAction", "Respond", "TlsAction"]


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer in the upstream's place."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __str__(self) -> str:
        return f"answered {self.status}"


@dataclass(frozen=True, slots=True)
class LinkAction:
    """Base of what can be done to a TCP connection."""


@dataclass(frozen=True, slots=True)
class TlsAction:
    """Base of what can be done in a TLS handshake."""


@dataclass(frozen=True, slots=True)
class DnsAction:
    """Base of what can be done with a DNS query."""


HttpAction: TypeAlias = Respond
