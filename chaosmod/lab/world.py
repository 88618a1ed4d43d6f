"""What the servers of a lab answer from: roles, upstreams, the checksum database and the armed faults of one case."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chaosmod.faults.armed import ArmedFault, Layered
from chaosmod.faults.base import DnsFault, HttpFault, LinkFault, TlsFault
from chaosmod.faults.decisions import Log
from chaosmod.faults.sumdb_actions import Lie, Told
from chaosmod.history import History
from chaosmod.lab.base import ROLE_ADDRESSES
from chaosmod.upstream.base import NOT_FOUND, Reply, Upstream

__all__ = ["World"]


@dataclass
class World:
    """One case's world. The engine writes ``invocation``; the servers, in the loop's thread, read everything."""

    history: History
    hosts: Mapping[str, str]
    """Host name -> role. A name that is not here does not exist."""
    upstreams: Mapping[str, Upstream]
    """Role -> what serves modules there (``primary``, ``mirror``)."""
    sumdb: Callable[[str], Reply] | None = None
    """The checksum database, asked by path."""
    sumdb_name: str = ""
    lies: Callable[[Told, str, Reply], Reply | None] | None = None
    """The lying face of the checksum database: a lie, the path, and what the honest one said to it."""
    armed: Sequence[ArmedFault] = ()
    seed: int = 0
    log: Log = field(default_factory=Log)
    """The decisions that faults take, and those to take again."""
    invocation: int = 0
    """The command that runs now; requests are attributed to it."""
    dns: Layered[DnsFault] = field(init=False)
    link: Layered[LinkFault] = field(init=False)
    tls: Layered[TlsFault] = field(init=False)
    http: Layered[HttpFault] = field(init=False)
    _numbers: itertools.count[int] = field(init=False, default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.dns = Layered(self.armed, DnsFault, self.seed, log=self.log)
        self.link = Layered(self.armed, LinkFault, self.seed, log=self.log)
        self.tls = Layered(self.armed, TlsFault, self.seed, log=self.log)
        self.http = Layered(self.armed, HttpFault, self.seed, log=self.log)

    def number(self) -> int:
        """The ordinal of the next request of the case."""
        with self._lock:
            return next(self._numbers)

    def address(self, name: str) -> tuple[str, str] | None:
        """Role and address of a host name, None where it does not exist."""
        role = self.hosts.get(name.rstrip(".").lower())
        return None if role is None else (role, ROLE_ADDRESSES[role])

    def answer(self, role: str, path: str) -> Reply:
        """What a healthy host in this role answers to ``GET path`` (decoded). May block on a live upstream.

        Raises UpstreamError where the upstream is broken.
        """
        path = path.partition("?")[0]
        if role == "sumdb":
            return self._ask_sumdb(path)
        upstream = self.upstreams.get(role)
        if upstream is None:
            return NOT_FOUND
        own = self._own(path)
        if own != path:
            return Reply(200) if own == "/supported" else self._ask_sumdb(own)
        return upstream.fetch(path)

    def lie(self, action: Lie, path: str, said: Reply) -> Reply | None:
        """What the checksum database, asked directly or through a proxy, answers in place of what it ``said``."""
        return None if self.lies is None else self.lies(action.told, self._own(path.partition("?")[0]), said)

    def _own(self, path: str) -> str:
        """The checksum database's own path of one that goes through a proxy; any other path as it is."""
        prefix = f"/sumdb/{self.sumdb_name}"
        return path[len(prefix) :] if path.startswith(prefix + "/") else path

    def blocking(self, role: str) -> bool:
        """Whether :meth:`answer` may wait for a network."""
        return any(u.blocking for r, u in self.upstreams.items() if role in (r, "sumdb"))

    def _ask_sumdb(self, path: str) -> Reply:
        return NOT_FOUND if self.sumdb is None else self.sumdb(path)
