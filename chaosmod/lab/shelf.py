"""Steady states and copies of workspaces on disk: the last few of each project, and never one in use removed."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from chaosmod.errors import LabError
from chaosmod.lab.state import StateDir
from chaosmod.lab.trees import remove_tree

__all__ = ["Shelf"]

_GONE = ".gone"
"""The end of a name under which a directory is being removed: half of one is never taken for a whole one."""


class Shelf:
    """The directories ``GROUP-KEY`` beneath ``steady/``, as one process uses them."""

    def __init__(self, state: StateDir) -> None:
        self._state = state
        self._held = contextlib.ExitStack()
        self._names: set[str] = set()

    def hold(self, group: str, key: str) -> Path:
        """Where ``key`` of ``group`` is, or is to be made. Nobody prunes it until :meth:`close`, or our end."""
        path = self._state.folder("steady") / f"{group}-{key}"
        if path.name not in self._names:
            self._held.enter_context(self._state.lock(f"use-{path.name}", shared=True))
            self._names.add(path.name)
        with contextlib.suppress(FileNotFoundError):
            os.utime(path)  # used now
        return path

    def prune(self, group: str, keep: int) -> None:
        """Remove what ``group`` has beyond the ``keep`` that were used last, but for what anybody holds."""
        every = [p for p in self._state.folder("steady").iterdir() if p.name.startswith(f"{group}-")]
        for path in (p for p in every if p.name.endswith(_GONE)):
            remove_tree(path)  # of one that was killed while it removed
        whole = sorted((p for p in every if not p.name.endswith(_GONE)), key=_used, reverse=True)
        for path in whole[keep:]:
            with contextlib.suppress(LabError, FileNotFoundError), self._state.lock(f"use-{path.name}", timeout=0):
                gone = path.with_name(path.name + _GONE)
                path.rename(gone)
                remove_tree(gone)

    def close(self) -> None:
        """Hold nothing any more."""
        self._held.close()
        self._names.clear()


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process has just removed it
        return 0.0
