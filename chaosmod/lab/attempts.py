"""Attempts to connect: what the layers below HTTP did to each, told to the history once.

The relay makes one for every connection that a link or TLS fault of the case could concern. The link tells what it
decided and when it can do no more; the TLS driver tells how the handshake went. When both have spoken, or the connection
has ended, the attempt is recorded: with the end where the fault slows down what passes, since what came of that is known
no sooner.

Not recorded is an attempt of which no fault was asked and whose handshake went well: histories stay small.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from chaosmod.history import ConnectionSeen, History

__all__ = ["Attempt"]


class Attempt:
    """One attempt to connect to a role. Used in the loop's thread only."""

    def __init__(self, history: History, role: str, port: int, invocation: int, *, tls: bool) -> None:
        """``tls``: whether a handshake is still to be told of."""
        self.role = role
        self.port = port
        self.invocation = invocation
        self.sent = 0
        """Bytes sent to the client so far."""
        self.received = 0
        """Bytes received from the client so far."""
        self.last: Callable[[], None] = lambda: None
        """Called right before it is recorded, to tell what is known only then."""
        self._history = history
        self._waits_for = {"link", "tls"} if tls else {"link"}
        self._began = time.monotonic()
        self._eligible: list[str] = []
        self._fired: list[str] = []
        self._effects: list[str] = []
        self._tls = self._sni = self._alpn = ""
        self._recorded = False

    def ask(self, eligible: tuple[str, ...]) -> None:
        """These faults were asked what to do with the connection."""
        self._eligible += eligible

    def fire(self, fault: str, effect: str) -> None:
        """``fault`` acts on the connection."""
        self._fired.append(fault)
        self._effects.append(effect)

    def settle(self) -> None:
        """The link will do no more than it has told."""
        self._done("link")

    def handshake(self, outcome: str, *, sni: str = "", alpn: str = "") -> None:
        """How the TLS handshake ended: ``established`` or the failure. After ``ask`` and ``fire`` of the TLS faults."""
        self._tls, self._sni, self._alpn = outcome, sni, alpn
        self._done("tls")

    def end(self) -> None:
        """The connection is gone, or was never made."""
        self._waits_for.clear()
        self._record()

    def _done(self, layer: str) -> None:
        self._waits_for.discard(layer)
        if not self._waits_for:
            self._record()

    def _record(self) -> None:
        if self._recorded:
            return
        self._recorded = True
        self.last()
        if not self._eligible and self._tls in ("", "established"):
            return
        self._history.record(
            ConnectionSeen(
                invocation=self.invocation,
                role=self.role,
                port=self.port,
                sni=self._sni,
                alpn=self._alpn,
                tls=self._tls,
                sent=self.sent,
                received=self.received,
                seconds=round(time.monotonic() - self._began, 6),
                eligible=tuple(self._eligible),
                fired=tuple(self._fired),
                effect="; ".join(self._effects),
            )
        )
