"""What the checksum database told Go of each module version, and how far that can be relied on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from chaosmod.history import CommandFinished, FaultArmed, History, ModCacheCompared, RequestServed

__all__ = ["Key", "Lookup", "lookups", "records_held"]

Key: TypeAlias = tuple[str, str]
"""Module and version."""

_COMPLAINT = re.compile(r"verifying (?:module|go\.mod): (\S+)@([^\s/:]+)(?:/go\.mod)?: [^\n]*")
"""That Go could not get an answer of the database, or could not authenticate it (cmd/go/internal/modfetch/sumdb.go). The
same failure may be told of several packages, in the same words."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """One answer to a look-up."""

    command: int
    """The command that asked (its ``n``)."""
    word: Literal["proof", "doubt", "lie"]
    """``proof``: true, and Go could authenticate it. ``doubt``: true, but some of the tiles that came with it were false.
    ``lie``: false, or told with none but false tiles."""


def lookups(history: History) -> dict[Key, Lookup]:
    """Module and version -> the last answer about it.

    Left out are those that were never answered for: an answer that broke off, or that Go could not authenticate because
    the tiles did not come, has told it nothing.

    The last one counts: Go asks only about what it holds no record of (golang.org/x/mod/sumdb, Client.Lookup), so that
    whatever it was told before is gone by then.
    """
    asked, tiles, liars = history.of(RequestServed, file="lookup"), _Tiles(history), _liars(history)
    answers = [a for a in asked if _came(a)]
    often = Counter((a.invocation, a.module, a.version) for a in answers)
    complaints = {command.n: _complaints(command) for command in history.of(CommandFinished)}
    found: dict[Key, Lookup] = {}
    for answer in answers:
        key, command = (answer.module, answer.version), answer.invocation
        if answer.fired in liars:
            found[key] = Lookup(command, "lie")
        elif command in tiles.false:
            found[key] = Lookup(command, "doubt" if tiles.shown(command) else "lie")
        elif tiles.shown(command):
            said = complaints.get(command, {})
            # Where Go says nothing at all its output may have been thrown away: then the tiles must all have come.
            heard = often[command, *key] > said.get(key, 0) if said else command not in tiles.missed
            if heard:
                found[key] = Lookup(command, "proof")
    return found


def _came(answer: RequestServed) -> bool:
    return answer.status == 200 and answer.whole


def _liars(history: History) -> set[str | None]:
    return {armed.fault for armed in history.of(FaultArmed) if armed.lies}


def _complaints(command: CommandFinished) -> Mapping[Key, int]:
    """Module and version -> how often one of the command's processes failed to verify it."""
    failures = {(match[1], match[2], match[0]) for match in _COMPLAINT.finditer(command.stderr + command.stdout)}
    return Counter((module, version) for module, version, _ in failures)


def records_held(history: History) -> frozenset[Key]:
    """The module versions of which a warm cache held the database's record from the beginning."""
    before = history.last(ModCacheCompared, when="injected")
    split = (record.rpartition("@") for record in (before.records if before is not None else ()))
    return frozenset((module, version) for module, _, version in split)


class _Tiles:
    """Which hashes of the tree came, by the commands that asked for them."""

    def __init__(self, history: History) -> None:
        liars = _liars(history)
        asked = history.of(RequestServed, file="tile")
        true = [tile for tile in asked if _came(tile) and tile.fired not in liars]
        came = {(tile.invocation, tile.path) for tile in true}
        self.false = {tile.invocation for tile in asked if _came(tile) and tile.fired in liars}
        """The commands that were shown a false one."""
        self.missed = {
            tile.invocation
            for tile in asked
            if (tile.invocation, tile.path) not in came and not (tile.status == 404 and tile.fired is None)
        }
        """The commands that lack one. That the database has no full tile yet is no loss: Go has asked for the part that
        there is (golang.org/x/mod/sumdb, Client.readTile)."""
        self._first = 0 if records_held(history) else min((tile.invocation for tile in true), default=None)

    def shown(self, command: int) -> bool:
        """Whether a true one lay in the module cache when ``command`` ended."""
        return self._first is not None and self._first <= command
