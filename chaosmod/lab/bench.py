"""One case's hands in its lab: runs commands with the client's settings, and writes them down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from chaosmod.history import CommandFinished, History
from chaosmod.lab.base import Ended, Job, Lab, Process
from chaosmod.lab.world import World

__all__ = ["Bench"]

Purpose = Literal["provoke", "recover", "measure"]


class Bench:
    """The commands of one case."""

    def __init__(self, lab: Lab, world: World, history: History, environment: Mapping[str, str], work: str) -> None:
        self.lab = lab
        self.world = world
        self.history = history
        self.base = dict(environment)
        """The posture's environment."""
        self.overrides: dict[str, str | None] = {}
        """What recoveries have changed since."""
        self.work = work
        """The directory in which commands run, as they see it."""
        self._count = 0

    def set(self, name: str, value: str | None) -> None:
        """From now on ``name`` has ``value`` for every command (None: unset)."""
        self.overrides[name] = value

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of the next command."""
        merged: dict[str, str | None] = {**self.base, **self.overrides, **(extra or {})}
        return {name: value for name, value in merged.items() if value is not None}

    def run(
        self,
        command: Sequence[str] | str,
        *,
        purpose: Purpose,
        timeout: float,
        extra: Mapping[str, str] | None = None,
        offline: bool = False,
        directory: str | None = None,
    ) -> CommandFinished:
        """Run one command to its end: an argument vector, or one string for ``sh -c``."""
        return self.run_all(
            [command], purpose=purpose, timeout=timeout, extra=extra, offline=offline, directory=directory
        )[0]

    def run_all(
        self,
        commands: Sequence[Sequence[str] | str],
        *,
        purpose: Purpose,
        timeout: float,
        extra: Mapping[str, str] | None = None,
        offline: bool = False,
        directory: str | None = None,
    ) -> list[CommandFinished]:
        """Run several commands at once, each with the same time limit in seconds."""
        environment = self.environment(extra)
        first = self._count + 1
        self.world.invocation = first
        processes: list[Process] = []
        failures: dict[int, Ended] = {}
        vectors = [_argv(command) for command in commands]
        for i, argv in enumerate(vectors):
            try:
                processes.append(self.lab.start(Job(argv, environment, directory or self.work, offline)))
            except FileNotFoundError as e:
                failures[i] = Ended("failed", 127, 0.0, "", f"{e}\n")
        waited = iter(self.lab.wait(processes, timeout))
        ended = [failures[i] if i in failures else next(waited) for i in range(len(vectors))]
        finished = []
        for argv, end in zip(vectors, ended, strict=True):
            self._count += 1
            finished.append(self._record(argv, purpose, end, extra or {}))
        return finished

    def _record(self, argv: tuple[str, ...], purpose: Purpose, end: Ended, extra: Mapping[str, str]) -> CommandFinished:
        return self.history.record(
            CommandFinished(
                n=self._count,
                argv=argv,
                purpose=purpose,
                outcome=end.outcome,
                exit=end.exit,
                seconds=round(end.seconds, 6),
                stdout=end.stdout,
                stderr=end.stderr,
                environment={name: value or "" for name, value in self.overrides.items()},
                own=dict(extra),
            )
        )


def _argv(command: Sequence[str] | str) -> tuple[str, ...]:
    return ("sh", "-c", command) if isinstance(command, str) else tuple(command)
