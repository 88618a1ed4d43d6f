"""Which YAML files are scenarios: told from their text, without reading YAML, so that looking costs next to nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["claims", "is_scenario", "scenarios_beneath"]

SUFFIXES = (".yml", ".yaml")
_BYTES = 1 << 18
_CLAIM = re.compile(rb"""^(?:\xef\xbb\xbf)?["']?scenario["']?[ \t]*:(?:\s|$)""", re.MULTILINE)
_NAMED = re.compile(rb"""^(?:\xef\xbb\xbf)?["']?scenario["']?[ \t]*:[ \t]+["']?[A-Za-z0-9]""", re.MULTILINE)
_PART = re.compile(rb"""^["']?(?:faults|expect|recoveries|provoke)["']?[ \t]*:""", re.MULTILINE)


def claims(path: Path) -> bool:
    """Whether the file has a top-level key ``scenario``: enough where the user has pointed at it."""
    return _CLAIM.search(_head(path)) is not None


def is_scenario(path: Path) -> bool:
    """Whether the file can hardly be anything but a scenario: a name for it, and a part that every scenario has.

    Other programs have files with a key ``scenario`` too, and must not find them run as tests.
    """
    text = _head(path)
    return _NAMED.search(text) is not None and _PART.search(text) is not None


def scenarios_beneath(folder: Path) -> Iterator[Path]:
    """The files beneath ``folder`` that claim to be scenarios. Hidden folders are passed over, as pytest does."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(files):
            path = Path(here, name)
            if path.suffix in SUFFIXES and claims(path):
                yield path


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_BYTES)
    except OSError:
        return b""
