"""The checksum database: records, and the answers to ``/lookup``, ``/latest`` and ``/tile`` (x/mod/sumdb/server.go)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence

from chaosmod.faults.request import parse_target
from chaosmod.upstream import modpath
from chaosmod.upstream.base import TEXT, Reply, not_found
from chaosmod.upstream.sumdb.note import Signer, tree_text
from chaosmod.upstream.sumdb.tree import Tile, Tree, TreeView, leaf_hash, parse_tile, tile_bytes

__all__ = ["SumDB", "data_tile_bytes", "lookup_reply", "parse_record", "record_text", "tree_head"]

Sums = Callable[[str, str], tuple[str, str] | None]
"""(module, version) -> ``h1:`` of the zip and of the go.mod, or None for a version that does not exist."""


def record_text(module: str, version: str, sums: tuple[str, str]) -> bytes:
    """The record of a module version: the two lines that go.sum would hold."""
    return f"{module} {version} {sums[0]}\n{module} {version}/go.mod {sums[1]}\n".encode()


def parse_record(reply: bytes, module: str, version: str) -> tuple[str, str] | None:
    """The two hashes of ``module@version`` in a ``/lookup`` answer or a bare record; None where it lacks one."""
    found = {}
    for line in reply.decode(errors="replace").splitlines():
        name, _, rest = line.partition(" ")
        what, _, digest = rest.partition(" ")
        if name == module and digest.startswith("h1:"):
            found[what] = digest
    if version in found and f"{version}/go.mod" in found:
        return found[version], found[f"{version}/go.mod"]
    return None


def tree_head(view: TreeView, signer: Signer) -> bytes:
    """The signed head of a tree: the whole answer to ``/latest``."""
    return signer.sign(tree_text(view.size, view.root()))


def lookup_reply(index: int, record: bytes, head: bytes) -> bytes:
    """The answer to ``/lookup``: the record's number and text, an empty line, and a head that covers it."""
    return b"%d\n%s\n%s" % (index, record, head)


def data_tile_bytes(records: Sequence[bytes], size: int, tile: Tile) -> bytes | None:
    """The text of a tile of records, None where a tree of ``size`` has not so many."""
    first = tile.number * 256
    if first + tile.width > size:
        return None
    return b"".join(record + b"\n" for record in records[first : first + tile.width])


class SumDB:
    """An honest database that grows on demand. Safe to use from several threads.

    ``seed_records`` are the records that it begins with, in order. A Go client remembers the largest tree head that it
    has seen (``GOPATH/pkg/sumdb/NAME/latest``) and takes a database that does not continue it for a fork: whoever lets
    a client keep its memory gives the next database the same ``signer`` and ``records()``.
    """

    def __init__(self, name: str, sums: Sums, seed_records: Iterable[bytes] = (), signer: Signer | None = None) -> None:
        self.name = name
        self.signer = signer or Signer(name)
        self._sums = sums
        self._lock = threading.Lock()
        self._records: list[bytes] = []
        self._index: dict[tuple[str, str], int] = {}
        self._tree = Tree()
        self._head: tuple[int, bytes] = (-1, b"")
        for record in seed_records:
            module, version = record.decode().split(" ", 2)[:2]
            self._append(module, version, record)

    @property
    def verifier_key(self) -> str:
        """``name+hash+key``: the value of GOSUMDB, alone or followed by a space and a URL."""
        return self.signer.verifier_key

    def records(self) -> tuple[bytes, ...]:
        """All records so far, in the order of the tree."""
        with self._lock:
            return tuple(self._records)

    def insert(self, record: bytes) -> int:
        """Append a record to which no look-up leads; returns its number. A log may hold more than one of a version."""
        with self._lock:
            self._records.append(record)
            return self._tree.append(leaf_hash(record))

    def head(self, size: int | None = None) -> bytes:
        """The signed head: of the whole tree, or as it was with ``size`` records. Raises ValueError if out of range."""
        with self._lock:
            return self._signed_head() if size is None else tree_head(self._tree.at(size), self.signer)

    def fork(self, seed_records: Iterable[bytes]) -> SumDB:
        """Another database that knows the same modules and has the same key, and begins with other records."""
        return SumDB(self.name, self._sums, seed_records, self.signer)

    def fetch(self, path: str) -> Reply:
        """The answer to ``GET path``, where ``/`` is the database itself. Raises what ``sums`` raises."""
        if path == "/supported":
            return Reply(200, content_type=TEXT)
        if path == "/latest":
            return Reply(200, self.head(), content_type=TEXT)
        if path.startswith("/lookup/"):
            return self._lookup(path)
        tile = parse_tile(path)
        return not_found(f"unknown path {path}") if tile is None else self._tile(tile)

    def _lookup(self, path: str) -> Reply:
        target = parse_target(path)
        if not modpath.canonical_escape(path) or not modpath.is_canonical(target.version) or not target.module:
            return Reply(400, b"invalid module@version syntax\n", content_type=TEXT)
        key = target.module, target.version
        with self._lock:
            known = key in self._index
        # Asked outside the lock: an upstream may have to download a zip to answer.
        sums = None if known else self._sums(*key)
        with self._lock:
            if key not in self._index:
                if sums is None:
                    return not_found(f"{target.module}@{target.version}: no such version")
                self._append(*key, record_text(*key, sums))
            index = self._index[key]
            return Reply(200, lookup_reply(index, self._records[index], self._signed_head()), content_type=TEXT)

    def _tile(self, tile: Tile) -> Reply:
        with self._lock:
            view = self._tree.at(len(self._tree))
            data = data_tile_bytes(self._records, view.size, tile) if tile.level is None else tile_bytes(view, tile)
        if data is None:
            return not_found(f"the tree has {view.size} records, too few for this tile")
        return Reply(200, data, content_type=TEXT if tile.level is None else "application/octet-stream")

    def _append(self, module: str, version: str, record: bytes) -> None:
        self._index[module, version] = self._tree.append(leaf_hash(record))
        self._records.append(record)

    def _signed_head(self) -> bytes:
        """Signed once for each size of the tree."""
        if self._head[0] != len(self._tree):
            self._head = len(self._tree), tree_head(self._tree.at(len(self._tree)), self.signer)
        return self._head[1]
