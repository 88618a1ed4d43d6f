"""Edits of module zips: files named ``MODULE@VERSION/NAME`` (golang.org/x/mod/zip).

Each reads and writes entry by entry, in pieces. All raise ValueError where the upstream's body is no module zip.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO

from chaosmod.faults.edits.common import CHUNK, flip_at, pieces

__all__ = ["case_collision", "flip_content", "flip_data", "oversize", "overwrite", "path_traversal", "wrong_prefix"]

_LENGTHS = struct.Struct("<26x2H")
"""The beginning of a local file header, with the lengths of the name and of the extra field (APPNOTE.TXT, 4.3.7)."""

_TOO_MUCH = 501
"""MiB: golang.org/x/mod/zip.MaxZipFile, which bounds the sum of all files, is 500."""

_RETAGGED = b'\n\nfunc init() { println("this version was tagged again") }\n'


def flip_data(source: BinaryIO, target: BinaryIO) -> str:
    """Flip a bit of the largest file as it is stored, which leaves its CRC wrong."""
    with _read(source) as archive:
        file = _largest(archive)
    source.seek(file.header_offset)
    name, extra = _LENGTHS.unpack(source.read(_LENGTHS.size))
    place = file.header_offset + _LENGTHS.size + name + extra + file.compress_size // 2
    flip_at(source, target, place)
    return f"flipped a bit of {_short(file)} at byte {place} of the zip, its CRC is wrong"


def flip_content(source: BinaryIO, target: BinaryIO) -> str:
    """Flip a bit of the largest file and make its CRC right."""
    with _read(source) as archive:
        largest = _largest(archive)

    def flipped(name: str, content: Iterator[bytes]) -> Iterator[bytes]:
        if name == largest.filename:
            first = next(content)
            yield bytes([first[0] ^ 1]) + first[1:]
        yield from content

    _rebuild(source, target, change=flipped)
    return f"flipped a bit of {_short(largest)}, its CRC is right"


def overwrite(source: BinaryIO, target: BinaryIO) -> str:
    """Another release of the same version: other sources that build, in a zip that is in order."""

    def changed(name: str, content: Iterator[bytes]) -> Iterator[bytes]:
        yield from content
        if name.endswith(".go"):
            yield _RETAGGED

    _rebuild(source, target, change=changed)
    return "served other sources under the same version"


def wrong_prefix(source: BinaryIO, target: BinaryIO) -> str:
    """The files under the name of another version."""

    def renamed(name: str) -> str:
        module, _, rest = name.partition("@")
        return f"{module}@v0.0.0-19700101000000-000000000000/{rest.partition('/')[2]}"

    _rebuild(source, target, rename=renamed)
    return "served the files under the name of another version"


def path_traversal(source: BinaryIO, target: BinaryIO) -> str:
    """One more file, to be unpacked outside of the module's directory."""
    _rebuild(source, target, extra=lambda file: (f"{_prefix(file)}../../escaped.txt", 1))
    return "added a file whose path leads out of the module"


def case_collision(source: BinaryIO, target: BinaryIO) -> str:
    """One more file, whose name differs from that of another one in case alone."""
    _rebuild(source, target, extra=lambda file: (_prefix(file) + _short(file).swapcase(), 1))
    return "added a file whose name differs from another one's in case alone"


def oversize(source: BinaryIO, target: BinaryIO) -> str:
    """One more file, of zeros: little on the wire, and more than a module may have when it is unpacked."""
    _rebuild(source, target, extra=lambda file: (f"{_prefix(file)}oversized.bin", _TOO_MUCH << 20))
    return f"added a file of {_TOO_MUCH} MiB of zeros"


def _read(source: BinaryIO) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(source)
    except zipfile.BadZipFile as e:
        raise ValueError(f"what should be a module zip cannot be read: {e}") from e
    if not archive.filelist or any("@" not in file.filename for file in archive.filelist):
        raise ValueError("what should be a module zip has no files named MODULE@VERSION/NAME")
    return archive


def _largest(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    return max(archive.filelist, key=lambda file: file.file_size)


def _prefix(file: zipfile.ZipInfo) -> str:
    """``MODULE@VERSION/``: a module path has slashes, and no @ (golang.org/x/mod/module.CheckPath)."""
    module, _, rest = file.filename.partition("@")
    return f"{module}@{rest.partition('/')[0]}/"


def _short(file: zipfile.ZipInfo) -> str:
    return file.filename[len(_prefix(file)) :]


def _rebuild(
    source: BinaryIO,
    target: BinaryIO,
    *,
    rename: Callable[[str], str] = lambda name: name,
    change: Callable[[str, Iterator[bytes]], Iterator[bytes]] = lambda _, content: content,
    extra: Callable[[zipfile.ZipInfo], tuple[str, int]] | None = None,
) -> None:
    """Copy the zip with names and contents changed, and with one more file of so many zero bytes."""
    with _read(source) as old, zipfile.ZipFile(target, "w", compresslevel=1) as new:
        for file in old.infolist():
            made = zipfile.ZipInfo(rename(file.filename), file.date_time)
            made.compress_type = file.compress_type
            made.external_attr = file.external_attr
            with old.open(file) as content, new.open(made, "w") as out:
                for piece in change(file.filename, pieces(content)):
                    out.write(piece)
        if extra is not None:
            name, size = extra(_largest(old))
            made = zipfile.ZipInfo(name)
            made.compress_type = zipfile.ZIP_DEFLATED
            with new.open(made, "w") as out:
                for begin in range(0, size, CHUNK):
                    out.write(bytes(min(CHUNK, size - begin)))
