"""The records of the checksum database that a module cache holds."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from chaosmod.faults.request import unescape

__all__ = ["held"]


def held(modcache: str, find: Callable[[str], Path] = Path) -> list[str]:
    """``module@version`` of each, sorted. ``find`` has the file of a name in the lab (``Lab.path``).

    Go keeps what it has authenticated, and nothing else (golang.org/x/mod/sumdb, Client.Lookup), in
    ``cache/download/sumdb/NAME/lookup`` (cmd/go/internal/modfetch/sumdb.go, dbClient.WriteCache).
    """
    found: set[str] = set()
    try:
        databases = find(f"{modcache}/cache/download/sumdb")
    except OSError:  # links in a circle
        return []
    for lookup in databases.glob("*/lookup"):
        for folder, _, names in os.walk(lookup):
            found |= {unescape((Path(folder) / name).relative_to(lookup).as_posix()) for name in names}
    return sorted(found)
