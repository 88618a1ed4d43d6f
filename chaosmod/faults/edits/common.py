"""Edits of any body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO

from chaosmod.faults.extent import Extent

__all__ = ["CHUNK", "Flip", "Replace", "Truncate", "flip_at", "pieces", "size_of"]

CHUNK = 1 << 18
"""Bytes that are held in memory at a time."""


def size_of(file: BinaryIO) -> int:
    """The length of ``file`` in bytes, which is left at its beginning."""
    size = file.seek(0, 2)
    file.seek(0)
    return size


def pieces(file: IO[bytes], limit: int | None = None) -> Iterator[bytes]:
    """What is left of ``file``, at most ``limit`` bytes of it."""
    while (limit is None or limit) and (chunk := file.read(CHUNK if limit is None else min(CHUNK, limit))):
        yield chunk
        limit = None if limit is None else limit - len(chunk)


@dataclass(frozen=True, slots=True)
class Replace:
    """Another body altogether; nothing, where it is that body already."""

    body: bytes
    name: str

    def __call__(self, source: BinaryIO, target: BinaryIO) -> str:
        target.write(self.body)
        if source.read(len(self.body) + 1) == self.body:
            return ""
        return f"put {self.name} in the place of the body"


@dataclass(frozen=True, slots=True)
class Truncate:
    """The beginning of the body. Its length is right: the damage is in what the proxy has."""

    keep: Extent

    def __call__(self, source: BinaryIO, target: BinaryIO) -> str:
        size = size_of(source)
        if not size:
            return ""
        kept = min(self.keep.of(size), size - 1)
        for piece in pieces(source, kept):
            target.write(piece)
        return f"truncated to {kept} of {size} bytes"


@dataclass(frozen=True, slots=True)
class Flip:
    """One bit of the body, wherever in it that is."""

    at: Extent

    def __call__(self, source: BinaryIO, target: BinaryIO) -> str:
        size = size_of(source)
        if not size:
            return ""
        place = min(self.at.of(size), size - 1)
        flip_at(source, target, place)
        return f"flipped a bit at byte {place} of {size}"


def flip_at(source: BinaryIO, target: BinaryIO, place: int) -> None:
    """Copy all of ``source`` with one bit of the byte at ``place`` flipped."""
    source.seek(0)
    for piece in pieces(source, place):
        target.write(piece)
    target.write(bytes([source.read(1)[0] ^ 1]))
    for piece in pieces(source):
        target.write(piece)
