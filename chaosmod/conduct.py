"""Carrying out what a scenario says: the provoke commands, and the steps of its recoveries."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from typing import Literal

from chaosmod.history import CommandFinished, History
from chaosmod.lab.stage import Stage
from chaosmod.recovery.base import Client, Provoke, Recovery, Result, Run, SetEnv, Step, Wait
from chaosmod.scenario.model import Provoke as Declared

__all__ = ["Conductor"]


class Conductor:
    """Runs commands in the lab of one case, each of them recorded in its history."""

    def __init__(self, stage: Stage, history: History, declared: Declared, limit: float) -> None:
        """``limit``: seconds for ``declared``'s commands and for steps that name no limit of their own."""
        self._stage = stage
        self._history = history
        self._declared = declared
        self._limit = limit

    def provoke(self, purpose: Literal["provoke", "recover"] = "provoke") -> list[CommandFinished]:
        """The provoke commands: one after the other up to the first that fails, then those that run at once."""
        bench = self._stage.bench
        finished: list[CommandFinished] = []
        for command in self._declared.run:
            finished.append(bench.run(self._stage.expand(command), purpose=purpose, timeout=self._limit))
            if finished[-1].outcome != "ok":
                return finished
        if self._declared.parallel:
            commands = [self._stage.expand(c) for c in self._declared.parallel]
            finished += bench.run_all(commands, purpose=purpose, timeout=self._limit)
        return finished

    def recover(self, recoveries: Sequence[Recovery]) -> None:
        """Take all steps of each; a recovery sees what became of its last step, and the user's settings as they are."""
        for recovery in recoveries:
            steps = recovery.steps(self._client())
            with contextlib.suppress(StopIteration):
                step = next(steps)
                while True:
                    step = steps.send(self._carry_out(step))

    def _client(self) -> Client:
        stage = self._stage
        return Client(
            environment=stage.measure.settings("recovered").values,
            roles=stage.addresses,
            modules=stage.modules,
            packages=stage.workspace.packages,
            failed=_blamed(self._history),
        )

    def _carry_out(self, step: Step) -> Result:
        if isinstance(step, SetEnv):
            self._stage.bench.set(step.name, step.value)
            return Result()
        if isinstance(step, Wait):
            time.sleep(step.seconds)
            return Result()
        done = self.provoke("recover") if isinstance(step, Provoke) else [self._run(step)]
        # Which step it was that put a line into go.sum.
        self._stage.measure.files("recovered")
        worst = next((c for c in done if c.outcome != "ok"), done[-1])
        return Result(worst.outcome, worst.exit, "".join(c.stdout for c in done), "".join(c.stderr for c in done))

    def _run(self, step: Run) -> CommandFinished:
        command = self._stage.expand(step.command) if isinstance(step.command, str) else step.command
        return self._stage.bench.run(command, purpose="recover", timeout=step.timeout or self._limit)


def _blamed(history: History) -> tuple[str, ...]:
    """The modules that Go's messages blamed, most recent first."""
    from chaosmod.diagnose.matcher import diagnose

    blamed: list[str] = []
    for command in reversed(history.of(CommandFinished)):
        if command.outcome == "ok":
            continue
        found = diagnose([command.stderr, command.stdout])
        if found is not None and found.module:
            blamed.append(f"{found.module}@{found.version}" if found.version else found.module)
    return tuple(dict.fromkeys(blamed))
