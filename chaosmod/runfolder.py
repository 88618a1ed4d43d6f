"""The folder of a run: ``.chaosmod/runs/<UTC time>-<short>/``, with ``latest`` pointing to the newest."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from pathlib import Path

__all__ = ["LATEST", "create", "new"]

LATEST = "latest"


def new(runs: Path) -> Path:
    """The folder for a run that begins now; nothing is made."""
    return runs / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{secrets.token_hex(2)}"


def create(folder: Path) -> None:
    """Make the folder of a run, and let ``latest`` point to it from now on.

    A ``.chaosmod`` folder is kept out of version control; a ``latest`` that somebody else made is left alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    runs = folder.parent
    ignore = runs.parent / ".gitignore"
    if runs.parent.name == ".chaosmod" and not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    latest = runs / LATEST
    if latest.exists() and not latest.is_symlink():
        return
    fresh = runs / f".{LATEST}-{folder.name}-{os.getpid()}"  # several workers may come to this at once
    with contextlib.suppress(OSError):  # a file system without symbolic links
        fresh.symlink_to(folder.name)
        os.replace(fresh, latest)
