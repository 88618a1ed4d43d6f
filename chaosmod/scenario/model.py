"""The model of a scenario: frozen, typed, and the one source of the JSON Schema.

Values arrive as strings (see ``document.py``). What needs the registries of faults and recoveries, and so cannot be said
by a field, is decoded by ``loader.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from chaosmod.faults.base import Fault
from chaosmod.faults.match import Match, ModulePattern
from chaosmod.faults.schedule import Duration, Schedule
from chaosmod.recovery.base import Change, Recovery
from chaosmod.scenario import fields
from chaosmod.scenario.conditional import Conditional, Term, parse_constraint
from chaosmod.scenario.words import module_roles

__all__ = [
    "Cache",
    "DeclaredFault",
    "DeclaredRecovery",
    "Expect",
    "FaultFrame",
    "Provoke",
    "RecoveryFrame",
    "Scenario",
    "Within",
    "default_upstream",
]

Verdict = Literal["survived", "restored", "altered", "weakened", "not-restored", "inconsistent", "harmed"]
Outcome = Literal["ok", "failed", "hung"]
Limit = Annotated[Duration, AfterValidator(fields.positive)]

DEFAULT_COMMANDS = ("go mod download", "go build {packages}")
"""What provokes where a scenario does not say. ``{packages}`` are the patterns that cover the workspace."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class Cache(_Model):
    """The state of the module cache and build cache when the case begins."""

    kind: Literal["cold", "warm"] = "warm"
    without: fields.OneOrMore[ModulePattern] = Field((), alias="warm-without", description="warm but for these modules")

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"kind": value}
        if value is None or value == {}:
            raise ValueError("write cold, warm or {warm-without: [MODULE, …]}")
        return value


class Provoke(_Model):
    """The commands that meet the fault: ``run`` one after the other, then ``parallel`` all at once."""

    run: fields.Commands = Field((), description="commands, one after the other, each by sh -c")
    parallel: fields.Commands = Field((), description="commands that run at once, after those of run")
    timeout: Limit = Field(60.0, description="time limit of each command; past it the outcome is hung")
    changes: fields.OneOrMore[Change] = Field(
        (), description="workspace files that the commands change, as go get does"
    )

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        if isinstance(value, (str, list)):
            return {"run": value}
        if isinstance(value, dict) and "run" not in value and "parallel" not in value:
            return {"run": DEFAULT_COMMANDS, **value}
        return value

    @model_validator(mode="after")
    def _something(self) -> Provoke:
        if not self.run and not self.parallel:
            raise ValueError("provoke needs at least one command")
        return self


class Expect(_Model):
    """What provoke should come to, and the verdict of the case ``none``."""

    outcome: Conditional[Outcome] | None = Field(None, description="of provoke")
    diagnosis: Conditional[fields.Word] | None = Field(None, description="the failure's name, where provoke fails")
    verdict: Conditional[Verdict] = Field(description="of the case none: a plain second try")

    @model_validator(mode="after")
    def _agree(self) -> Expect:
        outcome = self.outcome.always if self.outcome else None
        if outcome == "ok" and self.diagnosis is not None:
            raise ValueError("a provoke that is expected to be ok has no diagnosis")
        if outcome in ("failed", "hung") and self.verdict.always == "survived":
            raise ValueError(f"a case survived only where provoke was ok, and {outcome} is expected of it")
        return self


class Within(_Model):
    """The budget of each case: of provoke, recovery and the verifying build together."""

    time: Limit | None = Field(None, description="wall-clock time")
    requests: int | None = Field(None, ge=0, le=1_000_000, description="requests on the wire")

    @model_validator(mode="after")
    def _something(self) -> Within:
        if self.time is None and self.requests is None:
            raise ValueError("write time, requests or both")
        return self


class FaultFrame(_Model):
    """What every declared fault has beside its kind."""

    id: fields.Word | None = Field(None, description="name in the history; default: the kind")
    match: Match = Field(default_factory=Match, description="which requests it may act on; default: all")
    schedule: Schedule = Field(default_factory=Schedule, description="when it acts; default: always")
    heals: Literal["never", "before-recovery"] = Field("never", description="when it ends")
    fires: Literal["provoke", "recovery", "any", "never"] = Field(
        "provoke", description="when it must have acted, else the case is vacuous"
    )

    @model_validator(mode="after")
    def _possible(self) -> FaultFrame:
        if self.heals == "before-recovery" and self.fires == "recovery":
            raise ValueError("a fault that heals before the recovery cannot fire during it")
        return self


class DeclaredFault(FaultFrame):
    """A fault of a scenario."""

    id: str
    kind: str
    fault: Fault
    line: int = 0
    source: str = ""
    """The fault as it is written, on one line."""


class RecoveryFrame(_Model):
    """What every declared recovery has beside what it does."""

    name: fields.Word | None = Field(None, description="name of the case; default: the names of what it does")
    changes: fields.OneOrMore[Change] = Field((), description="workspace files that it may change")
    verdict: Conditional[Verdict] = Field(description="the verdict that is expected of the case")


class DeclaredRecovery(_Model):
    """A recovery of a scenario: one or several procedures, one after the other."""

    name: str
    do: tuple[Recovery, ...]
    changes: frozenset[Change] = frozenset()
    """All that may change: what the procedures declare themselves, and what the scenario adds."""
    verdict: Conditional[Verdict]
    line: int = 0
    source: str = ""
    """The recovery as it is written, on one line."""


class Scenario(_Model):
    """A whole scenario file."""

    also: ClassVar[tuple[str, ...]] = ("posture",)
    """Keys of the file that become fields of another name: ``posture`` is one of ``postures``, called ``default``."""

    name: fields.Word = Field(alias="scenario", description="name, unique in its folder")
    title: fields.Line = Field("", description="one sentence; default: the name")
    severity: Literal["P0", "P1", "P2", "P3"] = Field("P2", description="P0 is the worst")
    tags: fields.OneOrMore[fields.Word] = Field((), description="become pytest markers")
    needs: fields.OneOrMore[fields.Need] = Field((), description="skipped, with the reason, where one is not to be had")
    go: Annotated[str, AfterValidator(fields.constraint)] | None = Field(
        None, description="the Go releases that it is about: '>= 1.22, < 1.26'", examples=[">= 1.24", "1.26"]
    )
    workspace: fields.Line = Field("corpus:app", min_length=1, description="corpus:NAME, or a path to a Go project")
    upstream: Annotated[str, AfterValidator(fields.upstream)] | None = Field(
        None,
        description="corpus, live or snapshot:DIR; default: corpus for workspaces of the corpus, live for others",
        examples=["corpus", "live", "snapshot:./modcache"],
    )
    postures: Mapping[fields.Word, Mapping[fields.Setting, fields.SettingValue]] = Field(
        default_factory=lambda: {"default": {}}, min_length=1, description="several client configurations, by name"
    )
    cache: Cache = Field(Cache(kind="cold"), description="cold, warm, or warm but for some modules")
    home: Mapping[fields.SafePath, fields.HomeText] = Field(
        default_factory=dict, description="files in HOME, with what is in them"
    )
    faults: tuple[DeclaredFault, ...] = Field(min_length=1)
    provoke: Provoke = Field(default_factory=Provoke, description="the commands that meet the fault")
    expect: Expect
    recoveries: tuple[DeclaredRecovery, ...] = ()
    within: Within | None = None
    seed: int = Field(0, ge=0, lt=1 << 63, description="of every random choice")
    reference: fields.OneOrMore[fields.Line] = Field((), description="addresses or issues that motivate it")

    _file: Path | None = PrivateAttr(None)
    _text: str = PrivateAttr("")
    _lines: Mapping[str, int] = PrivateAttr(default_factory=dict)

    @property
    def file(self) -> Path | None:
        """Where it was read; None for a scenario that did not come from a file."""
        return self._file

    @property
    def text(self) -> str:
        """The file's text."""
        return self._text

    @property
    def lines(self) -> Mapping[str, int]:
        """Where each value is written: ``faults.0.match.host`` -> line, from 1."""
        return self._lines

    @property
    def constraint(self) -> tuple[Term, ...]:
        """What ``go`` demands of a toolchain."""
        return parse_constraint(self.go) if self.go is not None else ()

    @property
    def requires(self) -> tuple[str, ...]:
        """``needs``, with the module roles, the mirror and the abilities that the scenario uses without saying so."""
        words = list(self.needs)
        for fault in self.faults:
            words += [role for pattern in fault.match.module or () for role in module_roles(pattern)]
            words += [host for host in fault.match.host or () if host in ("mirror", "vcs")]
            words += sorted(fault.fault.needs)
        for text in (*self.cache.without, *self.provoke.run, *self.provoke.parallel):
            words += module_roles(text)
        if any("{mirror}" in value for posture in self.postures.values() for value in posture.values()):
            words.append("mirror")
        return tuple(dict.fromkeys(words))


def default_upstream(workspace: str) -> str:
    """The upstream of a scenario that names none: the corpus where the workspace is of the corpus, else ``live``."""
    return "corpus" if workspace.startswith("corpus:") else "live"
