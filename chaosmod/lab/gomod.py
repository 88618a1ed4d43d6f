"""What go.mod and go.work files say, as the real ``go`` reads them (``go mod edit -json``, ``go work edit -json``).

Both commands only parse and print: they load no module, ask no network and write nothing.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaosmod.errors import WorkspaceError
from chaosmod.lab import goversion
from chaosmod.lab.gorelease import GoError, Toolchain

__all__ = ["ModFile", "NewerGoError", "Replace", "Require", "WorkFile", "read_mod", "read_work"]

_GO_LINE = re.compile(r"^go[ \t]+(\d\S*)", re.MULTILINE)


class NewerGoError(WorkspaceError):
    """A file is for a newer Go than the release that was to read it."""

    def __init__(self, file: Path, line: str, release: str) -> None:
        """``line``: what its ``go`` line says; ``release``: the version that read it."""
        self.needs = f"{file} is for Go {line} or newer"
        super().__init__(
            f"{self.needs}, and this is Go {release}: choose another release "
            f"(--chaos-go='>={line}'), or lower the file's go line"
        )


@dataclass(frozen=True, slots=True)
class Require:
    """A requirement as a go.mod writes it."""

    path: str
    version: str
    indirect: bool


@dataclass(frozen=True, slots=True)
class Replace:
    """A replacement. ``old_version`` is empty where it is for all versions, ``new_version`` where ``new`` is a folder."""

    old: str
    old_version: str
    new: str
    new_version: str

    @property
    def folder(self) -> bool:
        """Whether the replacement is a folder (cmd/go: a path without a version is one)."""
        return not self.new_version


@dataclass(frozen=True, slots=True)
class ModFile:
    """A go.mod."""

    module: str
    requires: tuple[Require, ...]
    replaces: tuple[Replace, ...]


@dataclass(frozen=True, slots=True)
class WorkFile:
    """A go.work."""

    uses: tuple[str, ...]
    """Folders, relative to the go.work, as written."""
    replaces: tuple[Replace, ...]


def read_mod(file: Path, go: Toolchain) -> ModFile:
    """Parse a go.mod. Raises WorkspaceError: unreadable, a mistake (in Go's own words), or for a newer Go than ``go``."""
    data = _read(file, "mod", go)
    if not data["Module"]["Path"]:
        raise WorkspaceError(f"{file} has no module line")
    requires = (Require(r["Path"], r["Version"], bool(r.get("Indirect"))) for r in data.get("Require") or ())
    return ModFile(data["Module"]["Path"], tuple(requires), _replaces(data))


def read_work(file: Path, go: Toolchain) -> WorkFile:
    """Parse a go.work. Raises WorkspaceError as :func:`read_mod`."""
    data = _read(file, "work", go)
    return WorkFile(tuple(u["DiskPath"] for u in data.get("Use") or ()), _replaces(data))


def _replaces(data: Mapping[str, Any]) -> tuple[Replace, ...]:
    return tuple(
        Replace(r["Old"]["Path"], r["Old"].get("Version", ""), r["New"]["Path"], r["New"].get("Version", ""))
        for r in data.get("Replace") or ()
    )


def _read(file: Path, kind: str, go: Toolchain) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as e:
        raise WorkspaceError(f"{file} cannot be read: {e.strerror}") from e
    _check_go_line(file, text, go)  # first: a newer file may also have words that this release does not know
    try:
        data: dict[str, Any] = json.loads(go.ask(kind, "edit", "-json", os.fspath(file)))
    except GoError as e:
        raise WorkspaceError(f"Go {go.version} cannot read {file}:\n{e}") from e
    return data


def _check_go_line(file: Path, text: str, go: Toolchain) -> None:
    """A release refuses files for newer ones; with GOTOOLCHAIN=local it does not fetch another instead."""
    if (found := _GO_LINE.search(text)) is None:
        return
    try:
        newer = goversion.newer(found[1], go.version)
    except ValueError:
        return  # no version at all: Go's own words are better
    if newer:
        raise NewerGoError(file, found[1], go.version)
