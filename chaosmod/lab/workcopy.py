"""Copying a workspace: what is copied, its identity, and what becomes of links.

The copy is where faults and recoveries are let loose, so nothing in it may lead back: a link that stays within what is
copied stays a link (made relative); a link to a file elsewhere becomes that file; a link to a folder elsewhere is left
out, because what is written beneath it would be written to the original.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chaosmod.errors import LabError, WorkspaceError
from chaosmod.lab.trees import copy_file, hash_file

__all__ = ["EXCLUDED", "MAX_BYTES", "MAX_FILES", "Entry", "Part", "Plan", "plan"]

EXCLUDED = frozenset({".git", ".hg", ".svn", ".bzr", ".jj", ".chaosmod", "node_modules"})
"""Names that are never copied: histories, chaosmod's own runs, and what Go does not look into."""

MAX_BYTES = 2 << 30
MAX_FILES = 400_000


@dataclass(frozen=True, slots=True)
class Part:
    """A folder (or one file) that is copied."""

    source: Path
    """Its real path."""
    dest: str
    """Relative to the copy, with slashes; ``.`` for the copy itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, folder or link of a copy. What has vanished since we looked is no part of it: as if we had looked later."""

    dest: str
    """Relative to the copy, with slashes; ``.`` for the copy itself."""
    source: Path
    mode: int
    size: int
    link: str = ""
    """What a link in the copy says; empty for files and folders."""

    def write(self, target: Path) -> None:
        """Make it at ``target``. Raises WorkspaceError where it can no longer be read, OSError of ``target``."""
        target.parent.mkdir(parents=True, exist_ok=True)
        if self.link:
            target.symlink_to(self.link)
        elif stat.S_ISDIR(self.mode):
            target.mkdir(exist_ok=True)
            target.chmod(stat.S_IMODE(self.mode) | 0o700)
        elif self.there():
            try:
                copy_file(self.source, target)
                target.chmod(stat.S_IMODE(self.mode) | 0o600)
            except FileNotFoundError:
                if self.there():
                    raise

    def identity(self) -> str | None:
        """What tells it from another one of its name: content and execute bits. Raises WorkspaceError."""
        if self.link:
            return f"link:{self.link}"
        if stat.S_ISDIR(self.mode):
            return "dir"
        try:
            return f"{self.mode & 0o111:o}:{hash_file(self.source)}" if self.there() else None
        except FileNotFoundError:
            return None
        except OSError as e:
            raise WorkspaceError(f"{self.source} cannot be read: {e.strerror}") from e

    def there(self) -> bool:
        """Whether the file has not vanished. Raises WorkspaceError where it is there, but closed to us."""
        if os.access(self.source, os.R_OK):
            return True
        if os.path.lexists(self.source):
            raise WorkspaceError(f"{self.source} cannot be read: make it readable, or move it out of the project")
        return False


@dataclass(frozen=True)
class Plan:
    """All that is copied, as it was when we looked."""

    entries: tuple[Entry, ...]
    left_out: tuple[str, ...]
    """What is not copied though not excluded, with the reason."""
    size: int = field(default=0)
    """Bytes."""

    def write(self, dest: Path) -> None:
        """Make the copy in ``dest``, which is missing or empty. Modes are kept, but all can be written by the owner.

        Raises WorkspaceError where something can no longer be read, LabError where the copy cannot be written.
        """
        try:
            dest.mkdir(parents=True, exist_ok=True)
            for entry in self.entries:
                entry.write(dest / entry.dest)
        except OSError as e:
            raise LabError(f"the workspace cannot be copied to {dest}: {e}") from e

    def digest(self) -> str:
        """The identity of what is copied, as hex: names, contents, links and execute bits. Raises WorkspaceError."""
        total = hashlib.sha256()
        for entry in sorted(self.entries, key=lambda e: e.dest):
            what = entry.identity()
            if what is not None:
                total.update(f"{entry.dest}\0{what}\0".encode(errors="surrogateescape"))
        return total.hexdigest()


def plan(parts: Sequence[Part]) -> Plan:
    """Look at all that ``parts`` hold. Raises WorkspaceError where something cannot be read, or where it is too much."""
    planner = _Planner(parts)
    for part in parts:
        planner.part(part)
    return Plan(tuple(planner.entries), tuple(planner.left_out), planner.size)


class _Planner:
    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self.entries: list[Entry] = []
        self.left_out: list[str] = []
        self.size = 0

    def part(self, part: Part) -> None:
        try:
            if os.path.isdir(part.source):
                self._folder(part.source, part.dest)
            else:
                self._file(part.source, part.dest, part.source.stat())
        except FileNotFoundError as e:
            raise WorkspaceError(f"{part.source} has gone while we looked at it") from e

    def _folder(self, source: Path, dest: str) -> None:
        self._add(Entry(dest, source, source.stat().st_mode, 0))
        for entry in self._listing(source):
            name = entry.name if dest == "." else f"{dest}/{entry.name}"
            with contextlib.suppress(FileNotFoundError):  # an editor's or a tool's own file, gone since it was listed
                self._entry(entry, name)

    def _entry(self, entry: os.DirEntry[str], name: str) -> None:
        path = Path(entry.path)
        if entry.is_symlink():
            self._link(path, name)
        elif entry.is_dir():
            self._folder(path, name)
        elif entry.is_file():
            self._file(path, name, entry.stat())
        else:
            self.left_out.append(f"{path}: neither a file nor a folder")

    @staticmethod
    def _listing(source: Path) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(source) as entries:
                listed = sorted(entries, key=lambda e: e.name)
        except FileNotFoundError:
            raise
        except OSError as e:
            raise WorkspaceError(f"{source} cannot be read: {e.strerror}; Go would stop there as well") from e
        return (e for e in listed if e.name not in EXCLUDED)

    def _file(self, source: Path, dest: str, info: os.stat_result) -> None:
        entry = Entry(dest, source, info.st_mode, info.st_size)
        if entry.there():
            self._add(entry)

    def _link(self, path: Path, dest: str) -> None:
        real = Path(os.path.realpath(path))
        inside = self._inside(real)
        try:
            info = real.stat()
        except OSError:  # leads nowhere, or in a circle
            if inside is None:
                self.left_out.append(f"{path}: a link that leads out of the project, to nothing")
                return
        else:
            if inside is None and stat.S_ISREG(info.st_mode):
                self._file(real, dest, info)
                return
            if inside is None:
                self.left_out.append(f"{path}: a link that leads out of the project")
                return
        text = os.path.relpath(inside, os.path.dirname(dest) or ".")
        self._add(Entry(dest, path, path.lstat().st_mode, 0, link=text))

    def _inside(self, real: Path) -> str | None:
        """Where the copy has ``real``; None where it does not."""
        for part in self._parts:
            if real.is_relative_to(part.source):
                relative = real.relative_to(part.source)
                if EXCLUDED.isdisjoint(relative.parts):
                    return os.path.normpath(os.path.join(part.dest, relative))
        return None

    def _add(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.size += entry.size
        if self.size > MAX_BYTES or len(self.entries) > MAX_FILES:
            raise WorkspaceError(
                f"the workspace is too much to copy for every case: more than {MAX_BYTES >> 20} MiB or {MAX_FILES} files "
                f"(we are at {entry.source}). Name the folder of one module, or keep data and build results outside"
            )
