"""``sumdb``: the checksum database lies, or whoever stands between it and the client does."""

from __future__ import annotations

import random
from typing import ClassVar

from pydantic import Field

from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.request import Request
from chaosmod.faults.sumdb_actions import TILE_LIES, Lie, Told


class SumdbLie(HttpFault):
    """Which lie. It is told wherever the match says: ``host: sumdb`` where Go asks it directly, ``primary`` through a proxy.

    Go asks the database only about what go.sum does not name (cmd/go/internal/modfetch, checkModSum), and each thing once
    a command; what it could authenticate it keeps in the module cache, and the latest head of the tree beside it, in
    ``GOPATH/pkg/sumdb``, which ``go clean -modcache`` does not touch.
    """

    kind: ClassVar[str] = "sumdb"
    summary: ClassVar[str] = "the checksum database lies: records, signatures, tiles, or a second tree"
    example: ClassVar[str] = "{lie: wrong-hash}"
    shorthand: ClassVar[str] = "lie"

    lie: Told = Field(
        description=(
            "wrong-hash: a proven record with another hash; other-module: a proven record of another module; "
            "altered-record: a record that is not in the tree; bad-signature, wrong-key: a head that is not signed with "
            "the database's key; stale-head: one from before the record; forked-tree: a proven record of a second tree; "
            "corrupted-tile, short-tile: hashes of the tree, falsified or half of them"
        )
    )

    @property
    def lies(self) -> bool:
        return True

    def concerns(self, request: Request) -> bool:
        return request.target.file == ("tile" if self.lie in TILE_LIES else "lookup")

    def act(self, request: Request, rng: random.Random) -> Lie:
        return Lie(self.lie)


FAULTS.register(SumdbLie)
