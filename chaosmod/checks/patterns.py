"""Go's comma-separated lists of module path patterns, as in GOPRIVATE."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["covers"]


@lru_cache(maxsize=1024)
def _element(glob: str) -> re.Pattern[str]:
    """One path element of a ``path.Match`` pattern: ``*``, ``?``, ``[a-z]``, ``[^a-z]`` and ``\\x``."""
    out, i = "", 0
    while i < len(glob):
        c = glob[i]
        end = glob.find("]", i + 2) if c == "[" else -1
        if end > 0:
            out += "[" + glob[i + 1 : end].replace("[", r"\[") + "]"
            i = end
        elif c == "\\" and i + 1 < len(glob):
            i += 1
            out += re.escape(glob[i])
        else:
            out += {"*": ".*", "?": "."}.get(c, re.escape(c))
        i += 1
    return re.compile(out, re.DOTALL)


def _matches(glob: str, elements: list[str]) -> bool:
    parts = glob.split("/")
    try:
        return len(parts) <= len(elements) and all(
            _element(g).fullmatch(e) for g, e in zip(parts, elements, strict=False)
        )
    except re.error:
        return False  # path.Match: ErrBadPattern, which Go ignores here


def covers(patterns: str, path: str) -> bool:
    """Whether one of ``patterns`` matches ``path`` or a leading part of it that ends at a slash.

    golang.org/x/mod/module.MatchPrefixPatterns.

    >>> covers("*.corp.example,rsc.example/private", "rsc.example/private/quux")
    True
    """
    elements = path.split("/")
    return any(_matches(glob.removesuffix("/"), elements) for glob in patterns.split(",") if glob.removesuffix("/"))
