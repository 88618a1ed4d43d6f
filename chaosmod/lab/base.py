"""The contract of a runner: where the commands of a case run, and what the world looks like to them."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from chaosmod.history import Outcome

__all__ = ["ABILITIES", "PLACES", "ROLE_ADDRESSES", "Ended", "Job", "Lab", "Listener", "Places", "Process", "Tree"]

ABILITIES = frozenset({"attempts", "names", "tls", "sockets", "overlay", "offline", "disk", "kernel-link"})
"""What a runner may be able to express.

``names``: Go resolves names by the lab's DNS. ``tls``: roles answer HTTPS under their own names. ``sockets``: each role
has listening sockets of its own. ``overlay``: caches are copy-on-write. ``offline``: a command can run with no network.
``attempts``: an attempt to connect can be decided on before the kernel accepts it. ``disk``: file systems of limited
size. ``kernel-link``: tc and iptables in the lab's own namespace.
"""

ROLE_ADDRESSES = {"primary": "127.0.1.1", "mirror": "127.0.1.2", "sumdb": "127.0.1.3", "vcs": "127.0.1.4"}
"""Each role's own address, so that faults below TLS can tell hosts apart."""

NAMESERVER = "127.0.1.53"


@dataclass(frozen=True, slots=True)
class Listener:
    """A socket that was opened in the lab's network."""

    kind: str
    """``tcp`` or ``udp``; or ``tap`` or ``raw``, an unbound packet socket and a raw socket in the lab's network, through
    which the gate of ``chaosmod.lab.relay`` sees attempts to connect."""
    role: str
    """A host role, or ``dns``; empty for ``tap`` and ``raw``."""
    port: int
    """443 for TLS, 80 for plain HTTP, 53 for DNS: also where a runner has to listen on another number."""
    socket: socket.socket


@dataclass(frozen=True, slots=True)
class Tree:
    """A directory of the lab: ``/lab/NAME`` over read-only lower directories (topmost first)."""

    name: str
    lower: tuple[Path, ...] = ()
    limit: str = ""
    """tmpfs options of a small disk to write to (``size=8m``); empty for the machine's own."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are, as the commands see them."""

    root: str
    home: str
    work: str
    gopath: str
    cache: str
    """The parent of GOCACHE."""
    tmp: str
    out: str
    """For what chaosmod itself has built."""

    @classmethod
    def under(cls, root: str) -> Places:
        """The usual names below ``root``."""
        names = ("home", "work", "gopath", "cache", "tmp", "out")
        return cls(root, *(f"{root}/{name}" for name in names))


PLACES = Places.under("/lab")
"""The places of every runner with a mount namespace: fixed, so that a build does not depend on the case."""


@dataclass(frozen=True, slots=True)
class Job:
    """A command to start."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    directory: str
    offline: bool = False
    """Run in a network that has nothing in it."""
    network_admin: bool = False
    """Run with CAP_NET_ADMIN in the lab's network: for what the lab itself runs, never for a command of a case."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a command."""

    outcome: Outcome
    exit: int | None
    """Exit status, negative for a signal, None where it was stopped at its time limit."""
    seconds: float
    stdout: str
    stderr: str


class Process(Protocol):
    """A running command."""

    def kill(self, signal: int) -> None:
        """Send ``signal`` to its process group."""


class Lab(Protocol):
    """One lab: made for one case and gone with it."""

    places: Places
    listeners: Sequence[Listener]
    abilities: frozenset[str]
    environment: Mapping[str, str]
    """What commands need besides the client's own settings in order to find the lab's servers, and no others."""

    def address(self, role: str, name: str) -> str:
        """What a client writes to reach the host that has ``role`` and, in a world with names, is called ``name``."""

    def path(self, inside: str) -> Path:
        """Where the harness finds the file that commands know as ``inside``. Changes show on both sides.

        A link that commands would be led by leads the harness to the same file. Raises OSError (ELOOP) where links lead
        in a circle.
        """

    def start(self, job: Job) -> Process:
        """Start a command. Raises LabError where the lab is gone, FileNotFoundError where the program is."""

    def wait(self, processes: Sequence[Process], timeout: float) -> list[Ended]:
        """Wait for all of ``processes``; after ``timeout`` seconds kill what still runs (outcome ``hung``)."""

    def close(self, keep: bool = False) -> Path | None:
        """End everything in the lab and remove it from the machine; with ``keep`` leave its directory, and say where.

        In a kept directory ``upper/NAME`` holds what was written to each tree, and ``lab`` the rest.
        """
