"""``snapshot:DIR``: the module cache of a machine, served as it is, without a network and without writing to it."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from chaosmod.errors import UpstreamError
from chaosmod.upstream import modpath
from chaosmod.upstream.base import Reply
from chaosmod.upstream.proxytree import ProxyTree
from chaosmod.upstream.sumdb.database import parse_record

__all__ = ["Snapshot"]


class Snapshot:
    """An existing GOMODCACHE, or its ``cache/download`` folder.

    ``public``: GOPRIVATE-style patterns of the modules that a checksum database may see; a cache does not tell.
    """

    blocking = False

    def __init__(self, path: Path, public: tuple[str, ...] = ("*",)) -> None:
        """Raises UpstreamError where ``path`` is neither."""
        self.name = f"snapshot:{path}"
        self.public = public
        self._root = _download_folder(path)
        self._tree = ProxyTree(self._root)
        self._digest: str | None = None
        self._lock = threading.Lock()

    def digest(self) -> str:
        """Of the names, sizes and times of all files served: reading gigabytes of zips would cost more than a build."""
        with self._lock:
            if self._digest is None:
                total = hashlib.sha256(b"snapshot\0")
                for file in self._tree.files():
                    stat = file.stat()
                    total.update(f"{file.relative_to(self._root)}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
                self._digest = total.hexdigest()
            return self._digest

    def fetch(self, path: str) -> Reply:
        return self._tree.fetch(path)

    def sums(self, module: str, version: str) -> tuple[str, str] | None:
        """From the files; where only the go.mod is there, from the database record that Go kept beside it."""
        return self._tree.sums(module, version) or self._recorded(module, version)

    def _recorded(self, module: str, version: str) -> tuple[str, str] | None:
        # A version that only took part in the choice of versions has no zip in the cache, yet its record has both lines.
        name = f"{modpath.escape(module)}@{modpath.escape(version)}"
        for file in sorted((self._root / "sumdb").glob(f"*/lookup/{name}")):
            if found := parse_record(file.read_bytes(), module, version):
                return found
        return None


def _download_folder(path: Path) -> Path:
    for folder in (path / "cache" / "download", path):
        if folder.is_dir() and next(ProxyTree(folder).files(), None) is not None:
            return folder.resolve()
    reason = "it holds no module" if path.is_dir() else "it does not exist" if not path.exists() else "it is no folder"
    raise UpstreamError(
        f"{path} cannot be served as a module cache: {reason}. Name the folder that `go env GOMODCACHE` prints, "
        "or its cache/download"
    )
