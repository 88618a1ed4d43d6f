"""A folder of the shape of a module cache's ``cache/download``, answered as a GOPROXY. Read only.

Go serves such a folder itself by ``file://``, but believes its ``list`` files, which in a module cache are what some
proxy once said. Here ``@v/list`` and ``@latest`` are computed from the versions whose files are really there.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

from chaosmod.faults.request import Target, parse_target
from chaosmod.upstream import modpath
from chaosmod.upstream.base import NOT_FOUND, TEXT, Reply, not_found
from chaosmod.upstream.dirhash import hash_gomod, hash_zip

__all__ = ["CONTENT_TYPES", "ProxyTree"]

CONTENT_TYPES = {
    "info": "application/json",
    "latest": "application/json",
    "list": TEXT,
    "mod": TEXT,
    "zip": "application/zip",
}
"""What a module proxy calls the files of the protocol."""


class ProxyTree:
    """The GOPROXY answers of the folder ``root``. Safe to use from several threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._sums: dict[tuple[str, str], tuple[str, str]] = {}
        self._lock = threading.Lock()

    def fetch(self, path: str) -> Reply:
        """The answer to ``GET path``; 404 for what is not there, and for a path that no Go client would spell so."""
        target = parse_target(path)
        if target.file not in CONTENT_TYPES or not _well_spelled(path):
            return NOT_FOUND
        if target.file == "list":
            return self._list(target)
        if target.file == "latest":
            return self._latest(target)
        file = self._file(target.module, target.version, target.file)
        if file.is_file():
            return Reply(200, file=file, content_type=CONTENT_TYPES[target.file])
        if target.file == "info" and self._file(target.module, target.version, "mod").is_file():
            # A cache need not hold the .info of each version that it holds; Time, its other field, may be left out.
            return _info(target.version)
        return not_found(f"{target.module}@{target.version}: no such version here")

    def sums(self, module: str, version: str) -> tuple[str, str] | None:
        """The ``h1:`` hashes of the zip and of the go.mod, as they are on disk; None where either is missing.

        Computed once a version. Raises UpstreamError for a zip that cannot be read.
        """
        key = module, version
        with self._lock:
            known = self._sums.get(key)
        if known is not None:
            return known
        archive, gomod = self._file(module, version, "zip"), self._file(module, version, "mod")
        if not archive.is_file() or not gomod.is_file():
            return None
        computed = hash_zip(archive), hash_gomod(gomod.read_bytes())
        with self._lock:
            return self._sums.setdefault(key, computed)

    def files(self) -> Iterator[Path]:
        """Every .info, .mod and .zip that is served, in a stable order."""
        for folder in sorted(self.root.rglob("@v")):
            yield from sorted(f for f in folder.iterdir() if f.suffix in (".info", ".mod", ".zip") and f.is_file())

    def versions(self, module: str) -> list[str]:
        """The versions of ``module`` that are there in full (.mod and .zip), ascending; pseudo-versions too."""
        folder = self.root / modpath.escape(module) / "@v"
        if not folder.is_dir():
            return []
        found = (modpath.unescape(f.name.removesuffix(".zip")) for f in folder.glob("*.zip"))
        usable = (v for v in found if modpath.is_canonical(v) and self._file(module, v, "mod").is_file())
        return sorted(usable, key=modpath.version_key)

    def _list(self, target: Target) -> Reply:
        if not (self.root / modpath.escape(target.module) / "@v").is_dir():
            return not_found(f"module {target.module}: no such module here")
        # The protocol leaves pseudo-versions out of the list (https://go.dev/ref/mod#goproxy-protocol).
        lines = "".join(f"{v}\n" for v in self.versions(target.module) if not modpath.is_pseudo(v))
        return Reply(200, lines.encode(), content_type=CONTENT_TYPES["list"])

    def _latest(self, target: Target) -> Reply:
        version = modpath.latest(self.versions(target.module))
        if version is None:
            return not_found(f"module {target.module}: no version here")
        file = self._file(target.module, version, "info")
        return Reply(200, file=file, content_type=CONTENT_TYPES["info"]) if file.is_file() else _info(version)

    def _file(self, module: str, version: str, suffix: str) -> Path:
        return self.root / modpath.escape(module) / "@v" / f"{modpath.escape(version)}.{suffix}"


def _info(version: str) -> Reply:
    return Reply(200, json.dumps({"Version": version}).encode(), content_type=CONTENT_TYPES["info"])


def _well_spelled(path: str) -> bool:
    """Whether ``path`` is canonically escaped and cannot leave the folder."""
    elements = path.strip("/").split("/")
    safe = all(e not in ("", ".", "..") for e in elements) and not any(c in path for c in "\\\x00")
    return safe and modpath.canonical_escape(path.removesuffix("/@v/list"))
