"""Which lines of go.sum files were lost, file by file: what one module needs is of no use to it in another's go.sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from chaosmod.checks.gosum import hashes
from chaosmod.history import FilesMeasured

__all__ = ["lost_entries", "lost_lines"]


def lost_lines(now: FilesMeasured, states: Sequence[FilesMeasured]) -> dict[str, list[str]]:
    """The lines that each file lacks, against the one of ``states`` that explains most of it; none where one explains all."""
    return _lost(now, states, frozenset)


def lost_entries(now: FilesMeasured, states: Sequence[FilesMeasured]) -> dict[str, list[str]]:
    """The same for ``path version``, with whatever hash: where go.sum may change, a changed hash is not a lost line."""
    return _lost(now, states, lambda lines: frozenset(hashes(lines)))


def _lost(
    now: FilesMeasured, states: Sequence[FilesMeasured], read: Callable[[Iterable[str]], frozenset[str]]
) -> dict[str, list[str]]:
    here, *before = _by_file([now, *states])
    found: dict[str, list[str]] = {}
    for path in sorted({path for sums in before for path in sums}):
        has = read(_counting_for(path, here))
        least = min((sorted(read(sums.get(path, ())) - has) for sums in before), key=len)
        if least:
            found[path] = least
    return found


def _counting_for(path: str, here: Mapping[str, Sequence[str]]) -> Iterable[str]:
    """The lines that stand for those of ``path``: its own, and for a go.work.sum those of every go.sum.

    Go itself takes out of go.work.sum what a go.sum of the workspace has (``sumInWorkspaceModulesLocked`` in
    cmd/go/internal/modfetch/fetch.go). It never does the reverse: with GOWORK=off a module has its own go.sum alone.
    """
    if path.rsplit("/", 1)[-1] == "go.work.sum":
        return [line for lines in here.values() for line in lines]
    return here.get(path, ())


def _by_file(states: Sequence[FilesMeasured]) -> list[Mapping[str, tuple[str, ...]]]:
    """Path -> lines of each state. What an old history measured of all files together is one file's."""
    if any(state.gosum and not state.sums for state in states):
        return [{"go.sum": state.gosum} for state in states]
    return [state.sums for state in states]
