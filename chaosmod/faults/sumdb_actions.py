"""What checksum-database faults can ask the lab to do: plain data, carried out by ``chaosmod.upstream.sumdb.liar``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["TILE_LIES", "Lie", "Told"]

Told: TypeAlias = Literal[
    "wrong-hash",
    "other-module",
    "altered-record",
    "bad-signature",
    "wrong-key",
    "stale-head",
    "forked-tree",
    "corrupted-tile",
    "short-tile",
]
"""What the database says that is not so."""

TILE_LIES = frozenset({"corrupted-tile", "short-tile"})
"""The lies that are told of the tree's tiles; all others are answers to a look-up."""


@dataclass(frozen=True, slots=True)
class Lie:
    """Have the checksum database answer with a lie. An answer that is no 200 passes as it is."""

    told: Told

    def __str__(self) -> str:
        return f"the checksum database lied: {self.told}"
