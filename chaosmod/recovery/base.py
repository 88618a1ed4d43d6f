"""The contract of a recovery: a generator of steps that says what to do and is told what came of it.

A recovery does nothing itself. It yields steps (run a command, change a setting, try again); the engine carries each
out in the lab and sends back a :class:`Result`. So a recovery is tested by driving its generator, and the same recovery
works in every runner.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from chaosmod.entry import Entry
from chaosmod.history import Outcome
from chaosmod.registry import Registry

__all__ = ["RECOVERIES", "Change", "Client", "Provoke", "Recovery", "Result", "Run", "SetEnv", "Step", "Steps", "Wait"]

Change: TypeAlias = Literal["go.mod", "go.sum", "go.work", "vendor", "sources"]
"""What of a workspace a recovery may declare to change."""


@dataclass(frozen=True, slots=True)
class Run:
    """Run a command in the workspace: an argument vector, or one string for ``sh -c``."""

    command: tuple[str, ...] | str
    timeout: float | None = None
    """Seconds; None for the scenario's own limit."""


@dataclass(frozen=True, slots=True)
class SetEnv:
    """From now on, for every later command of the case, ``name`` has ``value`` (None: unset)."""

    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Provoke:
    """Run the scenario's provoke commands again."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass, in seconds."""

    seconds: float


Step: TypeAlias = Run | SetEnv | Provoke | Wait


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a step. ``SetEnv`` and ``Wait`` are always ``ok``."""

    outcome: Outcome = "ok"
    exit: int | None = 0
    stdout: str = ""
    stderr: str = ""


@dataclass(frozen=True, slots=True)
class Client:
    """What a recovery may know of the client that it repairs."""

    environment: Mapping[str, str] = field(default_factory=dict)
    """The effective Go settings, as ``go env`` reports them."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Host role -> what a user would write in GOPROXY for it (``https://host``)."""
    modules: Mapping[str, str] = field(default_factory=dict)
    """Module role -> ``path@version``."""
    packages: tuple[str, ...] = ("./...",)
    """The package patterns that cover the workspace."""
    failed: tuple[str, ...] = ()
    """``path@version`` of the modules that Go's messages blamed, most recent first."""


Steps: TypeAlias = Generator[Step, Result, None]


class Recovery(Entry):
    """Base of all recoveries."""

    name: ClassVar[str]
    """The word in the scenario file."""
    unsafe: ClassVar[bool] = False
    """True for folk remedies that switch a protection off: listed so that their verdict is on record."""
    changes: frozenset[Change] = frozenset()
    """Workspace files that the recovery may change."""

    def steps(self, client: Client) -> Steps:
        """Yield what to do, one step at a time; ends when there is nothing more to try."""
        raise NotImplementedError


RECOVERIES: Registry[Recovery] = Registry("chaosmod.recovery", "name")
"""All recoveries by name."""
