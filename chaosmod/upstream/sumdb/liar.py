"""A checksum database that lies: what it answers, made from what an honest one would have said.

Some lies need no more than the honest answer (a bad signature, a falsified record, a tile with a flipped bit); others
need a log of their own:

- *wrong hash*, *other module*: the honest log holds one more record, and a look-up leads to that one. Everything is
  signed and proven as it should be, as when the database recorded a release before its tag was moved.
- *forked tree*: a second log under the same key, which never was the honest one (a split view). A client that knows the
  one finds out as soon as it is shown a head of the other.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import get_args

from chaosmod.faults.sumdb_actions import Told
from chaosmod.upstream.base import Reply
from chaosmod.upstream.sumdb.database import SumDB, lookup_reply, record_text
from chaosmod.upstream.sumdb.note import Signer
from chaosmod.upstream.sumdb.tree import WIDTH

__all__ = ["Liar", "falsified", "forged", "parse_lookup", "resigned"]

_NOBODY = ("decoy.chaosmod.test/m", "v1.0.0")
"""A module that nobody asks for."""


def parse_lookup(body: bytes) -> tuple[int, bytes, bytes]:
    """The record's number, its text and the signed head of a ``/lookup`` answer. Raises ValueError for another text."""
    number, record = body.split(b"\n", 1)
    record, head = record.split(b"\n\n", 1)
    return int(number), record + b"\n", head


def falsified(record: bytes) -> bytes:
    """``record`` with another hash for the zip; that of the go.mod stays."""
    first, rest = record.decode().split("\n", 1)
    false = base64.b64encode(hashlib.sha256(first.encode()).digest()).decode()
    return f"{first.rpartition(' ')[0]} h1:{false}\n{rest}".encode()


def forged(head: bytes) -> bytes:
    """``head`` with a signature under the right key's name that the key never made."""
    text, _, line = head.decode().rstrip("\n").rpartition("\n")
    dash, name, signature = line.split(" ")
    raw = base64.b64decode(signature)
    false = base64.b64encode(raw[:4] + bytes(b ^ 1 for b in raw[4:])).decode()
    return f"{text}\n{dash} {name} {false}\n".encode()


def resigned(head: bytes, name: str) -> bytes:
    """``head``, signed by another key of the same name."""
    text = head.decode().partition("\n\n")[0] + "\n"
    return Signer(name, hashlib.sha256(b"another key").digest()).sign(text)


class Liar:
    """The two faces of a database: :meth:`fetch` is honest, :meth:`tell` lies. As thread-safe as the database is."""

    def __init__(self, honest: SumDB) -> None:
        self._honest = honest
        self._began = len(honest.records())
        """How many records there were at first: what a replica has that lags behind."""
        self._inserted: dict[bytes, int] = {}
        self._fork: SumDB | None = None
        self._lies: Mapping[Told, Callable[[str, Reply], bytes | None]] = {
            "wrong-hash": self._wrong_hash,
            "other-module": self._other_module,
            "altered-record": self._altered_record,
            "bad-signature": self._bad_signature,
            "wrong-key": self._wrong_key,
            "stale-head": self._stale_head,
            "forked-tree": self._forked_tree,
            "corrupted-tile": lambda _, said: bytes([said.body[0] ^ 1]) + said.body[1:],
            "short-tile": lambda _, said: said.body[: len(said.body) // 2],
        }
        assert set(self._lies) == set(get_args(Told))

    def fetch(self, path: str) -> Reply:
        """The honest answer; a tile that only the forked tree has comes from there, as it was signed like any other."""
        said = self._honest.fetch(path)
        if said.status == 404 and self._fork is not None and path.startswith("/tile/"):
            return self._fork.fetch(path)
        return said

    def tell(self, lie: Told, path: str, said: Reply) -> Reply | None:
        """What to answer in place of the honest ``said``; None where there is nothing to lie about."""
        body = self._lies[lie](path, said) if said.status == 200 and said.body else None
        return None if body is None else replace(said, body=body)

    def _insert(self, record: bytes) -> int:
        if record not in self._inserted:
            self._inserted[record] = self._honest.insert(record)
        return self._inserted[record]

    def _wrong_hash(self, path: str, said: Reply) -> bytes:
        record = falsified(parse_lookup(said.body)[1])
        return lookup_reply(self._insert(record), record, self._honest.head())

    def _other_module(self, path: str, said: Reply) -> bytes:
        record = record_text(*_NOBODY, ("h1:A=", "h1:B="))
        return lookup_reply(self._insert(record), record, self._honest.head())

    def _altered_record(self, path: str, said: Reply) -> bytes:
        number, record, head = parse_lookup(said.body)
        return lookup_reply(number, falsified(record), head)

    def _bad_signature(self, path: str, said: Reply) -> bytes:
        number, record, head = parse_lookup(said.body)
        return lookup_reply(number, record, forged(head))

    def _wrong_key(self, path: str, said: Reply) -> bytes:
        number, record, head = parse_lookup(said.body)
        return lookup_reply(number, record, resigned(head, self._honest.name))

    def _stale_head(self, path: str, said: Reply) -> bytes | None:
        number, record, _ = parse_lookup(said.body)
        return None if number < self._began else lookup_reply(number, record, self._honest.head(self._began))

    def _forked_tree(self, path: str, said: Reply) -> bytes | None:
        if self._fork is None:
            self._fork = self._honest.fork([record_text(*_NOBODY, ("h1:A=", "h1:B="))] * WIDTH)
        return self._fork.fetch(path).body or None
