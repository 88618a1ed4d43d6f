"""The Merkle tree of a transparent log and its tiles (RFC 6962 section 2.1; C2SP tlog-tiles; x/mod/sumdb/tlog).

::

    level 2          n20                  level k, index i: the root of leaves [i·2^k, (i+1)·2^k)
    level 1      n10     n11              tile/8/L/N holds the nodes of level 8·L, indices N·256 … N·256+255,
    level 0    l0  l1  l2  l3   l4        and tile/8/L/N.p/W the first W of them, where no more exist yet
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["HEIGHT", "WIDTH", "Tile", "Tree", "TreeView", "leaf_hash", "node_hash", "parse_tile", "tile_bytes"]

HEIGHT = 8
"""Levels of the tree in one tile: the only height that cmd/go asks for."""

WIDTH = 1 << HEIGHT
"""Hashes in a full tile."""


def leaf_hash(record: bytes) -> bytes:
    """The hash of a record's text (RFC 6962: a zero byte, then the data)."""
    return hashlib.sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 6962: a one byte, then both children)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A log of leaf hashes that only grows. What was true of its first N leaves stays true.

    Appending is for one thread at a time; reading a view is safe meanwhile.
    """

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> int:
        """Add a leaf hash; returns its index. Every subtree that it completes is hashed now, and never again."""
        self._levels[0].append(leaf)
        level, count = 0, len(self._levels[0])
        while count % 2 == 0:
            if level + 1 == len(self._levels):
                self._levels.append([])
            nodes = self._levels[level]
            self._levels[level + 1].append(node_hash(nodes[count - 2], nodes[count - 1]))
            level, count = level + 1, count // 2
        return len(self._levels[0]) - 1

    def at(self, size: int) -> TreeView:
        """The tree as it was with ``size`` leaves. Costs nothing: nodes are shared. Raises ValueError if out of range."""
        if not 0 <= size <= len(self):
            raise ValueError(f"the tree has {len(self)} leaves, not {size}")
        return TreeView(self._levels, size)


@dataclass(frozen=True, slots=True)
class TreeView:
    """A tree of fixed size."""

    _levels: list[list[bytes]]
    size: int

    def node(self, level: int, index: int) -> bytes:
        """The root of the complete subtree ``index`` of ``level``. Raises IndexError where it is not complete yet."""
        if index < 0 or (index + 1) << level > self.size:
            raise IndexError(f"node {index} of level {level} is not complete in a tree of {self.size}")
        return self._levels[level][index]

    def root(self) -> bytes:
        """The tree hash (RFC 6962 section 2.1): of an empty tree, the hash of nothing."""
        found: bytes | None = None
        rest, level = self.size, 0
        # From the right: each one bit of the size is a complete subtree that ends where the smaller ones begin.
        while rest:
            if rest & 1:
                left = self.node(level, rest - 1)
                found = left if found is None else node_hash(left, found)
            rest, level = rest >> 1, level + 1
        return hashlib.sha256().digest() if found is None else found


@dataclass(frozen=True, slots=True)
class Tile:
    """The coordinates of a tile. ``level`` is None for a tile of records (``data``)."""

    level: int | None
    number: int
    width: int


_TILE = re.compile(
    r"/tile/8/(?P<level>data|0|[1-9][0-9]?)/(?P<number>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?"
)


def parse_tile(path: str) -> Tile | None:
    """The tile that ``path`` names, None where it names none (tlog.ParseTilePath).

    >>> parse_tile("/tile/8/0/x001/234.p/5")
    Tile(level=0, number=1234, width=5)
    """
    m = _TILE.fullmatch(path)
    if m is None:
        return None
    number, width = int(m["number"].replace("x", "").replace("/", "")), int(m["width"] or WIDTH)
    # One tile has one path: no needless x000, and a full tile is not called partial.
    needless = m["number"].startswith("x000/")
    if needless or (m["width"] is not None and width >= WIDTH):
        return None
    return Tile(None if m["level"] == "data" else int(m["level"]), number, width)


def tile_bytes(view: TreeView, tile: Tile) -> bytes | None:
    """The hashes of a tile one after another; None where the tree is not that wide (or the tile is one of records)."""
    if tile.level is None:
        return None
    first = tile.number * WIDTH
    try:
        return b"".join(view.node(tile.level * HEIGHT, first + i) for i in range(tile.width))
    except IndexError:
        return None
