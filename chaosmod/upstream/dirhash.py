"""The ``h1:`` hashes of go.sum: golang.org/x/mod/sumdb/dirhash, Hash1.

A hash of hashes: the sorted list of ``sha256  name`` lines of all files, hashed once more. It says nothing of file modes,
times or compression, so two zips that differ in those have the same hash.
"""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from chaosmod.errors import UpstreamError

__all__ = ["hash1", "hash_dir", "hash_gomod", "hash_zip"]

_CHUNK = 1 << 20


def hash1(digests: Mapping[bytes, str]) -> str:
    """``h1:`` of files given as name -> sha256 in hex. Names are bytes, because Go sorts by bytes.

    Raises ValueError for a name with a newline, as Go does.
    """
    total = hashlib.sha256()
    for name in sorted(digests):
        if b"\n" in name:
            raise ValueError(f"a file name with a newline cannot be hashed: {name!r}")
        total.update(b"%s  %s\n" % (digests[name].encode(), name))
    return "h1:" + base64.b64encode(total.digest()).decode()


def hash_gomod(content: bytes) -> str:
    """``h1:`` of a go.mod file: what a ``path version/go.mod`` line of go.sum holds."""
    return hash1({b"go.mod": hashlib.sha256(content).hexdigest()})


def hash_zip(path: Path) -> str:
    """``h1:`` of a module zip (dirhash.HashZip), read in chunks: memory use does not grow with the zip.

    Raises UpstreamError where the file is not a readable zip.
    """
    digests: dict[bytes, str] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                with archive.open(info) as stream:
                    digests[_raw_name(info)] = _digest(stream)
        return hash1(digests)
    except (OSError, ValueError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error) as e:
        raise UpstreamError(f"{path} is not a good module zip: {e}") from e


def hash_dir(root: Path, prefix: str) -> str:
    """``h1:`` of a directory tree, each name led by ``prefix/`` (dirhash.HashDir): ``path@version`` for a module."""
    digests: dict[bytes, str] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            file = Path(folder, name)
            with file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            digests[os.fsencode(f"{prefix}/{file.relative_to(root).as_posix()}")] = digest
    return hash1(digests)


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The name's bytes as stored: Python decodes a name without the UTF-8 flag as cp437, Go takes it as it is."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")


def _digest(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
