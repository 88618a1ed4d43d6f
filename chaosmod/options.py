"""The options of a run: one table for pytest's ``--chaos-…`` flags, their ini twins, and the ``chaosmod run`` command."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

__all__ = ["OPTIONS", "RUNS", "Option", "Options"]

RUNS = os.path.join(".chaosmod", "runs")
"""Where runs are kept, by default, relative to the project."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option. As a flag of pytest it is ``--chaos-NAME``, in an ini file ``chaos_NAME``."""

    name: str
    """Without its prefix; empty for ``--chaos`` itself."""
    help: str
    metavar: str = ""
    kind: Literal["text", "number", "switch", "list"] = "text"
    choices: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """``--chaos-runner``."""
        return f"--chaos-{self.name}" if self.name else "--chaos"

    @property
    def ini(self) -> str:
        """``chaos_runner``, which is also where the parsed value is kept."""
        return f"chaos_{self.name}" if self.name else "chaos"

    @property
    def keywords(self) -> dict[str, Any]:
        """For ``add_argument``: what is not given is None."""
        common: dict[str, Any] = {"default": None, "help": self.help, "dest": self.ini}
        if self.kind == "switch":
            return {**common, "action": "store_true"}
        if self.kind == "list":
            return {**common, "action": "append", "metavar": self.metavar}
        if self.choices:
            return {**common, "choices": self.choices}
        return {**common, "metavar": self.metavar, **({"type": int} if self.kind == "number" else {})}


OPTIONS = (
    Option("", "Scenario file, or folder of scenarios, to run (repeatable)", "PATH", "list"),
    Option("runner", "Where Go runs (default: sandbox)", choices=("sandbox", "host")),
    Option("go", "Go release: 1.26, 1.26.8, '>=1.24', a GOROOT or all (repeatable)", "RELEASE", "list"),
    Option("workspace", "Go project to use in the place of each scenario's own", "DIR"),
    Option("upstream", "What serves modules: corpus, live or snapshot:DIR", "UPSTREAM"),
    Option("keep", "Keep the lab's directory of a case that does not pass", kind="switch"),
    Option("seed", "Seed of all random choices, in the place of each scenario's own", "N", "number"),
    Option("replay", "Take the decisions of this replay file again, in the case that it is of", "FILE"),
    Option("runs", f"Folder that keeps the histories of each run (default: {RUNS})", "DIR"),
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the options of a run come to, with relative paths resolved."""

    paths: tuple[str, ...] = ()
    """As given, with node ids."""
    runner: str = "sandbox"
    go: tuple[str, ...] = ()
    workspace: str | None = None
    upstream: str | None = None
    keep: bool = False
    seed: int | None = None
    replay: Path | None = None
    runs: Path = Path(RUNS)
    base: Path = field(default_factory=Path.cwd)

    @classmethod
    def of(cls, given: Mapping[str, Any], ini: Mapping[str, Any], base: Path, ini_base: Path) -> Options:
        """Flags over ini entries over defaults; both maps go by :attr:`Option.ini`, and an empty ini entry is none.

        Relative paths are relative to ``base`` in a flag and to ``ini_base`` in an ini file. Raises ValueError where an
        ini entry has no meaning.
        """
        runner = given["chaos_runner"] or ini["chaos_runner"] or "sandbox"
        choices = next(o.choices for o in OPTIONS if o.name == "runner")
        if runner not in choices:
            raise ValueError(f"chaos_runner = {runner}: choose from {', '.join(choices)}")
        seed = given["chaos_seed"]
        if seed is None and ini["chaos_seed"]:
            if not str(ini["chaos_seed"]).isdecimal():
                raise ValueError(f"chaos_seed = {ini['chaos_seed']}: write a whole number")
            seed = int(ini["chaos_seed"])
        return cls(
            paths=tuple(given["chaos"] or [_join(ini_base, p) for p in ini["chaos"]]),
            runner=runner,
            go=tuple(given["chaos_go"] or [_join(ini_base, v) if _is_path(v) else v for v in ini["chaos_go"]]),
            workspace=_workspace(given["chaos_workspace"], base) or _workspace(ini["chaos_workspace"], ini_base),
            upstream=_upstream(given["chaos_upstream"], base) or _upstream(ini["chaos_upstream"], ini_base),
            keep=bool(given["chaos_keep"] or ini["chaos_keep"]),
            seed=seed,
            replay=base / given["chaos_replay"] if given["chaos_replay"] else _path(ini["chaos_replay"], ini_base),
            runs=base / given["chaos_runs"] if given["chaos_runs"] else ini_base / (ini["chaos_runs"] or RUNS),
            base=base,
        )


def flags(given: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """The flags among ``names`` that were given, as they are written on a command line of pytest."""
    written: list[str] = []
    for option in OPTIONS:
        value = given[option.ini]
        if option.name not in names or value is None or value is False:
            continue
        if option.kind == "switch":
            written.append(option.flag)
        else:
            written += [f"{option.flag}={v}" for v in (value if option.kind == "list" else [value])]
    return written


def _join(base: Path, path: str | Path) -> str:
    return os.path.join(base, os.path.expanduser(path))


def _path(value: str | None, base: Path) -> Path | None:
    return base / value if value else None


def _is_path(value: str) -> bool:
    return os.sep in value or value.startswith((".", "~"))


def _workspace(value: str | None, base: Path) -> str | None:
    if not value or value.startswith("corpus:"):
        return value or None
    return _join(base, value)


def _upstream(value: str | None, base: Path) -> str | None:
    kind, colon, folder = (value or "").partition(":")
    return f"{kind}:{_join(base, folder)}" if kind == "snapshot" and colon and folder else value or None
