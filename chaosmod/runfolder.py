"""The folder of a run: ``.chaosmod/runs/<UTC time>-<short>/``, with ``latest`` pointing to the newest."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path

from chaosmod.errors import UsageError

__all__ = ["LATEST", "REMEDY", "create", "new"]

LATEST = "latest"
REMEDY = "name another folder for them: --chaos-runs=DIR"
"""What to do where histories cannot be kept."""


def new(runs: Path) -> Path:
    """The folder for a run that begins now; nothing is made."""
    return runs / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(2)}"


def create(folder: Path) -> None:
    """Make the folder of a run, and let ``latest`` point to it from now on.

    A ``.chaosmod`` folder is kept out of version control; a ``latest`` that somebody else made is left alone. Raises
    UsageError where nothing can be written there.
    """
    runs = folder.parent
    ignore = runs.parent / ".gitignore"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if runs.parent.name == ".chaosmod" and not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as e:
        raise UsageError(f"the histories cannot be kept in {runs}: {e.strerror}; {REMEDY}") from e
    latest = runs / LATEST
    if latest.exists() and not latest.is_symlink():
        return
    fresh = runs / f".{LATEST}-{folder.name}-{os.getpid()}"  # several workers may come to this at once
    with contextlib.suppress(OSError):  # a file system without symbolic links
        fresh.symlink_to(folder.name)
        os.replace(fresh, latest)
