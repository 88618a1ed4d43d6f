"""The lines of go.sum files, as keys and hashes."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["hashes", "is_gosum", "target"]


def hashes(lines: Iterable[str]) -> dict[str, frozenset[str]]:
    """Lines ``path version hash`` as ``path version`` -> hashes; other lines are left out.

    Go allows several lines for one version (https://go.dev/ref/mod#go-sum-files).
    """
    found: dict[str, set[str]] = {}
    for line in lines:
        fields = line.split()
        if len(fields) == 3:
            found.setdefault(f"{fields[0]} {fields[1]}", set()).add(fields[2])
    return {key: frozenset(values) for key, values in found.items()}


def target(key: str) -> tuple[str, str]:
    """Module and version of a key: one database record holds both of its lines.

    >>> target("dep.example/lib v1.0.0/go.mod")
    ('dep.example/lib', 'v1.0.0')
    """
    module, _, version = key.partition(" ")
    return module, version.removesuffix("/go.mod")


def is_gosum(path: str) -> bool:
    """Whether ``path`` is a file of go.sum lines: go.sum itself, or the go.work.sum of a workspace."""
    return path.rsplit("/", 1)[-1] in ("go.sum", "go.work.sum")
