"""A module cache against the upstream, by digest.

``go mod verify`` compares the cache with itself (zip and tree with the ``.ziphash`` beside them), so a coherent tamper
passes it (cmd/go/internal/modcmd/verify.go). Here every version is compared with what the upstream serves.

A cache can be anything that a command has left: folders may be links to another place of the lab, as after a move to
another disk, and are followed. Files and extracted trees may not: Go writes files and folders, and its zips hold nothing
else. What is neither is a bad entry, and is never opened: to read a pipe would take for ever.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from chaosmod.errors import UpstreamError
from chaosmod.faults.request import unescape
from chaosmod.history import BadEntry
from chaosmod.upstream.dirhash import hash_dir, hash_gomod, hash_zip

__all__ = ["Comparison", "compare"]

Sums = Callable[[str, str], tuple[str, str] | None]
Find = Callable[[str], Path]

_DOWNLOAD = "cache/download"
_SUFFIXES = (".mod", ".zip", ".ziphash", ".info")
_KINDS = {
    stat.S_IFREG: "a file",
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}


@dataclass(frozen=True)
class Comparison:
    """What was found: the entries that differ, and how many versions were looked at."""

    bad: tuple[BadEntry, ...]
    versions: int


def compare(modcache: str, sums: Sums, find: Find = Path) -> Comparison:
    """Compare all versions in the GOMODCACHE at ``modcache`` with ``sums`` (see ``Upstream.sums``).

    ``modcache`` is named as commands know it; ``find`` has the file of such a name (``Lab.path``). A version that the
    upstream does not know is passed over, as are Go's toolchains. A cache that is not there has no entries; one that is
    there and cannot be looked at is a bad entry itself. Raises UpstreamError as ``sums``.
    """
    walk = _Walk(modcache, find)
    found = sorted(walk.versions(_DOWNLOAD), key=lambda entry: (entry.module, entry.version))
    for entry in found:
        true = sums(entry.module, entry.version)
        if true is None:
            continue
        for name, problem in (*_files(entry, *true), *_tree(walk, entry, true[0])):
            walk.bad.append(BadEntry(name, problem, entry.module, entry.version))
    return Comparison(tuple(walk.bad), len(found))


@dataclass(frozen=True)
class _Version:
    """What there is of one version."""

    folder: str
    """Its ``…/@v``, relative to the cache."""
    place: Path
    """The same, from outside."""
    escaped: str

    @property
    def escaped_module(self) -> str:
        return self.folder.removeprefix(f"{_DOWNLOAD}/").removesuffix("/@v")

    @property
    def module(self) -> str:
        return unescape(self.escaped_module)

    @property
    def version(self) -> str:
        return unescape(self.escaped)


@dataclass
class _Walk:
    """The folders of a cache; names are relative to it."""

    cache: str
    find: Find
    bad: list[BadEntry] = field(default_factory=list)

    def place(self, name: str) -> Path:
        """``name``, from outside. Raises OSError where links lead in a circle."""
        return self.find(f"{self.cache}/{name}")

    def versions(self, name: str, above: tuple[tuple[int, int], ...] = ()) -> Iterator[_Version]:
        """Everything below the folder ``name``; ``above`` are those that it is in, which a link may lead back to."""
        try:
            place = self.place(name)
            seen = place.stat()
            if stat.S_ISREG(seen.st_mode) and name != _DOWNLOAD:
                return  # a lock, or another file beside the folders
            listed = sorted(os.scandir(place), key=lambda e: e.name) if stat.S_ISDIR(seen.st_mode) else None
        except FileNotFoundError:
            if self._behind_a_link(name):
                self.bad.append(BadEntry(name, "is behind a symbolic link that leads nowhere"))
            return
        except OSError as e:
            self.bad.append(BadEntry(name, f"cannot be read: {e.strerror}"))
            return
        here = (seen.st_dev, seen.st_ino)
        if listed is None:
            self.bad.append(BadEntry(name, f"is not a folder: {_kind(seen.st_mode)}"))
        elif here in above:
            self.bad.append(BadEntry(name, "is a symbolic link to a folder that it is in"))
        elif name.endswith("/@v"):
            for escaped in sorted({e.name.rpartition(".")[0] for e in listed if Path(e.name).suffix in _SUFFIXES}):
                if _is_text(f"{name}/{escaped}"):  # Go reads no other
                    yield _Version(name, place, escaped)
        else:
            for entry in listed:
                if entry.is_symlink() or entry.is_dir(follow_symlinks=False):
                    yield from self.versions(f"{name}/{entry.name}", (*above, here))

    def _behind_a_link(self, name: str) -> bool:
        """Whether ``name``, which is not there, is or would be below a link to what is not there."""
        path = PurePosixPath(self.cache, name)
        return any(
            os.path.islink(self.find(str(p.parent)) / p.name) and not os.path.exists(self.find(str(p)))
            for p in (path, *path.parents[:-1])
        )


def _files(entry: _Version, zip_sum: str, mod_sum: str) -> Iterator[tuple[str, str]]:
    """The bad files of a version in ``…/@v``: name -> what is wrong."""
    judges: dict[str, Callable[[Path], str]] = {
        ".info": lambda file: _info_problem(file, entry.version),
        ".mod": lambda file: "" if hash_gomod(file.read_bytes()) == mod_sum else "differs from the upstream's go.mod",
        ".zip": lambda file: _zip_problem(file, zip_sum),
        ".ziphash": lambda file: _ziphash_problem(file, zip_sum),
    }
    for suffix, judge in judges.items():
        file = entry.place / f"{entry.escaped}{suffix}"
        try:
            mode = file.lstat().st_mode
            problem = judge(file) if stat.S_ISREG(mode) else f"is not a file: {_kind(mode)}"
        except FileNotFoundError:
            continue
        except OSError as e:
            problem = f"cannot be read: {e.strerror}"
        if problem:
            yield f"{entry.folder}/{file.name}", problem


def _tree(walk: _Walk, entry: _Version, zip_sum: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the extracted tree of a version: all that Go would not have extracted, or else the whole."""
    name = f"{entry.escaped_module}@{entry.escaped}"
    try:
        # Only folders above it may be links.
        tree = walk.place(str(PurePosixPath(name).parent)) / PurePosixPath(name).name
        mode = tree.lstat().st_mode
        if not stat.S_ISDIR(mode):
            yield name, f"is not a folder: {_kind(mode)}"
            return
        partial = entry.place / f"{entry.escaped}.partial"
        if os.path.lexists(partial) and not partial.is_symlink():
            return  # Go extracts such a tree again before it uses it
        if odd := sorted(_neither_files_nor_folders(tree)):
            yield from ((f"{name}/{inner}", problem) for inner, problem in odd)
        elif hash_dir(tree, f"{entry.module}@{entry.version}") != zip_sum:
            yield name, "is not what the upstream's zip holds"
    except FileNotFoundError:
        return
    except ValueError:  # a name that has no place in a zip
        yield name, "is not what the upstream's zip holds"
    except OSError as e:
        yield name, f"cannot be read: {e.strerror}"


def _neither_files_nor_folders(tree: Path) -> Iterator[tuple[str, str]]:
    def stop(error: OSError) -> None:
        raise error

    for folder, folders, files in os.walk(tree, onerror=stop):
        for path in (Path(folder, name) for name in (*folders, *files)):
            mode = path.lstat().st_mode
            if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
                yield path.relative_to(tree).as_posix(), f"is not a file: {_kind(mode)}"


def _info_problem(info: Path, version: str) -> str:
    try:
        said = json.loads(info.read_bytes())["Version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""  # Go asks again for an .info that it cannot read (cmd/go/internal/modfetch/cache.go)
    return "" if said == version else f"says {said!r}"


def _zip_problem(archive: Path, zip_sum: str) -> str:
    try:
        return "" if hash_zip(archive) == zip_sum else "differs from the upstream's zip"
    except (UpstreamError, RuntimeError):  # the latter where it is encrypted
        return "is not a readable zip"


def _ziphash_problem(ziphash: Path, zip_sum: str) -> str:
    # An empty one is no bad entry: Go recomputes it (cmd/go/internal/modfetch/fetch.go).
    text = ziphash.read_text(encoding="utf-8", errors="replace").strip()
    return "is not the hash of the upstream's zip" if text not in ("", zip_sum) else ""


def _kind(mode: int) -> str:
    return _KINDS.get(stat.S_IFMT(mode), "something else")


def _is_text(name: str) -> bool:
    """Whether a name on disk is UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
