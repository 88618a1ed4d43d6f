"""The decisions that armed faults took in one run of a case, and taking the same ones again.

A decision is keyed by what was asked and how often that had been asked before, never by arrival order: Go downloads in
parallel, and a replay has to give each request its own fate back in whatever order they come.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chaosmod.errors import UsageError

__all__ = ["Decision", "Log", "Replay"]

_KIND = "chaosmod-replay"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether ``fault`` acted on the ``occurrence``-th (from 0) request with ``key`` that reached it."""

    fault: str
    key: tuple[str, ...]
    occurrence: int
    acts: bool
    left: float | None = None
    """Seconds that its schedule left it from then on, where it acted and the schedule has an end."""


@dataclass
class Log:
    """The decisions of one run, all layers together. Safe to use from several threads.

    With a ``replay`` each decision is the recorded one. What the recording does not know is decided by the schedule and
    counted in ``unknown``: the run has departed from it. Time is of the decision too: a fault that was to act for another two
    seconds has two seconds again, however long the replay took to get there.
    """

    replay: Replay | None = None
    taken: list[Decision] = field(default_factory=list)
    unknown: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def settle(
        self, fault: str, key: tuple[str, ...], occurrence: int, acts: bool, left: float | None = None
    ) -> Decision:
        """The decision that counts, where the schedule says ``acts`` and ``left``; written down."""
        with self._lock:
            decision = Decision(fault, key, occurrence, acts, left if acts else None)
            if self.replay is not None:
                recorded = self.replay.find(fault, key, occurrence)
                self.unknown += recorded is None
                decision = recorded or decision
            self.taken.append(decision)
            return decision

    def counts(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Fault -> how often it was asked, and how often it was to act."""
        with self._lock:
            taken = tuple(self.taken)
        return dict(Counter(d.fault for d in taken)), dict(Counter(d.fault for d in taken if d.acts))


@dataclass(frozen=True)
class Replay:
    """A replay file: the case that it is of, its seed, and all decisions."""

    scenario: str
    case: str
    seed: int
    decisions: tuple[Decision, ...]

    def find(self, fault: str, key: tuple[str, ...], occurrence: int) -> Decision | None:
        """The recorded decision; None where there is none."""
        return self._index.get((fault, key, occurrence))

    def __post_init__(self) -> None:
        index = {(d.fault, d.key, d.occurrence): d for d in self.decisions}
        object.__setattr__(self, "_index", index)

    _index: dict[tuple[str, tuple[str, ...], int], Decision] = field(init=False, repr=False, compare=False)

    def write(self, path: Path) -> None:
        """Write the file at ``path``."""
        head = {"kind": _KIND, "scenario": self.scenario, "case": self.case, "seed": self.seed}
        rows = [
            [d.fault, list(d.key), d.occurrence, d.acts, *(() if d.left is None else (round(d.left, 6),))]
            for d in self.decisions
        ]
        path.write_text(json.dumps({**head, "decisions": rows}, ensure_ascii=False, indent=None), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Replay:
        """The replay file at ``path``. Raises UsageError where it is none."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if data["kind"] != _KIND:
                raise ValueError(data["kind"])
            rows: Iterable[Sequence[Any]] = data["decisions"]
            return cls(str(data["scenario"]), str(data["case"]), int(data["seed"]), tuple(map(_decision, rows)))
        except OSError as e:
            raise UsageError(f"{path}: cannot be read: {e.strerror or e}") from e
        except (ValueError, KeyError, TypeError) as e:
            raise UsageError(
                f"{path} is no replay file; a case that does not pass writes one beside its history"
            ) from e


def _decision(row: Sequence[Any]) -> Decision:
    """A row of the file. Its last column is there only where it says something."""
    fault, key, occurrence, acts, *rest = row
    (left,) = rest or (None,)
    return Decision(
        str(fault), tuple(map(str, key)), int(occurrence), bool(acts), None if left is None else float(left)
    )
