"""When a fault acts: a pure decision over the count and the time of the eligible requests."""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

__all__ = ["Duration", "Schedule", "ScheduleState", "chance", "parse_duration"]

_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"([0-9]{1,12}(\.[0-9]{1,12})?(us|ms|s|m|h))+")
_LONGEST = 24 * 3600.0


def parse_duration(value: Any) -> float:
    """Seconds of a duration as Go writes it (``300ms``, ``1m30s``); ``0`` needs no unit (time.ParseDuration).

    A number that is none of a text is seconds already. Raises ValueError for anything else, and above one day.

    >>> parse_duration("1m30s")
    90.0
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = float(value)
    elif value == "0":
        seconds = 0.0
    elif isinstance(value, str) and _DURATION.fullmatch(value):
        seconds = sum(float(n) * _UNITS[unit] for n, unit in re.findall(r"([0-9.]+)([a-z]+)", value))
    else:
        given = repr(value[:40]) if isinstance(value, str) else "this"
        raise ValueError(f"{given} is not a duration: write a number and a unit, for example 300ms, 5s or 1m30s")
    if not 0 <= seconds <= _LONGEST:
        raise ValueError("a duration must be between 0 and 24h")
    return seconds


Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": f"^(0|{_DURATION.pattern})$"}, {"const": 0}],
            "examples": ["300ms", "5s", "1m30s"],
        }
    ),
]


class Schedule(BaseModel):
    """When a matching fault acts. Without a schedule it always does. Several keys together must all agree."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)

    skip: int = Field(0, ge=0, le=1_000_000, description="let this many pass first")
    first: int | None = Field(None, ge=1, le=1_000_000, description="act on this many (after skip), then no more")
    every: int = Field(1, ge=1, le=1_000_000, description="act on every N-th: the N-th, the 2N-th … (after skip)")
    after: Duration = Field(0.0, description="not before this long after the first eligible request")
    duration: Duration | None = Field(
        None, alias="for", description="no longer than this after the first eligible request (plus after)"
    )
    probability: float = Field(1.0, gt=0.0, le=1.0, description="act with this chance, drawn from the case's seed")
    per: Literal["request", "attempt", "path"] = Field(
        "request",
        description=(
            "what is counted: every request on the wire; an attempt (one for each command, host and path, so that Go's "
            "hidden repeat is no new one); or the requests of each host and path on their own, which makes the decisions "
            "independent of the order in which Go downloads"
        ),
    )


def chance(seed: int, fault: str, key: tuple[str, ...], occurrence: int) -> random.Random:
    """The random source of one decision: a function of its arguments, never of arrival order."""
    material = "\x00".join((str(seed), fault, *key, str(occurrence)))
    return random.Random(hashlib.sha256(material.encode()).digest())


@dataclass(slots=True)
class ScheduleState:
    """The counters of one armed schedule."""

    counts: dict[tuple[str, ...], int] = field(default_factory=dict)
    """Counted so far, by what is counted separately (``per: path``), else under ``()``."""
    attempts: dict[tuple[str, ...], bool] = field(default_factory=dict)
    """Decision already taken for an attempt."""
    occurrences: dict[tuple[str, ...], int] = field(default_factory=dict)
    began: float | None = None

    def decide(
        self, schedule: Schedule, *, seed: int, fault: str, key: tuple[str, ...], invocation: int, now: float
    ) -> tuple[bool, random.Random]:
        """Whether the fault acts on this eligible request, and the random source for how it acts.

        ``key`` names the question (host and path); ``now`` is a monotonic time in seconds.
        """
        if self.began is None:
            self.began = now
        occurrence = self.occurrences.get(key, 0)
        self.occurrences[key] = occurrence + 1
        rng = chance(seed, fault, key, occurrence)
        attempt = (str(invocation), *key)
        if attempt in self.attempts:
            return self.attempts[attempt], rng
        counter = key if schedule.per == "path" else ()
        index = self.counts.get(counter, 0)
        self.counts[counter] = index + 1
        acts = self._acts(schedule, index, now - self.began) and rng.random() < schedule.probability
        if schedule.per == "attempt":
            self.attempts[attempt] = acts
        return acts, rng

    def left(self, schedule: Schedule, now: float) -> float | None:
        """Seconds from ``now`` until the schedule's time is over; None where it sets none."""
        if schedule.duration is None:
            return None
        began = now if self.began is None else self.began
        return max(0.0, began + schedule.after + schedule.duration - now)

    @staticmethod
    def _acts(schedule: Schedule, index: int, elapsed: float) -> bool:
        index -= schedule.skip
        if index < 0 or (index + 1) % schedule.every:
            return False
        if schedule.first is not None and index // schedule.every >= schedule.first:
            return False
        if elapsed < schedule.after:
            return False
        return schedule.duration is None or elapsed < schedule.after + schedule.duration
