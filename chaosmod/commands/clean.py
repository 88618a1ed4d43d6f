"""``chaosmod clean``: remove the labs that nobody uses any more, and the caches where that is asked for."""

from __future__ import annotations

import argparse

__all__ = ["arguments", "run", "size"]


def arguments(parser: argparse.ArgumentParser) -> None:
    """``--all``."""
    parser.add_argument("--all", action="store_true", help="also the caches, which the next run has to build again")


def run(given: argparse.Namespace) -> int:
    """Remove, and say what; what a running chaosmod holds stays."""
    from chaosmod.lab.state import StateDir

    state = StateDir.default()
    done = state.clean() if given.all else state.clean(["labs"])
    for verb, entries in (("removed", done.removed), ("in use", done.kept)):
        for entry in entries:
            print(f"{verb:<8} {entry.kind:<7} {size(entry.size):>8}  {entry.path}")
    kept = [] if given.all else [entry for entry in state.entries() if entry.kind != "labs"]
    freed = size(sum(entry.size for entry in done.removed))
    print(f"{len(done.removed)} removed, {freed} freed" if done.removed else f"nothing to remove in {state.root}")
    if kept:
        print(f"caches of {size(sum(entry.size for entry in kept))} stay in {state.root}: chaosmod clean --all")
    return 0


def size(count: float) -> str:
    """Bytes for people.

    >>> size(1536)
    '1.5 KiB'
    """
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"
