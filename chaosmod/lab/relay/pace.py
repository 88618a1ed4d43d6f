"""When each byte of one direction may pass: a pure function of what came, when, and a seeded source.

Bytes stay in order: what is delayed delays all behind it, as TCP's receiver does. So netem's jitter reorders packets,
and ours does not.

Draws belong to packets, and packets to places in the stream: the k-th ends at byte k × 1448, however the bytes were cut
when they came. So the same seed gives the same draws in every run.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from chaosmod.faults.link_actions import Pace
from chaosmod.lab.relay.draws import Correlated, spread

__all__ = ["EARLY", "PACKET", "Pacer", "Piece"]

PACKET = 1448
"""Bytes of the stream in one packet: an Ethernet frame without the headers of IP and TCP and the timestamp option."""

EARLY = 0.0005
"""Seconds before its time at which a piece may pass: nearer than the millisecond by which the loop's timers may be late."""

_FIRST_TIMEOUT = 0.2
"""Linux's shortest retransmission timeout, in seconds (TCP_RTO_MIN). It doubles each time."""

_TRIES = 15
"""After so many retransmissions Linux gives a connection up (tcp_retries2)."""

_TICK = 0.005
"""Seconds between two pieces of a limited direction."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that pass at once."""

    at: float
    """Time at which they pass, on the clock of the caller; infinite: never."""
    data: bytes


class Pacer:
    """The pace of one direction of one connection."""

    def __init__(self, pace: Pace, rng: random.Random) -> None:
        self.lost = 0
        """Packets lost so far."""
        self.acted = False
        """Whether a byte has been held up so far, or cut off from the one before it. A pace may change nothing: none of few
        packets is lost, and what is less than a slice passes in one piece."""
        self._pace = pace
        self._jitter = Correlated(rng, pace.jitter_correlation)
        self._loss = Correlated(rng, pace.loss_correlation)
        self._draws = bool(pace.jitter or pace.loss)
        self._quantum = max(1, int(pace.rate * _TICK)) if pace.rate else None
        self._offset = 0
        """Bytes of the stream so far."""
        self._late = 0.0
        """Seconds by which the present packet is delayed."""
        self._free = -math.inf
        """Time from which the next byte may pass."""

    def take(self, data: bytes, now: float) -> list[Piece]:
        """The pieces that ``data``, which came at ``now``, passes in."""
        pieces: list[Piece] = []
        begin = 0
        while begin < len(data):
            if self._offset % PACKET == 0 or not self._draws:
                self._late = self._delay()
            size = self._size(len(data) - begin)
            if self._pace.slice is not None and self._offset and self._offset % self._pace.slice == 0:
                self.acted = True
            piece = data[begin : begin + size]
            begin += size
            self._offset += size
            at = max(now + self._late, self._free)
            if self._pace.rate:
                at += size / self._pace.rate
            self.acted = self.acted or at > now + EARLY
            self._free = at
            if self._pace.slice is not None and self._offset % self._pace.slice == 0:
                self._free += self._pace.pause
            pieces.append(Piece(at, piece))
        return pieces

    def _size(self, left: int) -> int:
        """How many bytes may pass together: up to the next border of a packet, of a slice, or of a tick."""
        sizes = [left]
        if self._draws:
            sizes.append(PACKET - self._offset % PACKET)
        if self._pace.slice is not None:
            sizes.append(self._pace.slice - self._offset % self._pace.slice)
        if self._quantum is not None:
            sizes.append(self._quantum)
        return min(sizes)

    def _delay(self) -> float:
        pace = self._pace
        late = pace.delay
        if pace.jitter:
            late = max(0.0, late + pace.jitter * spread(pace.distribution, self._jitter()))
        return late + self._retransmissions() if pace.loss else late

    def _retransmissions(self) -> float:
        waited, timeout = 0.0, _FIRST_TIMEOUT
        for _ in range(_TRIES):
            if self._loss() >= self._pace.loss:
                return waited
            self.lost += 1
            waited += timeout
            timeout *= 2
        return math.inf
