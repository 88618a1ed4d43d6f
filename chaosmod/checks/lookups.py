"""What the checksum database told Go of each module version, and how far that can be relied on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chaosmod.checks.views import case_of
from chaosmod.history import FaultArmed, History, RequestServed

__all__ = ["Lookup", "lookups"]


@dataclass(frozen=True, slots=True)
class Lookup:
    """One answer to a look-up."""

    command: int
    """The command that asked (its ``n``)."""
    word: Literal["proof", "doubt", "lie"]
    """``proof``: true, and Go could authenticate it. ``doubt``: true, but some of the tiles that came with it were false.
    ``lie``: false, or never authenticated, since no true tile had come at all."""


def lookups(history: History) -> dict[tuple[str, str], Lookup]:
    """Module and version -> the last answer about it; those that were never answered for are left out.

    The last one counts: Go asks only about what it holds no record of (golang.org/x/mod/sumdb, Client.Lookup), so that
    whatever it was told before is gone by then.
    """
    case = case_of(history)
    liars = {armed.fault for armed in history.of(FaultArmed) if armed.lies}
    answers = history.of(RequestServed, status=200)
    tiles = [(tile.invocation, tile.fired in liars) for tile in answers if tile.file == "tile"]
    misled = {command for command, false in tiles if false}
    # From this command on true tiles lie in the module cache; in a warm one they may have lain before.
    shown = min((command for command, false in tiles if not false), default=None)
    if case is not None and case.cache != "cold":
        shown = 0

    def word(answer: RequestServed) -> Literal["proof", "doubt", "lie"]:
        if answer.fired in liars:
            return "lie"
        if answer.invocation not in misled:
            return "proof"
        return "doubt" if shown is not None and shown <= answer.invocation else "lie"

    return {(a.module, a.version): Lookup(a.invocation, word(a)) for a in answers if a.file == "lookup"}
