"""A run of pytest that is watched from outside: its processes by id and start time, its labs, and what it leaves."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chaosmod.commands.run import plugin
from chaosmod.lab.holder import Holder
from chaosmod.lab.state import VARIABLE, StateDir
from tests.support.processes import ROOT

__all__ = ["Known", "Watched", "family", "mounts", "until"]

_LOOK = 0.02
"""Seconds between two looks."""


@dataclass(frozen=True)
class Known:
    """A process that cannot be taken for a later one of the same number."""

    pid: int
    start: int
    """Field 22 of /proc/PID/stat."""

    @property
    def runs(self) -> bool:
        """Whether it is there and not a zombie, which only waits for its parent to look."""
        found = _stat(self.pid)
        return found is not None and found[1] == self.start and found[0] not in "ZX"


def _stat(pid: int) -> tuple[str, int] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return fields[0], int(fields[19])


def _children(pid: int) -> Iterator[int]:
    with contextlib.suppress(OSError):  # it has ended meanwhile, or one of its threads
        for thread in os.listdir(f"/proc/{pid}/task"):
            yield from map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())


def family(pid: int) -> set[Known]:
    """The process ``pid`` and all its descendants, those in PID namespaces too."""
    found = _stat(pid)
    if found is None:
        return set()
    return {Known(pid, found[1])}.union(*(family(child) for child in _children(pid)))


def mounts() -> list[str]:
    """The mounts of this process's namespace, without their numbers."""
    return sorted(line.split(" ", 3)[3] for line in Path("/proc/self/mountinfo").read_text().splitlines())


def until(true: Callable[[], object], seconds: float, what: str) -> None:
    """Look until ``true()`` is; AssertionError after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(_LOOK)


@dataclass
class Watched:
    """One ``pytest ARGUMENTS`` with the plugin, in ``folder``, with its caches in ``state`` and a session of its own.

    ``command``: or ``chaosmod ARGUMENTS``.
    """

    folder: Path
    state: StateDir
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    known: set[Known] = field(default_factory=set)
    command: str = "pytest"

    def __post_init__(self) -> None:
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir(exist_ok=True)
        self._output = (self.folder / "output.txt").open("w+b")
        self._before = mounts()
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "CHAOSMOD_"))}
        env |= {VARIABLE: str(self.state.root), "PYTHONPATH": str(ROOT), "TMPDIR": str(self.temporary)}
        # Hypothesis, which only the developers have, imports itself at the end of a run: that takes seconds.
        own = ["-p", plugin(), "-p", "no:hypothesispytest", f"--basetemp={self.folder / 'base'}"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.command, *(own if self.command == "pytest" else ()), *self.arguments],
            cwd=self.folder,
            env={**env, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return Path(self._output.name).read_text(errors="replace")

    def look(self) -> set[Known]:
        """The processes of this run that are there now; all that were ever seen are remembered."""
        self.known |= family(self.process.pid).union(*(family(k.pid) for k in self.known if k.runs))
        return {k for k in self.known if k.runs}

    def labs(self) -> list[Path]:
        """The lab directories that processes of this run hold."""
        pids = {k.pid for k in self.known}
        folder = self.state.labs()
        held = ((path, Holder.of(path.name)) for path in folder.iterdir())
        return [path for path, holder in held if holder is not None and holder.pid in pids]

    def await_labs(self, count: int = 1) -> None:
        """Until ``count`` labs have the file ``alive`` in their workspace, which a command of the scenario writes."""

        def alive() -> bool:
            self.look()
            assert self.process.poll() is None, f"pytest has ended:\n{self.output}"
            return sum((lab / "upper" / "work" / "alive").exists() for lab in self.labs()) >= count

        until(alive, 120, f"{count} labs alive")
        self.look()

    def send(self, number: signal.Signals, *, group: bool = False) -> None:
        """Send pytest a signal; ``group``: as the terminal sends Ctrl-C."""
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def left(self) -> list[str]:
        """What is still there of the run, in words."""
        return [
            *(f"process {k.pid}: {_called(k.pid)}" for k in self.look()),
            *(f"lab {path}" for path in self.labs()),
            *(f"mount {line}" for line in mounts() if line not in self._before),
            *(f"temporary {path}" for path in self.temporary.iterdir()),
        ]

    def gone_within(self, seconds: float) -> int:
        """The exit status; AssertionError where anything is left after ``seconds``."""
        deadline = time.monotonic() + seconds
        while left := self.left():
            assert time.monotonic() < deadline, "\n".join([f"left after {seconds:g} s:", *left, self.output])
            time.sleep(_LOOK)
        return self.process.wait()  # at once: a zombie is all that can be left of it

    def close(self) -> None:
        """End whatever a failed test has left behind: the processes seen, by their ids."""
        for process in self.look():
            os.kill(process.pid, signal.SIGKILL)
        self.process.wait()
        self._output.close()


def _called(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")[:100]
    except OSError:
        return "?"
