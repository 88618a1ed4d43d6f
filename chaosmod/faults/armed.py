"""Armed faults: what a case has declared, with the counters and the switch that belong to one run."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from chaosmod.faults.base import Fault
from chaosmod.faults.decisions import Log
from chaosmod.faults.match import Match
from chaosmod.faults.request import Request
from chaosmod.faults.schedule import Schedule, ScheduleState

__all__ = ["ArmedFault", "Choice", "Layered"]

F = TypeVar("F", bound=Fault)


@dataclass
class ArmedFault:
    """A declared fault in one run of a case."""

    id: str
    fault: Fault
    match: Match = field(default_factory=Match)
    schedule: Schedule = field(default_factory=Schedule)
    state: ScheduleState = field(default_factory=ScheduleState)
    healed: bool = False


@dataclass(frozen=True)
class Choice(Generic[F]):
    """What the faults of a layer made of one request."""

    eligible: tuple[str, ...] = ()
    """Ids of the faults that were asked: those whose match covered it, up to and with the one that fired."""
    armed: ArmedFault | None = None
    """The one that fired."""
    fault: F | None = None
    """Its fault."""
    rng: random.Random = field(default_factory=random.Random)
    """For whatever the fault draws."""
    until: float = math.inf
    """When the fault ends by its schedule, on the clock of the layer."""


class Layered(Generic[F]):
    """The armed faults of one layer, in the order of the scenario file.

    The first one that matches and whose schedule agrees acts; one that is used up, or healed, passes the request on to
    the next. Only faults that were asked count the request as eligible, so that a schedule counts what reached it.
    """

    def __init__(
        self,
        armed: Iterable[ArmedFault],
        kind: type[F],
        seed: int,
        clock: Callable[[], float] = time.monotonic,
        log: Log | None = None,
    ) -> None:
        self.armed: Sequence[ArmedFault] = tuple(a for a in armed if isinstance(a.fault, kind))
        self._kind = kind
        self._seed = seed
        self._clock = clock
        self._log = log or Log()
        self._lock = threading.Lock()

    def choose(self, request: Request) -> Choice[F]:
        """Which fault acts on ``request``; counts it."""
        eligible: list[str] = []
        with self._lock:
            now = self._clock()
            for armed in self.armed:
                if armed.healed or not (armed.match.covers(request) and armed.fault.concerns(request)):
                    continue
                eligible.append(armed.id)
                acts, rng = armed.state.decide(
                    armed.schedule,
                    seed=self._seed,
                    fault=armed.id,
                    key=request.key,
                    invocation=request.invocation,
                    now=now,
                )
                # Counted from 0; the schedule has counted this one already.
                occurrence = armed.state.occurrences[request.key] - 1
                left = armed.state.left(armed.schedule, now)
                decision = self._log.settle(armed.id, request.key, occurrence, acts, left)
                if decision.acts:
                    assert isinstance(armed.fault, self._kind)
                    # A replay file of old does not say how long the fault still had: then all of its time.
                    left = armed.schedule.duration if decision.left is None else decision.left
                    until = math.inf if left is None else now + left
                    return Choice(tuple(eligible), armed, armed.fault, rng, until)
        return Choice(tuple(eligible))
