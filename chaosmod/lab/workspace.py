"""The Go project under test: what belongs to it, and how it is copied. The project itself is only ever read."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chaosmod.errors import WorkspaceError
from chaosmod.lab import workcopy
from chaosmod.lab.gomod import ModFile, Replace, read_mod, read_work
from chaosmod.lab.gorelease import Toolchain
from chaosmod.lab.sources import gosum_lines, relevant_files
from chaosmod.lab.workcopy import Part, Plan
from chaosmod.upstream.modpath import version_key

__all__ = ["Part", "Requirement", "Workspace", "gosum_lines", "relevant_files"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A module that the workspace requires, as it is asked for on the wire: replacements are already applied."""

    path: str
    version: str
    indirect: bool
    """Every go.mod of the workspace that names it says ``// indirect``."""


@dataclass(frozen=True)
class Workspace:
    """A Go project, as :meth:`open` found it. All relative paths are relative to the copy and have slashes."""

    root: Path
    """The real directory that the user named: where commands run, in the original."""
    main: str
    """The same in the copy; ``.`` but where folders beside it belong to the build."""
    layout: tuple[Part, ...]
    """What is copied, and to where."""
    modules: tuple[str, ...]
    """Paths of the main modules."""
    folders: tuple[str, ...]
    """Folders, in the copy, of the modules that Go reads there: the main modules and local replacements."""
    requirements: tuple[Requirement, ...]
    """By path. For a go.work the union, with the highest version; local replacements are not among them."""
    packages: tuple[str, ...]
    """Package patterns that cover the workspace, for commands that run in ``main``."""
    work_file: str
    """The go.work in the copy; empty where there is none."""
    has_vendor: bool
    """Whether Go would build from vendor/."""
    in_place: tuple[Path, ...]
    """Replacements by absolute path: not copied, Go reads them where they are."""

    @classmethod
    def open(cls, spec: str, base: Path, go: Toolchain) -> Workspace:
        """The project in the directory ``spec`` (relative to ``base``), as ``go`` reads it.

        Raises WorkspaceError where there is no go.mod or go.work, where a file cannot be read or has a mistake, where
        the project is for a newer Go, and where it is too large to be copied for every case.
        """
        root = (base / Path(spec).expanduser()).absolute()
        if not os.path.isdir(root):
            problem = "is a file: name its folder" if os.path.exists(root) else "does not exist, or is closed to us"
            raise WorkspaceError(f"workspace {spec}: {root} {problem}")
        workspace = _Analysis(Path(os.path.realpath(root)), go).workspace()
        workspace.plan  # noqa: B018 - what cannot be copied is better known before anything has been built
        return workspace

    @functools.cached_property
    def plan(self) -> Plan:
        """All that is copied."""
        return workcopy.plan(self.layout)

    def copy_to(self, dest: Path) -> Path:
        """Copy to ``dest`` (missing or empty) and return the directory in it where commands run.

        Without version-control folders, ``.chaosmod`` and ``node_modules``; see :mod:`chaosmod.lab.workcopy` for links.
        Raises WorkspaceError where something can no longer be read, LabError where the copy cannot be written.
        """
        self.plan.write(dest)
        return dest / self.main


class _Analysis:
    """How a directory becomes a Workspace. ``_root`` is real; all other paths are as files write them, made absolute."""

    def __init__(self, root: Path, go: Toolchain) -> None:
        self._root = root
        self._go = go
        self._replaces: list[Replace] = []
        self._local: dict[Path, None] = {}
        self._in_place: dict[Path, None] = {}

    def workspace(self) -> Workspace:
        work = self._work_file()
        if work is None:
            if not os.path.lexists(self._root / "go.mod"):
                raise WorkspaceError(f"{self._root} has no go.mod or go.work{self._hint()}")
            mains = [self._root]
        else:
            mains = self._uses(work)
        files = [read_mod(folder / "go.mod", self._go) for folder in mains]
        if work is not None:
            self._replace(work.parent, read_work(work, self._go).replaces)
        for folder, file in zip(mains, files, strict=True):
            self._replace(folder, file.replaces)
        layout, top = _lay_out(self._pieces(work, mains))
        home = work.parent if work is not None else self._root
        return Workspace(
            root=self._root,
            main=_relative(self._root, top),
            layout=layout,
            modules=tuple(f.module for f in files),
            folders=tuple(_relative(f, top) for f in dict.fromkeys((*mains, *self._local))),
            requirements=_requirements(files, self._replaces),
            packages=self._packages(work, mains),
            work_file=_relative(work, top) if work is not None else "",
            has_vendor=os.path.isfile(home / "vendor" / "modules.txt"),
            in_place=tuple(self._in_place),
        )

    def _work_file(self) -> Path | None:
        """The go.work that Go finds for the root: the nearest upwards, if the root is one of its modules."""
        for folder in (self._root, *self._root.parents):
            work = folder / "go.work"
            if os.path.isfile(work):
                used = (_absolute(folder, use) for use in read_work(work, self._go).uses)
                return work if folder == self._root or self._root in used else None
        return None

    def _uses(self, work: Path) -> list[Path]:
        """The folders of a go.work's modules."""
        uses = read_work(work, self._go).uses
        if not uses:
            raise WorkspaceError(f"{work} uses no module")
        for use in uses:
            if os.path.isabs(use):
                raise WorkspaceError(f"{work} uses {use}, an absolute path, which cannot be copied: write it relative")
            if not os.path.isfile(work.parent / use / "go.mod"):
                raise WorkspaceError(f"{work} uses {use}, and there is no go.mod in it")
        return [_absolute(work.parent, use) for use in uses]

    def _replace(self, folder: Path, replaces: Iterable[Replace]) -> None:
        self._replaces += replaces
        for new in (r.new for r in replaces if r.folder):
            target = _absolute(folder, new)
            if not os.path.isdir(target):  # Path.is_dir raises where a folder on the way is closed to us
                continue  # Go minds only where the build needs it, and then says so itself
            if os.path.isabs(new):
                self._in_place[target] = None
                continue
            if os.path.isfile(target / "go.mod"):
                read_mod(target / "go.mod", self._go)  # for its mistakes, and for its go line
            self._local[target] = None

    def _pieces(self, work: Path | None, mains: Sequence[Path]) -> list[Path]:
        pieces = [self._root, *mains, *self._local]
        if work is not None and work.parent != self._root:  # of a larger repository we take what Go reads, not all
            pieces += [p for n in ("go.work", "go.work.sum", "vendor") if os.path.exists(p := work.parent / n)]
        return pieces

    def _packages(self, work: Path | None, mains: Sequence[Path]) -> tuple[str, ...]:
        if work is None or work.parent != self._root:
            return ("./...",)
        relative = (_relative(folder, self._root) for folder in mains)
        return tuple("./..." if r == "." else f"{r}/..." if r.startswith("..") else f"./{r}/..." for r in relative)

    def _hint(self) -> str:
        for folder in self._root.parents:
            if os.path.isfile(folder / "go.mod"):
                return f": the module's root is {folder}"
        return ""


def _lay_out(pieces: Iterable[Path]) -> tuple[tuple[Part, ...], Path]:
    """The parts to copy, none twice, and the folder that all their destinations are relative to."""
    chosen: dict[Path, Path] = {}
    for piece in sorted(dict.fromkeys(pieces), key=lambda p: len(p.parts)):
        real = Path(os.path.realpath(piece))
        above = any(piece.is_relative_to(p) for p in chosen)
        if not (above and any(real.is_relative_to(r) for r in chosen.values())):
            chosen[piece] = real
    folders = [p if os.path.isdir(p) else p.parent for p in chosen]
    top = Path(os.path.commonpath(folders))
    return tuple(Part(real, _relative(piece, top)) for piece, real in chosen.items()), top


def _requirements(files: Iterable[ModFile], replaces: Iterable[Replace]) -> tuple[Requirement, ...]:
    mains = {f.module for f in files}
    rules = {
        (r.old, r.old_version): r for r in reversed(list(replaces))
    }  # the first one counts: go.work's before others
    found: dict[str, Requirement] = {}
    for require in (r for f in files for r in f.requires if r.path not in mains):
        rule = rules.get((require.path, require.version)) or rules.get((require.path, ""))
        if rule is not None and rule.folder:
            continue
        path, version = (rule.new, rule.new_version) if rule else (require.path, require.version)
        one = Requirement(path, version, require.indirect)
        if (other := found.get(path)) is not None:
            highest = max(one, other, key=lambda r: version_key(r.version))
            one = dataclasses.replace(highest, indirect=one.indirect and other.indirect)
        found[path] = one
    return tuple(found[path] for path in sorted(found))


def _absolute(folder: Path, path: str) -> Path:
    return Path(os.path.normpath(folder / path))


def _relative(path: Path, top: Path) -> str:
    return Path(os.path.relpath(path, top)).as_posix()
