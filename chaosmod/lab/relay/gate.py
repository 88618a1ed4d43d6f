"""The gate before a listening socket: every attempt to connect is decided on before the kernel answers it.

A filter on the listening socket drops each SYN; a packet socket shows it to us; we send it on with a mark that the
filter lets through, or answer in the host's place that nothing listens, or do nothing. So one decision belongs to one
attempt, and what was refused or has vanished is counted, though no connection ever came of it.

Both sockets were opened in the lab's network by its init, and work from outside of it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Literal, TypeAlias

from chaosmod.lab.relay import bpf
from chaosmod.lab.relay.syn import Syn, parse

__all__ = ["Gate", "Passage"]

Passage: TypeAlias = Literal["admit", "refuse", "drop"]

_ETHERTYPE_IPV4 = 0x0800


class Gate:
    """Decides on the SYNs to some listening sockets of a lab."""

    def __init__(self, tap: socket.socket, raw: socket.socket, decide: Callable[[Syn], Passage]) -> None:
        """``tap``: an unbound AF_PACKET socket; ``raw``: a raw IPv4 socket. ``decide`` is called in the running loop,
        again for each retransmission of a SYN that was dropped."""
        self._tap = tap.dup()
        self._raw = raw.dup()
        self._decide = decide
        self._loop = asyncio.get_running_loop()
        self._tap.setblocking(False)
        bpf.attach(self._tap, bpf.fresh_syns())
        self._tap.bind(("lo", _ETHERTYPE_IPV4))
        self._loop.add_reader(self._tap.fileno(), self._arrived)

    @staticmethod
    def guard(listener: socket.socket) -> None:
        """Let only those in to ``listener`` whom the gate admits."""
        bpf.attach(listener, bpf.no_fresh_syns())

    def _arrived(self) -> None:
        while True:
            try:
                packet = self._tap.recv(2048)
            except BlockingIOError:
                return
            syn = parse(packet)
            assert syn is not None  # the filter passes nothing else
            passage = self._decide(syn)
            if passage == "admit":
                self._raw.sendto(syn.marked(), (syn.target, 0))
            elif passage == "refuse":
                self._raw.sendto(syn.refusal(), (syn.source, 0))

    def close(self) -> None:
        """Watch no longer. The listening sockets go on dropping: the lab is ending."""
        self._loop.remove_reader(self._tap.fileno())
        self._tap.close()
        self._raw.close()
