"""Go version numbers: of releases, and of the ``go`` lines in go.mod and go.work (https://go.dev/doc/toolchain#version).

Not module versions: those are semantic versions with a ``v``.
"""

from __future__ import annotations

import re
from typing import TypeAlias

__all__ = ["Key", "key", "matches", "minor", "newer", "of_goroot"]

Key: TypeAlias = tuple[int, int, int, int]
"""Major, minor, stage (language version, beta, rc, release) and the number within the stage."""

_VERSION = re.compile(r"(?:go)?(\d+)\.(\d+)(?:\.(\d+)|(rc|beta)(\d+))?(?=$|[-+ ])")
_CONSTRAINT = re.compile(r"\s*(>=|<=|>|<|==|!=)\s*(\d+\.\d+(?:\.\d+|(?:rc|beta)\d+)?)\s*")


def key(version: str) -> Key:
    """Sorts as Go does: 1.21 < 1.21beta1 < 1.21rc1 < 1.21.0 < 1.21.1. Raises ValueError for what is no Go version."""
    found = _VERSION.match(version)
    if found is None:
        raise ValueError(f"not a Go version: {version!r}")
    major, small, patch, stage, number = found.groups()
    if stage:
        return int(major), int(small), ("beta", "rc").index(stage) + 1, int(number)
    return (int(major), int(small), 0, 0) if patch is None else (int(major), int(small), 3, int(patch))


def minor(version: str) -> str:
    """``1.26`` for ``1.26.8``. Raises ValueError."""
    return "{}.{}".format(*key(version)[:2])


def newer(line: str, release: str) -> bool:
    """Whether a ``go`` line asks for more than ``release`` is. Raises ValueError.

    Releases before 1.21 were named without a patch number (go1.20): there the first release is the language version.
    """
    return key(line) > key(release)


def of_goroot(text: str) -> str:
    """The version that a GOROOT/VERSION file names: ``1.26.8``. Raises ValueError, also for development versions."""
    first = text.split("\n", 1)[0].strip()
    key(first)
    return first.removeprefix("go").split(" ")[0]


def matches(constraint: str, version: str) -> bool:
    """Whether ``version`` satisfies ``>=1.24`` or ``>=1.22,<1.26``, compared as far as the constraint is written.

    So ``<=1.24`` covers 1.24.11 and ``==1.24`` all of its patch releases. Raises ValueError where the constraint is
    malformed.
    """
    verdict = True
    for part in constraint.split(","):
        found = _CONSTRAINT.fullmatch(part)
        if found is None:
            raise ValueError(f"not a constraint on Go releases: {part!r} (write '>=1.24' or '>=1.22,<1.26')")
        operator, bound = found.groups()
        whole = key(bound)[2] != 0
        left, right = (key(version), key(bound)) if whole else (key(version)[:2], key(bound)[:2])
        verdict &= {
            ">=": left >= right,
            "<=": left <= right,
            ">": left > right,
            "<": left < right,
            "==": left == right,
            "!=": left != right,
        }[operator]
    return verdict
