"""The history of a case: the ordered record of all that happened.

Every command, request, DNS query, fault and measurement becomes one event (``events.py``). Checks, verdicts and reports
are computed from the events and from nothing else, so a verdict can be computed again from a history that was read back
from disk. On disk a history is JSON lines, one event a line, ``{"event": "command", ...}``.
"""

from __future__ import annotations

import dataclasses
import json
import threading
import time
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from chaosmod.errors import ChaosmodError
from chaosmod.events import (
    BadEntry,
    BuildMeasured,
    CaseStarted,
    Checked,
    ChecksumsRecorded,
    CommandFinished,
    Concluded,
    ConnectionSeen,
    DnsAnswered,
    EnvironmentRead,
    Event,
    FaultArmed,
    FaultHealed,
    FaultsCounted,
    FilesMeasured,
    Fingerprint,
    ModCacheCompared,
    ModVerified,
    Note,
    Outcome,
    Package,
    Phase,
    PhaseStarted,
    RequestServed,
    When,
)

__all__ = [
    "BadEntry",
    "BuildMeasured",
    "CaseStarted",
    "Checked",
    "ChecksumsRecorded",
    "CommandFinished",
    "Concluded",
    "ConnectionSeen",
    "DnsAnswered",
    "EnvironmentRead",
    "Event",
    "FaultArmed",
    "FaultHealed",
    "FaultsCounted",
    "FilesMeasured",
    "Fingerprint",
    "History",
    "JsonLines",
    "ModCacheCompared",
    "ModVerified",
    "Note",
    "Outcome",
    "Package",
    "Phase",
    "PhaseStarted",
    "RequestServed",
    "When",
    "from_json",
    "read",
    "to_json",
]

E = TypeVar("E", bound=Event)

_CLASSES: dict[str, Any] = {cls.event: cls for cls in Event.__subclasses__()}


class History:
    """The events of one case, in order. Safe to append to from several threads."""

    def __init__(self, sink: Callable[[Event], None] | None = None) -> None:
        self._events: list[Event] = []
        self._lock = threading.Lock()
        self._sink = sink
        self._start = time.monotonic()
        self.phase: Phase = "prepare"

    def record(self, event: E) -> E:
        """Append ``event`` with the present time and phase filled in, and return it as recorded."""
        with self._lock:
            done = dataclasses.replace(event, at=round(time.monotonic() - self._start, 6), phase=self.phase)
            self._events.append(done)
            if self._sink is not None:
                self._sink(done)
        return done

    def enter(self, phase: Phase) -> None:
        """Begin ``phase``: later events belong to it."""
        self.phase = phase
        self.record(PhaseStarted())

    def __iter__(self) -> Iterator[Event]:
        with self._lock:
            return iter(tuple(self._events))

    def __len__(self) -> int:
        return len(self._events)

    def of(self, kind: type[E], **equal: object) -> list[E]:
        """All events of class ``kind`` whose attributes equal those given."""
        return [e for e in self if isinstance(e, kind) and all(getattr(e, k) == v for k, v in equal.items())]

    def last(self, kind: type[E], **equal: object) -> E | None:
        """The latest event of class ``kind`` whose attributes equal those given, or None."""
        found = self.of(kind, **equal)
        return found[-1] if found else None

    @classmethod
    def replay(cls, events: Iterable[Event]) -> History:
        """A history that holds ``events`` as they are."""
        history = cls()
        history._events = list(events)
        return history


def to_json(event: Event) -> str:
    """One line of JSON, which UTF-8 can express whatever the names of files are.

    A name that is not UTF-8 has lone surrogates in Python (os.fsdecode). What ``backslashreplace`` writes of one is what
    JSON writes, so it is read back as it was.
    """
    line = json.dumps({"event": event.event, **dataclasses.asdict(event)}, ensure_ascii=False, separators=(",", ":"))
    return line.encode("utf-8", "backslashreplace").decode("utf-8")


def from_json(line: str) -> Event:
    """The event of one line.

    Raises ChaosmodError where the line is not an event of this version of chaosmod.
    """
    try:
        data = json.loads(line)
        cls = _CLASSES[data.pop("event")]
        return typing.cast(Event, _build(cls, data))
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise ChaosmodError(f"not a line of a chaosmod history: {line[:80]!r} ({e})") from e


class JsonLines:
    """A sink that writes every event to the file at ``path`` as it is recorded, so that a crash loses none."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = path.open("w", encoding="utf-8", buffering=1)

    def __call__(self, event: Event) -> None:
        """Write one line."""
        self._file.write(to_json(event) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read(path: Path) -> History:
    """The history in the JSON-lines file at ``path``."""
    with path.open(encoding="utf-8") as lines:
        return History.replay(from_json(line) for line in lines if line.strip())


def _build(kind: Any, value: Any) -> Any:
    """``value`` (plain JSON) as the annotated type ``kind``."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        return _build(next(a for a in typing.get_args(kind) if a is not type(None)), value)
    if origin is tuple:
        return tuple(_build(typing.get_args(kind)[0], v) for v in value)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {k: _build(typing.get_args(kind)[1], v) for k, v in value.items()}
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return typing.cast(Any, kind)(**{k: _build(hints[k], v) for k, v in value.items()})
    return value
