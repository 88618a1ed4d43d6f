"""Which YAML files are scenarios: told from their text, without reading YAML, so that looking costs next to nothing."""

from __future__ import annotations

import enum
import os
import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["Likeness", "is_yaml", "likeness", "scenarios_beneath"]

_BYTES = 1 << 18
_PARTS = ("faults", "expect", "recoveries", "provoke")
_LEAD = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n|%[^\n]*\n|---(?=\s))*")
"""What may stand before the first key: comments, directives, the beginning of the document."""
_KEY = r"""["']?([A-Za-z][\w-]*)["']?[ \t]*:"""
_FLOW_KEY = re.compile(rf"[{{,]\s*{_KEY}")
_NAME = re.compile(r"""[ \t]*["']?[A-Za-z0-9]""")
_REST = r"[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*"
_LIST = re.compile(rf"[ \t]*\[|{_REST}[ \t]*-\s")
_MAPPING = re.compile(rf"[ \t]*\{{|{_REST}[ \t]+[^\s-]")
_SHAPE = {"scenario": _NAME, "faults": _LIST, "expect": _MAPPING}
"""What follows these keys in every scenario."""


class Likeness(enum.IntEnum):
    """How much a file is like a scenario."""

    NONE = 0
    SOME = 1
    """It may be meant for one: a top-level key that is a scenario's, or nearly ``scenario``; or it is empty."""
    MUCH = 2
    """It has a name and a part of a scenario, and so have files of other programs."""
    FULL = 3
    """It can hardly be anything else: a name, a list of ``faults`` and a mapping ``expect``."""


def is_yaml(path: Path) -> bool:
    """Whether the file is YAML by its name."""
    return path.suffix.lower() in (".yml", ".yaml")


def likeness(path: Path) -> Likeness:
    """How much the file at ``path`` is like a scenario. A file that cannot be read is taken for an empty one."""
    text = _head(path)
    lead = _LEAD.match(text)
    rest = text[lead.end() :] if lead else text
    if not rest.strip():
        return Likeness.SOME
    keys = _keys(rest)
    has = [key in keys and bool(pattern.match(rest, keys[key])) for key, pattern in _SHAPE.items()]
    if all(has):
        return Likeness.FULL
    if has[0] and any(part in keys for part in _PARTS):
        return Likeness.MUCH
    return Likeness.SOME if any(map(_is_sign, keys)) else Likeness.NONE


def _keys(text: str) -> dict[str, int]:
    """The keys of the mapping with which ``text`` begins -> where they end. Of a flow mapping the inner ones, too."""
    indent = len(text) - len(text.lstrip(" "))
    key = _FLOW_KEY if text.lstrip().startswith("{") else re.compile(rf"^ {{{indent}}}{_KEY}(?=\s)", re.MULTILINE)
    return {m[1]: m.end() for m in reversed([*key.finditer(text)])}  # the first of each


def _is_sign(key: str) -> bool:
    if key in ("scenario", *_PARTS):
        return True
    if not key.lower().startswith("s"):
        return False
    from difflib import SequenceMatcher

    return SequenceMatcher(None, key.lower(), "scenario").ratio() > 0.8


def scenarios_beneath(folder: Path) -> Iterator[Path]:
    """The files beneath ``folder`` that may be meant for scenarios. Hidden folders are passed over, as pytest does."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(files):
            path = Path(here, name)
            if is_yaml(path) and likeness(path):
                yield path


def _head(path: Path) -> str:
    try:
        with path.open("rb") as file:
            text = file.read(_BYTES).decode("utf-8-sig", "replace")
    except OSError:
        return ""
    return text.replace("\r\n", "\n") + "\n"
