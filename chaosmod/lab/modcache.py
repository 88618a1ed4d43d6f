"""A module cache against the upstream, by digest.

``go mod verify`` compares the cache with itself (zip and tree with the ``.ziphash`` beside them), so a coherent tamper
passes it (cmd/go/internal/modcmd/verify.go). Here every version is compared with what the upstream serves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chaosmod.errors import UpstreamError
from chaosmod.faults.request import unescape
from chaosmod.history import BadEntry
from chaosmod.upstream.dirhash import hash_dir, hash_gomod, hash_zip

__all__ = ["Comparison", "compare"]

Sums = Callable[[str, str], tuple[str, str] | None]


@dataclass(frozen=True)
class Comparison:
    """What was found: the entries that differ, and how many versions were looked at."""

    bad: tuple[BadEntry, ...]
    versions: int


def compare(modcache: Path, sums: Sums) -> Comparison:
    """Compare all versions in the GOMODCACHE at ``modcache`` with ``sums`` (see ``Upstream.sums``).

    A version that the upstream does not know is passed over, as are Go's toolchains. Raises UpstreamError as ``sums``.
    """
    bad: list[BadEntry] = []
    found = sorted(_versions(modcache))
    for module, version, folder, escaped in found:
        true = sums(module, version)
        if true is None:
            continue
        for name, problem in _problems(modcache, folder, module, version, escaped, true):
            bad.append(BadEntry(name, problem, module, version))
    return Comparison(tuple(bad), len(found))


def _versions(modcache: Path) -> Iterator[tuple[str, str, Path, str]]:
    """(module, version, its folder ``…/@v``, escaped version) of everything below cache/download."""
    download = modcache / "cache" / "download"
    for folder in download.glob("**/@v"):
        escaped_module = folder.parent.relative_to(download).as_posix()
        names = {
            f.name.rpartition(".")[0] for f in folder.iterdir() if f.suffix in (".mod", ".zip", ".ziphash", ".info")
        }
        for escaped in names:
            yield unescape(escaped_module), unescape(escaped), folder, escaped


def _problems(
    modcache: Path, folder: Path, module: str, version: str, escaped: str, true: tuple[str, str]
) -> Iterator[tuple[str, str]]:
    zip_sum, mod_sum = true

    def place(path: Path) -> str:
        return path.relative_to(modcache).as_posix()

    info = folder / f"{escaped}.info"
    if info.exists() and (problem := _info_problem(info, version)):
        yield place(info), problem
    mod = folder / f"{escaped}.mod"
    if mod.exists() and hash_gomod(mod.read_bytes()) != mod_sum:
        yield place(mod), "differs from the upstream's go.mod"
    archive = folder / f"{escaped}.zip"
    if archive.exists():
        try:
            same = hash_zip(archive) == zip_sum
        except UpstreamError:
            yield place(archive), "is not a readable zip"
        else:
            if not same:
                yield place(archive), "differs from the upstream's zip"
    ziphash = folder / f"{escaped}.ziphash"
    if ziphash.exists() and (text := ziphash.read_text(errors="replace").strip()) and text != zip_sum:
        # An empty one is no bad entry: Go recomputes it (cmd/go/internal/modfetch/fetch.go).
        yield place(ziphash), "is not the hash of the upstream's zip"
    escaped_module = folder.parent.relative_to(modcache / "cache" / "download").as_posix()
    tree = modcache / f"{escaped_module}@{escaped}"
    unfinished = (folder / f"{escaped}.partial").exists()  # Go extracts such a tree again before it uses it
    if tree.is_dir() and not unfinished and hash_dir(tree, f"{module}@{version}") != zip_sum:
        yield place(tree), "is not what the upstream's zip holds"


def _info_problem(info: Path, version: str) -> str:
    try:
        said = json.loads(info.read_bytes())["Version"]
    except (ValueError, KeyError, TypeError):
        return ""  # Go asks again for an .info that it cannot read (cmd/go/internal/modfetch/cache.go)
    return "" if said == version else f"says {said!r}"
