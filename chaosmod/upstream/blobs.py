"""Immutable answers on disk: found by key, kept by digest, checked before they are believed.

``entries/`` maps the hash of a key to the digest of its content, ``blobs/`` holds each content once under its sha256.
A blob is renamed into place before the entry that names it, so what can be found is complete.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path

__all__ = ["BlobStore"]


class BlobStore:
    """Key -> file, below ``root``. Safe for several threads and processes."""

    def __init__(self, root: Path) -> None:
        self._entries = root / "entries"
        self._blobs = root / "blobs"
        self._checked: dict[Path, tuple[int, int]] = {}
        self._lock = threading.Lock()
        for folder in (self._entries, self._blobs):
            folder.mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> Path | None:
        """The file of ``key``, None where there is none, or where its content is no longer what was stored.

        A file is read through once a process, and again only if its size or time changed.
        """
        try:
            digest = self._entry(key).read_text(encoding="ascii").strip()
            if not re.fullmatch(r"[0-9a-f]{64}", digest):
                return None
            blob = self._blob(digest)
            stat = blob.stat()
        except (OSError, UnicodeDecodeError):
            return None
        state = stat.st_size, stat.st_mtime_ns
        with self._lock:
            if self._checked.get(blob) == state:
                return blob
        with blob.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
                return None
        with self._lock:
            self._checked[blob] = state
        return blob

    def put(self, key: str, chunks: Iterable[bytes]) -> Path:
        """Store what ``chunks`` yield under ``key`` and return the file. Where they raise, nothing is stored."""
        digest = hashlib.sha256()
        with _Writing(self._blobs) as work:
            for chunk in chunks:
                digest.update(chunk)
                work.stream.write(chunk)
            blob = self._blob(digest.hexdigest())
            work.rename(blob)
        entry = self._entry(key)
        with _Writing(self._entries) as work:
            work.stream.write(digest.hexdigest().encode() + b"\n")
            work.rename(entry)
        return blob

    def _entry(self, key: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()
        return self._entries / name[:2] / name

    def _blob(self, digest: str) -> Path:
        return self._blobs / digest[:2] / digest


class _Writing:
    """A file without a name, so that nothing is left of it where the process is killed, until it is complete.

    Where the file system has no such files (open(2), O_TMPFILE) it has a name, and is removed when it does not come to
    its end.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        try:
            descriptor = os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        except (AttributeError, OSError):
            descriptor, name = tempfile.mkstemp(dir=folder, prefix="writing-")
            self._path = Path(name)
        self.stream = os.fdopen(descriptor, "wb")

    def __enter__(self) -> _Writing:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def rename(self, target: Path) -> None:
        target.parent.mkdir(exist_ok=True)
        self.stream.flush()
        os.fchmod(self.stream.fileno(), 0o644)
        if self._path is None:  # linkat(2) does not replace what has the name already: that takes a rename
            self._path = self._folder / f"writing-{secrets.token_hex(8)}"
            number = self.stream.fileno()
            os.link(
                f"/proc/self/fd/{number}", self._path, src_dir_fd=number
            )  # without the last it is link(2): no following
        self.stream.close()
        self._path.replace(target)
        self._path = None
