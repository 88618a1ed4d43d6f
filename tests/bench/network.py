"""What a download through the lab costs: against Go's own server, with a fault armed, and in memory."""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chaosmod.faults.armed import ArmedFault
from chaosmod.faults.http_status import HttpStatus
from chaosmod.faults.match import Match
from chaosmod.lab.stage import Stage
from chaosmod.session import Session
from tests.bench import goserver, labs, project
from tests.bench.budget import Measured, ratio

__all__ = ["armed", "memory", "pass_through"]

_MODULES = 100
_SMALL = 4 << 10
_LARGE = 256 << 20
_PAIRS = 7
_LOOK = 0.005
"""Seconds between two looks at the memory in use."""


@contextmanager
def _project(count: int, size: int) -> Iterator[project.Project]:
    with tempfile.TemporaryDirectory(prefix="chaosmod-bench-") as folder:
        yield project.make(Path(folder), count, size)


def pass_through(session: Session, kept: Path) -> Iterator[Measured]:
    """A cold ``go mod download`` through the lab against the same from a Go server, in the same lab, in turns."""
    program = goserver.build(next(iter(session.config.toolchains.values())), kept)
    ours, theirs = [], []
    with (
        _project(_MODULES, _SMALL) as made,
        labs.lab(made, session) as stage,
        goserver.serving(stage, program, made.served, session.authority) as address,
    ):
        labs.download(stage), labs.download(stage, address)  # pages and code that are cold only once
        for _ in range(_PAIRS):
            ours.append(labs.download(stage))
            theirs.append(labs.download(stage, address))
    value, low, high = ratio(ours, theirs)
    yield Measured(
        "pass-through",
        f"go mod download of {_MODULES} modules, lab : Go server",
        value,
        "x",
        3.0,
        low=low,
        high=high,
        note=f"{statistics.median(ours):.3f} s : {statistics.median(theirs):.3f} s",
        samples={"lab": ours, "go": theirs},
    )


def armed(session: Session) -> Iterator[Measured]:
    """The same with a fault armed that never matches, against none, in turns in two labs.

    In processor time of this process, which is all that a fault can add to: so a busy machine weighs less on it.
    """
    fault = ArmedFault("never", HttpStatus(status=410), Match(module=("elsewhere.example/*",)))
    with_fault, without = [], []
    with (
        _project(_MODULES, _SMALL) as made,
        labs.lab(made, session) as plain,
        labs.lab(made, session, [fault]) as other,
    ):
        labs.download(plain), labs.download(other)
        for _ in range(2 * _PAIRS):
            with_fault.append(_processor_time(other))
            without.append(_processor_time(plain))
    value, low, high = (100 * (r - 1) for r in ratio(with_fault, without))
    yield Measured(
        "armed",
        "an armed fault that does not match, processor time of the proxy",
        value,
        "%",
        5.0,
        low=low,
        high=high,
        samples={"armed": with_fault, "none": without},
    )


def _processor_time(stage: Stage) -> float:
    began = time.process_time()
    labs.download(stage)
    return time.process_time() - began


def memory(session: Session) -> Iterator[Measured]:
    """How far this process grows above idle while a module of 256 MiB passes."""
    with _project(1, _SMALL) as small, labs.lab(small, session) as stage:
        labs.download(stage)  # everything is loaded that a download needs
    with _project(1, _LARGE) as made, labs.lab(made, session) as stage:
        idle = _resident()
        seen = [idle]
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(_LOOK):
                seen.append(_resident())

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            seconds = labs.download(stage)
        finally:
            ended.set()
            watcher.join()
    yield Measured(
        "memory",
        "memory above idle while a 256 MiB zip passes",
        (max(seen) - idle) / (1 << 20),
        "MiB",
        64.0,
        note=f"in {seconds:.1f} s, {len(seen)} looks; idle: {idle / (1 << 20):.0f} MiB",
    )


def _resident() -> int:
    """Bytes of this process in memory (proc_pid_statm(5))."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
