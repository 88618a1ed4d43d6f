"""The records of the checksum database that a module cache holds."""

from __future__ import annotations

import os
from pathlib import Path

from chaosmod.faults.request import unescape

__all__ = ["held"]


def held(modcache: Path) -> list[str]:
    """``module@version`` of each, sorted.

    Go keeps what it has authenticated, and nothing else (golang.org/x/mod/sumdb, Client.Lookup), in
    ``cache/download/sumdb/NAME/lookup`` (cmd/go/internal/modfetch/sumdb.go, dbClient.WriteCache).
    """
    found = set()
    for lookup in (modcache / "cache" / "download" / "sumdb").glob("*/lookup"):
        for folder, _, names in os.walk(lookup):
            found |= {unescape((Path(folder) / name).relative_to(lookup).as_posix()) for name in names}
    return sorted(found)
