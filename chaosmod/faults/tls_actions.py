"""What TLS faults can ask the proxy to do: plain data, carried out by ``chaosmod.lab.proxy.tls``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from chaosmod.faults.actions import TlsAction

__all__ = ["Cut", "Flaw", "Http1", "Mute", "Present", "Speak"]

Flaw: TypeAlias = Literal["unknown-authority", "self-signed", "expired", "not-yet-valid", "wrong-name"]
"""What is wrong with a certificate. Of all else it is as it should be."""


@dataclass(frozen=True, slots=True)
class Present(TlsAction):
    """Present a certificate that is not to be trusted."""

    flaw: Flaw

    def __str__(self) -> str:
        return f"presented a certificate: {self.flaw}"


@dataclass(frozen=True, slots=True)
class Cut(TlsAction):
    """Close the connection in answer to the ClientHello."""

    abort: bool = False
    """With a RST in place of a FIN."""

    def __str__(self) -> str:
        return "reset the connection at the ClientHello" if self.abort else "closed the connection at the ClientHello"


@dataclass(frozen=True, slots=True)
class Mute(TlsAction):
    """Do not answer the ClientHello, and keep the connection open."""

    def __str__(self) -> str:
        return "did not answer the ClientHello"


@dataclass(frozen=True, slots=True)
class Speak(TlsAction):
    """Speak one version of the protocol only."""

    version: Literal["1.0", "1.1", "1.2"]

    def __str__(self) -> str:
        return f"spoke TLS {self.version} only"


@dataclass(frozen=True, slots=True)
class Http1(TlsAction):
    """Offer no HTTP/2 (by ALPN, RFC 7301)."""

    def __str__(self) -> str:
        return "offered HTTP/1.1 only"
