"""What faults can ask the drivers of a lab to do: plain data, by layer.

``HttpAction`` is carried out by ``chaosmod.lab.proxy.answer`` and ``connection``, ``TlsAction`` by ``chaosmod.lab.proxy.tls``,
``LinkAction`` by ``chaosmod.lab.proxy.server`` and its relay, ``DnsAction`` by ``chaosmod.lab.dns``. ``str()`` of an
action says in words what was done; the history keeps that as the effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Protocol, TypeAlias

from chaosmod.faults.extent import Extent
from chaosmod.faults.h2codes import name_of
from chaosmod.faults.sumdb_actions import Lie

__all__ = [
    "Close",
    "DnsAction",
    "Edit",
    "Ending",
    "GoAway",
    "HttpAction",
    "LinkAction",
    "Redirect",
    "Relabel",
    "ResetStream",
    "Respond",
    "Rewrite",
    "Stall",
    "Stop",
    "TlsAction",
]


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer in the upstream's place."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __str__(self) -> str:
        return f"answered {self.status}"


@dataclass(frozen=True, slots=True)
class Redirect:
    """Answer with a redirection, to the very same path unless ``url`` is given."""

    status: int
    role: str = ""
    """The host role to go to; empty: the host that was asked."""
    scheme: str = ""
    """``http`` or ``https``; empty: as it was asked."""
    url: str = ""
    """A whole address, in place of all that."""

    def __str__(self) -> str:
        place = self.url or " ".join(filter(None, (self.role and f"host {self.role}", self.scheme))) or "itself"
        return f"redirected to {place} ({self.status})"


class Edit(Protocol):
    """A change of a body. Reads and writes in pieces, so that a large one never lies in memory."""

    def __call__(self, source: BinaryIO, target: BinaryIO) -> str:
        """Write the changed body of ``source`` to ``target``; both can seek, and ``target`` is empty.

        Returns in words what was changed. Raises ValueError where the body is not what the edit is for.
        """


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Pass the upstream's answer on with an edited body, its length right. Answers other than 200 pass as they are."""

    edit: Edit


@dataclass(frozen=True, slots=True)
class Relabel:
    """Pass the upstream's answer on with a Content-Length that is not its own."""

    by: int | None
    """What is added to the true length; None: there is no Content-Length."""

    def __str__(self) -> str:
        if self.by is None:
            return "sent no Content-Length"
        return f"sent a Content-Length {abs(self.by)} too {'great' if self.by > 0 else 'small'}"


@dataclass(frozen=True, slots=True)
class Stall:
    """Send nothing more, and keep the connection open."""

    def __str__(self) -> str:
        return "stalled"


@dataclass(frozen=True, slots=True)
class ResetStream:
    """End the stream with an error: RST_STREAM on HTTP/2 (RFC 9113, section 6.4). HTTP/1 can only close."""

    code: int = 2
    """RFC 9113, section 7; INTERNAL_ERROR is what proxies send when their own upstream fails."""

    def __str__(self) -> str:
        return f"reset the stream ({name_of(self.code)})"


@dataclass(frozen=True, slots=True)
class GoAway:
    """Send the HTTP/2 connection away (RFC 9113, section 6.8)."""

    code: int = 0
    """0: gracefully, this request was not processed, and those before it are; else an error, and the end of all."""

    def __str__(self) -> str:
        return f"sent GOAWAY ({name_of(self.code)})"


@dataclass(frozen=True, slots=True)
class Close:
    """Close the TCP connection, with all the streams that are on it."""

    abort: bool = False
    """With a RST in place of a FIN."""

    def __str__(self) -> str:
        return "reset the connection" if self.abort else "closed the connection"


Ending: TypeAlias = Stall | ResetStream | GoAway | Close


@dataclass(frozen=True, slots=True)
class Stop:
    """Pass the upstream's answer on up to a place, and end there."""

    ending: Ending
    after: Extent | None = None
    """How much of the body is sent first; None: not even a status is."""

    def __str__(self) -> str:
        return f"{self.ending} {'before the headers' if self.after is None else f'after {self.after} of the body'}"


@dataclass(frozen=True, slots=True)
class LinkAction:
    """Base of what can be done to a TCP connection."""


@dataclass(frozen=True, slots=True)
class TlsAction:
    """Base of what can be done in a TLS handshake."""


@dataclass(frozen=True, slots=True)
class DnsAction:
    """Base of what can be done with a DNS query."""


HttpAction: TypeAlias = Respond | Redirect | Rewrite | Relabel | Stop | Lie
