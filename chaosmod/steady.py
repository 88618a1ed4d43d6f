"""The steady state: what a healthy world builds, computed once for (toolchain, workspace, upstream, posture).

It is kept on disk with the caches that it leaves behind, which serve warm cases as read-only lower layers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaosmod import __version__
from chaosmod.history import BuildMeasured, EnvironmentRead, Event, FilesMeasured, from_json, to_json

__all__ = ["Steady", "key_of", "lacking", "roles_of"]

_FORMAT = "8"
"""Raised whenever what is kept on disk changes its meaning."""


def key_of(*parts: object) -> str:
    """A short name for everything that ``parts`` say, stable between runs."""
    text = json.dumps([_FORMAT, __version__, *parts], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Steady:
    """A steady state on disk."""

    directory: Path
    std: Path
    """The build cache of the standard library, as the parent of GOCACHE."""
    build: BuildMeasured
    files: FilesMeasured
    settings: EnvironmentRead
    zips: tuple[str, ...]
    """``path@version`` of every module whose zip the build asked for."""
    seconds: float
    """How long the healthy build took, downloads included."""
    records: tuple[str, ...]
    """The checksum database's records, in the order of its tree: a case's database goes on from them."""

    @property
    def gopath(self) -> Path:
        """The warm module cache, as GOPATH."""
        return self.directory / "gopath"

    @property
    def cache(self) -> Path:
        """The warm build cache without the standard library, as the parent of GOCACHE."""
        return self.directory / "cache"

    def limit(self, declared: float) -> float:
        """The time limit of a command, in seconds: ``declared``, or longer where even the healthy build needs longer.

        A scenario's limit is chosen for its own workspace; over a large project a build is not hung that is compiling.
        """
        return max(declared, 3 * self.seconds)

    @property
    def events(self) -> tuple[Event, ...]:
        """What belongs at the head of each case's history."""
        return self.build, self.files, self.settings

    def save(self) -> None:
        """Write the facts beside the caches."""
        facts: dict[str, Any] = {
            "std": self.std.name,
            "events": [to_json(e) for e in (self.build, self.files, self.settings)],
            "zips": self.zips,
            "seconds": self.seconds,
            "records": self.records,
        }
        (self.directory / "steady.json").write_text(json.dumps(facts), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path, std_root: Path) -> Steady | None:
        """The steady state in ``directory``; None where there is none, or its standard library is gone."""
        try:
            facts = json.loads((directory / "steady.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        std = std_root / facts["std"]
        if not std.is_dir():
            return None
        build, files, settings = (from_json(line) for line in facts["events"])
        assert isinstance(build, BuildMeasured)
        assert isinstance(files, FilesMeasured)
        assert isinstance(settings, EnvironmentRead)
        return cls(
            directory, std, build, files, settings, tuple(facts["zips"]), facts["seconds"], tuple(facts["records"])
        )


def roles_of(requirements: Sequence[Any], zips: Sequence[str]) -> Mapping[str, str]:
    """Module role -> ``path@version``: the requirements whose zip the steady state asked for, sorted by path.

    ``{direct}`` is ``{direct:1}``. ``requirements`` have ``path`` and ``indirect``; the version is the one asked for.
    """
    asked = dict(sorted(z.rsplit("@", 1) for z in zips))
    roles: dict[str, str] = {}
    for word, indirect in (("direct", False), ("indirect", True)):
        paths = sorted({r.path for r in requirements if r.indirect is indirect and r.path in asked})
        for n, path in enumerate(paths, 1):
            roles[f"{{{word}:{n}}}"] = f"{path}@{asked[path]}"
        if paths:
            roles[f"{{{word}}}"] = roles[f"{{{word}:1}}"]
    return roles


def lacking(role: str, requirements: Sequence[Any], zips: Sequence[str], vendored: bool) -> str:
    """Why the workspace has no module for ``role`` (``{direct}``, ``{indirect:2}`` …), which :func:`roles_of` lacks."""
    kind = role[1:-1].partition(":")[0]
    paths = sorted(r.path for r in requirements if r.indirect is (kind == "indirect"))
    asked = {z.rsplit("@", 1)[0] for z in zips}
    used = sum(path in asked for path in paths)
    if not paths:
        return f"it has no {kind} requirement"
    if vendored and not zips:
        return "Go builds it from vendor/, and asks no proxy for its modules"
    if used:
        return f"its build needs only {used} of its {kind} requirements"
    named = ", ".join(paths[:3]) + (" …" if len(paths) > 3 else "")
    return f"its build needs no {kind} requirement; only tests, or builds for other platforms, need {named}"
