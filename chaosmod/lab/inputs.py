"""Which files of a workspace a build can depend on: what tells one steady state from another.

More than :func:`~chaosmod.lab.sources.relevant_files`, which says what Go reads as a rule and whose loss is harm: here
whatever Go could be led to read counts, since a file that is missed is a build that is not made anew. What is left out
(reports, caches of other tools, scenarios) has a name that Go does not look for and that nothing Go reads speaks of.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from chaosmod.lab import workcopy
from chaosmod.lab.sources import SUFFIXES, embedded
from chaosmod.lab.workcopy import Entry, Part

__all__ = ["build_inputs", "digest"]

_SUFFIXES = SUFFIXES | {".mod", ".sum", ".work", ".pgo", ".a", ".o", ".so", ".dylib", ".dll", ".lib", ".pc"}
"""Sources, files of modules (also those of -modfile), profiles (default.pgo is found by its name), what cgo links."""

_IMPORTED = re.compile(r"""/([._][^/"`\s]*)(?=[/"`])""")
"""Folders in import paths that patterns such as ``./...`` pass over, but not an import that names them."""

_CGO = re.compile(r"""["`]C["`]""")
_WORD = re.compile(r"""[^\s"'`<>()/\\:;,=]+""")


def build_inputs(root: Path, folders: Sequence[str] = (".",), settings: str = "") -> dict[str, str]:
    """The files below ``root`` that a build can depend on: path (relative, with slashes) -> what identifies it.

    They are those that Go finds by name, all of vendor/, what ``//go:embed`` lines name, and any file whose name stands
    in a C or assembly source, in a Go file that uses cgo, or in ``settings`` (the values of GOFLAGS and the like, for
    ``-overlay`` and such). Folders named ``.x`` and ``_x`` count only where an import or a link leads into one.
    ``folders`` are those of the workspace's modules, relative to ``root``. Raises WorkspaceError where something cannot
    be read; what vanishes meanwhile does not count.
    """
    search = _Search(root, folders, settings)
    left = list(workcopy.plan([Part(root, ".")]).entries)
    found: dict[str, str] = {}
    while fresh := [e for e in left if search.wants(e)]:  # a file can lead to others
        taken = {e.dest for e in fresh}
        left = [e for e in left if e.dest not in taken]
        for entry in fresh:
            if (value := entry.identity()) is not None:
                found[entry.dest] = value
                search.learn(entry)
    return found


def digest(root: Path, folders: Sequence[str] = (".",), settings: str = "") -> str:
    """The identity of all :func:`build_inputs`, as hex. Raises WorkspaceError."""
    found = build_inputs(root, folders, settings)
    return hashlib.sha256(repr(sorted(found.items())).encode(errors="surrogateescape")).hexdigest()


class _Search:
    """What has been learned of names from the files that count."""

    def __init__(self, root: Path, folders: Sequence[str], settings: str) -> None:
        self._root = root
        self._folders = sorted((PurePosixPath(f) for f in folders), key=lambda f: -len(f.parts))
        self._words = set(_WORD.findall(settings))
        self._entered: set[str] = set()
        self._embedded: set[str] = set()

    def wants(self, entry: Entry) -> bool:
        path = PurePosixPath(entry.dest)
        folder = stat.S_ISDIR(entry.mode)
        if entry.dest in self._embedded or (path.name in self._words and not folder):
            return True
        if any(part.startswith((".", "_")) and part not in self._entered for part in self._own(path).parts):
            return False
        if folder:
            return path.name == "vendor"  # Go asks whether it is there
        return bool(entry.link) or path.suffix in _SUFFIXES or "vendor" in path.parts

    def _own(self, path: PurePosixPath) -> PurePosixPath:
        """``path`` as seen from the module that it belongs to, whose own folder may have any name."""
        home = next((f for f in self._folders if path.is_relative_to(f)), None)
        return path.relative_to(home) if home is not None else path

    def learn(self, entry: Entry) -> None:
        if entry.link:
            self._entered.update(PurePosixPath(entry.link).parts)
            return
        if stat.S_ISDIR(entry.mode):
            return
        path = self._root / entry.dest
        go = path.suffix == ".go"
        if path.suffix in SUFFIXES or path.name in self._words:
            try:
                text = path.read_text(encoding="utf-8", errors="replace")
            except OSError:  # gone since it was hashed
                return
            self._entered.update(_IMPORTED.findall(text) if go else ())
            self._words.update(_WORD.findall(text) if not go or _CGO.search(text) else ())
        if go:
            self._embedded.update(f.relative_to(self._root).as_posix() for f in embedded(path))
