"""What DNS faults can ask the name server to do: plain data, carried out by ``chaosmod.lab.dns``."""

from __future__ import annotations

from dataclasses import dataclass

from chaosmod.faults.actions import DnsAction

__all__ = ["Addresses", "Fail", "HangUp", "Late", "Silence", "Truncate"]


@dataclass(frozen=True, slots=True)
class Fail(DnsAction):
    """Answer with a response code (RFC 1035, section 4.1.1) and no records."""

    rcode: str
    """``NXDOMAIN``, ``SERVFAIL`` …; ``NOERROR`` is the empty answer: the name exists, and has no address."""

    def __str__(self) -> str:
        return "answered without an address" if self.rcode == "NOERROR" else f"answered {self.rcode}"


@dataclass(frozen=True, slots=True)
class Silence(DnsAction):
    """Send no answer."""

    def __str__(self) -> str:
        return "not answered"


@dataclass(frozen=True, slots=True)
class Late(DnsAction):
    """Send the right answer, later."""

    seconds: float

    def __str__(self) -> str:
        return f"answered {self.seconds * 1000:g} ms late"


@dataclass(frozen=True, slots=True)
class Addresses(DnsAction):
    """Answer with another address."""

    to: str
    """A host role, whose address it is, or an IPv4 address."""

    def __str__(self) -> str:
        return f"answered with the address of {self.to}"


@dataclass(frozen=True, slots=True)
class Truncate(DnsAction):
    """Answer that the answer does not fit into a datagram (the TC bit), and leave the rest out."""

    def __str__(self) -> str:
        return "truncated"


@dataclass(frozen=True, slots=True)
class HangUp(DnsAction):
    """Close the TCP connection on which the query came."""

    def __str__(self) -> str:
        return "closed the connection"
