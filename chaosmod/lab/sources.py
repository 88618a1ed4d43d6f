"""Which files of a workspace Go reads: the user's work, that no fault or recovery may lose unnoticed.

The rules are those of go/build (``Context.ImportDir``), of package patterns (cmd/go/internal/modload/search.go) and of
``//go:embed`` (cmd/go/internal/load/pkg.go, ``resolveEmbed``).
"""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from chaosmod.lab.trees import hash_file

__all__ = ["SUFFIXES", "embedded", "gosum_files", "gosum_lines", "relevant_files"]

SUFFIXES = frozenset(
    [
        ".go",
        ".c",
        ".cc",
        ".cpp",
        ".cxx",
        ".m",
        ".h",
        ".hh",
        ".hpp",
        ".hxx",
        ".f",
        ".F",
        ".for",
        ".f90",
        ".s",
        ".S",
        ".sx",
        ".swig",
        ".swigcxx",
        ".syso",
    ]
)
"""go/build, ``fileListForExt`` and the .go files."""

_LINKS = 40
"""That the kernel follows in one path (MAXSYMLINKS in <linux/namei.h>)."""

_EMBED = re.compile(r"^[ \t]*//go:embed[ \t]+(.+)$", re.MULTILINE)
_PATTERN = re.compile(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\S+)')


def relevant_files(root: Path, modules: Sequence[str] = (".",)) -> dict[str, str]:
    """The files below ``root`` that Go reads: path (relative, with slashes) -> sha256, or ``link:TARGET`` of a link.

    ``modules`` are the folders of the workspace's own modules, relative to ``root``; other modules nested in them do not
    count, nor do ``testdata`` and folders whose names begin with ``.`` or ``_``. A file that cannot be read has the
    value ``unreadable``.
    """
    own = {(root / m).resolve() for m in modules}
    files: set[Path] = set()
    for folder in _upwards(root, modules):
        files |= {folder / "go.work", folder / "go.work.sum"}
        if os.path.isfile(folder / "go.work"):
            files.update(_everything(folder / "vendor"))
    for folder in (root / m for m in modules):
        files |= {folder / "go.mod", folder / "go.sum", *_everything(folder / "vendor")}
        for path in _sources(folder, own):
            files.add(path)
            if path.suffix == ".go" and _is_own_file(path):
                files.update(embedded(path))
    found = ((_relative(path, root), _value(path)) for path in sorted(files))
    return {name: value for name, value in found if value}


def gosum_files(root: Path, modules: Sequence[str] = (".",)) -> dict[str, tuple[str, ...]]:
    """The workspace's go.sum and go.work.sum files that can be read: path -> lines, sorted; see :func:`relevant_files`."""
    found: dict[str, tuple[str, ...]] = {}
    files = {folder / "go.work.sum" for folder in _upwards(root, modules)} | {root / m / "go.sum" for m in modules}
    for file in sorted(files):
        if not _is_own_file(file):
            continue
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        lines = {" ".join(line.split()) for line in text.splitlines()}
        found[_relative(file, root)] = tuple(sorted(lines - {""}))
    return found


def gosum_lines(root: Path, modules: Sequence[str] = (".",)) -> list[str]:
    """The lines of all :func:`gosum_files`, sorted, each once."""
    return sorted({line for lines in gosum_files(root, modules).values() for line in lines})


def _relative(path: Path, root: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()


def _upwards(root: Path, modules: Sequence[str]) -> set[Path]:
    """``root``, the modules, and the folders between: where the workspace's go.work may be."""
    folders = (folder for m in modules for folder in (root / m, *(root / m).parents))
    return {root} | {folder for folder in folders if folder.is_relative_to(root)}


def _sources(folder: Path, own: set[Path]) -> Iterator[Path]:
    """The source files of the packages in and below ``folder``; the modules ``own`` are walked in their own turn."""
    for entry in _listing(folder):
        path = Path(entry.path)
        if entry.name.startswith((".", "_")):
            continue
        if not entry.is_dir(follow_symlinks=False):
            if path.suffix in SUFFIXES:
                yield path
        elif entry.name not in ("testdata", "vendor") and path.resolve() not in own and not _is_module(path):
            yield from _sources(path, own)


def embedded(file: Path) -> Iterator[Path]:
    """The files that the ``//go:embed`` lines of one Go file name."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for line in _EMBED.findall(text):
        for quoted, raw, bare in _PATTERN.findall(line):
            pattern = quoted or raw or bare
            hidden = pattern.startswith("all:")
            pattern = pattern.removeprefix("all:")
            if pattern.startswith("/") or ".." in pattern.split("/") or "\0" in pattern:
                continue  # Go refuses these
            for name in glob.glob(_as_python(pattern), root_dir=file.parent, include_hidden=True):
                path = file.parent / name
                if any((file.parent / above).is_symlink() for above in Path(name).parents[:-1]):
                    continue  # nor does it look behind a link
                if path.is_symlink() or not path.is_dir():
                    yield path
                elif not _is_module(path):
                    yield from _everything(path, hidden=hidden)


def _as_python(pattern: str) -> str:
    """A pattern of Go's path.Match for Python's glob, which negates with ``!`` and has no escapes."""
    return re.sub(r"\\(.)", r"[\1]", pattern).replace("[^", "[!")


def _everything(folder: Path, hidden: bool = True) -> Iterator[Path]:
    """All files in and below ``folder``, nested modules left out; without ``hidden`` none named ``.x`` or ``_x``."""
    for entry in _listing(folder):
        path = Path(entry.path)
        if not hidden and entry.name.startswith((".", "_")):
            continue
        if not entry.is_dir(follow_symlinks=False):
            yield path
        elif not _is_module(path):
            yield from _everything(path, hidden)


def _is_module(folder: Path) -> bool:
    return os.path.isfile(folder / "go.mod")


def _listing(folder: Path) -> list[os.DirEntry[str]]:
    """The entries of a folder; of one that is missing, closed to us or elsewhere, none."""
    if not _is_here(folder):
        return []
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _is_own_file(path: Path) -> bool:
    """Whether ``path`` is a file that can be read to its end (a pipe would have us wait for ever), and is the lab's."""
    return _is_here(path) and os.path.isfile(path)


def _is_here(path: Path) -> bool:
    """Whether no absolute link is in the place of ``path``: it means the lab's root directory and would lead us to ours."""
    for _ in range(_LINKS):
        if not path.is_symlink():
            return True
        target = os.readlink(path)
        if os.path.isabs(target):
            return False
        path = path.parent / target
    return False


def _value(path: Path) -> str:
    """The digest of a file, ``link:TARGET``, ``unreadable``; empty where there is no file."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return f"link:{os.readlink(path)}"
        return hash_file(path) if stat.S_ISREG(mode) else ""
    except FileNotFoundError:
        return ""
    except OSError:
        return "unreadable"
