"""What several checks want to know of a history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chaosmod.checks.builds import differences, fingerprint, some
from chaosmod.diagnose.matcher import NO_MESSAGE, Diagnosis, diagnose
from chaosmod.history import (
    BuildMeasured,
    CaseStarted,
    CommandFinished,
    ConnectionSeen,
    DnsAnswered,
    History,
    ModCacheCompared,
    Outcome,
    Phase,
    RequestServed,
)

__all__ = ["Provoked", "case_of", "happened_in", "provoked"]


def case_of(history: History) -> CaseStarted | None:
    """How the case was declared."""
    return history.last(CaseStarted)


def happened_in(history: History, event: RequestServed | DnsAnswered | ConnectionSeen) -> Phase:
    """The phase whose command caused ``event``.

    Not always that of the event: a stalled request is recorded when it ends, which is after its command was stopped.
    """
    command = history.last(CommandFinished, n=event.invocation) if event.invocation else None
    return command.phase if command is not None else event.phase


@dataclass(frozen=True, slots=True)
class Provoked:
    """What came of the provoke commands, before any recovery."""

    outcome: Outcome
    wrong: str = ""
    """Why the result was wrong although the commands succeeded; empty where it was right or not measured."""
    diagnosis: Diagnosis | None = None
    """What the failed commands said; None where they succeeded, or said nothing that is known."""
    built: bool = False
    """Whether the workspace was seen to build right after provoke, which may fetch less than a build needs."""

    @property
    def right(self) -> bool:
        """Whether provoke succeeded, and not with a wrong result."""
        return self.outcome == "ok" and not self.wrong

    @property
    def worked(self) -> bool:
        """Whether there was a right build before the recovery."""
        return self.right and self.built


def provoked(history: History) -> Provoked | None:
    """The outcome of provoke: hung if any command hung, else failed if any failed. None where none was run."""
    commands = [c for c in history.of(CommandFinished, purpose="provoke") if c.phase == "provoke"]
    if not commands:
        return None
    outcomes = {c.outcome for c in commands}
    if outcomes == {"ok"}:
        build = history.last(BuildMeasured, when="provoked")
        if build is not None and build.outcome != "ok" and (hidden := _hidden(commands)):
            return Provoked("ok", hidden)
        return Provoked("ok", _wrong(history), built=build is not None and build.outcome == "ok")
    bad = [c for c in commands if c.outcome != "ok"]
    outcome: Outcome = "hung" if "hung" in outcomes else "failed"
    found = diagnose(text for c in bad for text in (c.stderr, c.stdout))
    if found is None and outcome == "hung":
        found = NO_MESSAGE
    return Provoked(outcome, diagnosis=found)


def _hidden(commands: Iterable[CommandFinished]) -> str:
    """What a command printed that failed within one that succeeded, as in ``go build | tee build.log``; else empty.

    Only to be asked where the workspace does not build afterwards: Go also tells of what it got over.
    """
    found = diagnose(text for c in commands for text in (c.stderr, c.stdout))
    return f"what it left does not build, and it printed ({found.name}): {found.text}" if found is not None else ""


def _wrong(history: History) -> str:
    steady, after = fingerprint(history, "steady"), fingerprint(history, "provoked")
    if steady is not None and after is not None and (differing := differences(steady, after)):
        return f"the build was not the steady-state build: {some(differing)}"
    cache = history.last(ModCacheCompared, when="provoked")
    if cache is not None and (fresh := [f"{e.path} {e.problem}" for e in cache.bad if not e.injected]):
        return f"the module cache had taken in a bad entry: {some(fresh)}"
    return ""
