"""What the options of a run point to, looked at once before anything runs: a mistake there is one error, not one a case."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from chaosmod.errors import ChaosmodError, UsageError
from chaosmod.faults.decisions import Replay
from chaosmod.lab import toolchain
from chaosmod.options import Options
from chaosmod.runfolder import REMEDY

__all__ = ["check", "replayed"]

T = TypeVar("T")
_UPSTREAMS = "write corpus, live or snapshot:DIR"


def check(options: Options, *, keeps: bool = True) -> None:
    """Raises UsageError where an option names what is not there or cannot be used. Reads, and makes nothing.

    ``keeps``: histories will be written.
    """
    _workspace(options.workspace)
    _upstream(options.upstream)
    if keeps:
        _runs(options.runs)
    if options.go:
        toolchain.select(options.go, project=options.base)
    if options.replay is not None:
        _told("--chaos-replay", Replay.read, options.replay)


def replayed(options: Options, cases: Sequence[tuple[str, str]]) -> None:
    """Raises UsageError where the replay file is of none of the selected ``cases`` (scenario, case)."""
    if options.replay is None:
        return
    of = Replay.read(options.replay)
    if (of.scenario, of.case) not in cases:
        raise UsageError(f"--chaos-replay: the file is of {of.case} of {of.scenario}, which is not among the cases")


def _workspace(spec: str | None) -> None:
    if spec is None:
        return
    if spec.startswith("corpus:"):
        from chaosmod.upstream.corpus import workspace_dir

        _told("--chaos-workspace", workspace_dir, spec.removeprefix("corpus:"))
        return
    if not any(os.path.isfile(os.path.join(spec, name)) for name in ("go.mod", "go.work")):
        why = "it has no go.mod and no go.work" if os.path.isdir(spec) else "there is no such folder"
        raise UsageError(f"--chaos-workspace: {spec} is no Go project: {why}. Name the folder of its go.mod or go.work")


def _upstream(spec: str | None) -> None:
    if spec is None or spec in ("corpus", "live"):
        return
    kind, _, folder = spec.partition(":")
    if kind != "snapshot":
        raise UsageError(f"--chaos-upstream: unknown upstream {spec!r}: {_UPSTREAMS}")
    if not folder:
        raise UsageError("--chaos-upstream: snapshot: names no folder: write snapshot:$(go env GOMODCACHE), for one")
    from chaosmod.upstream.snapshot import Snapshot

    _told("--chaos-upstream", Snapshot, Path(folder))


def _runs(runs: Path) -> None:
    """Whether the histories of a run can be kept in ``runs``, which need not exist yet."""
    nearest = next(p for p in (runs, *runs.parents) if os.path.lexists(p))
    if not os.path.isdir(nearest):
        why = f"{nearest} is no folder"
    elif not os.access(nearest, os.W_OK | os.X_OK):
        why = f"nothing can be written in {nearest}"
    else:
        return
    raise UsageError(f"the histories cannot be kept: {why}; {REMEDY}")


def _told(flag: str, read: Callable[[T], object], what: T) -> None:
    try:
        read(what)
    except ChaosmodError as e:
        raise UsageError(f"{flag}: {e}") from None
