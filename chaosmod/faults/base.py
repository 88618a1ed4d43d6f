"""The contract of a fault: it decides, a driver of the lab does.

::

    request ──▶ match ──▶ schedule ──▶ Fault.act() ──▶ an action ──▶ the driver of the layer
                (may it?)  (now?)       (what?)         (data)        (proxy, relay, DNS server, file system)

Match, schedule and counting are common to all faults and live in ``match.py``, ``schedule.py`` and ``armed.py``. A fault
is a frozen pydantic model: its fields are its parameters in the scenario file. It subclasses the base of its layer and
implements one method. State belongs to the armed fault, never to the fault.
"""

from __future__ import annotations

import random
from typing import ClassVar, Literal, TypeAlias

from chaosmod.entry import Entry
from chaosmod.faults.actions import DnsAction, HttpAction, LinkAction, TlsAction
from chaosmod.faults.match import Match
from chaosmod.faults.request import Request
from chaosmod.registry import Registry

__all__ = ["FAULTS", "LAYERS", "DnsFault", "Fault", "HttpFault", "Layer", "LinkFault", "TlsFault"]

Layer: TypeAlias = Literal["dns", "link", "tls", "http", "local"]
LAYERS: tuple[Layer, ...] = ("dns", "link", "tls", "http", "local")


class Fault(Entry):
    """Base of all faults."""

    kind: ClassVar[str]
    """The word in the scenario file."""
    layer: ClassVar[Layer]
    match_keys: ClassVar[frozenset[str]]
    """The keys of ``match`` that mean something at this layer."""

    @property
    def lies(self) -> bool:
        """Whether its answer to a look-up in the checksum database, or to a tile, is a success that proves nothing.

        What Go was told in that way vouches for no hash.
        """
        return False

    def concerns(self, request: Request) -> bool:
        """Whether the fault can mean anything to a request that its match covers; else it is not even eligible."""
        return True

    def unscheduled(self) -> str:
        """Why the fault takes no schedule; empty where it takes one."""
        return ""


class HttpFault(Fault):
    """A fault that acts on a request: instead of the answer, or on it."""

    layer: ClassVar[Layer] = "http"
    match_keys: ClassVar[frozenset[str]] = frozenset(Match.model_fields)

    def act(self, request: Request, rng: random.Random) -> HttpAction:
        """What to do with ``request``. ``rng`` is seeded from (case seed, fault, request key, occurrence)."""
        raise NotImplementedError


class _BelowHttp(Fault):
    """A fault at a layer that knows the host, and nothing yet of requests."""

    match_keys: ClassVar[frozenset[str]] = frozenset({"host"})


class LinkFault(_BelowHttp):
    """A fault on a TCP connection: on its making, or on the bytes that pass."""

    layer: ClassVar[Layer] = "link"
    needs: ClassVar[frozenset[str]] = frozenset({"sockets"})
    before_accept: ClassVar[bool] = False
    """True where it acts on the SYN, before there is a connection."""

    def shape(self, connection: Request, rng: random.Random) -> LinkAction:
        """What to do with ``connection``. ``rng`` as in :meth:`HttpFault.act`."""
        raise NotImplementedError


class TlsFault(_BelowHttp):
    """A fault in the TLS handshake."""

    layer: ClassVar[Layer] = "tls"
    needs: ClassVar[frozenset[str]] = frozenset({"tls"})

    def handshake(self, connection: Request, rng: random.Random) -> TlsAction:
        """How to answer the ClientHello."""
        raise NotImplementedError


class DnsFault(_BelowHttp):
    """A fault in the answer to a name."""

    layer: ClassVar[Layer] = "dns"
    needs: ClassVar[frozenset[str]] = frozenset({"names"})

    def reply(self, query: Request, rng: random.Random) -> DnsAction:
        """How to answer the query for ``query.host``; ``query.method`` is its type (``A``, ``AAAA``)."""
        raise NotImplementedError


FAULTS: Registry[Fault] = Registry("chaosmod.faults", "kind")
"""All faults by kind."""
