from __future__ import annotations

import itertools

import pytest

from chaosmod.lab import goversion


def test_order_is_gos() -> None:
    """The order of https://go.dev/doc/toolchain#version."""
    versions = ["1.9", "1.21", "1.21beta1", "1.21rc1", "1.21rc2", "1.21.0", "1.21.1", "1.21.10", "1.22", "2.0"]
    keys = [goversion.key(v) for v in versions]
    assert all(earlier < later for earlier, later in itertools.pairwise(keys))


@pytest.mark.parametrize("text", ["", "1", "go1", "v1.2.3", "1.2.3.4", "1.21rc", "1.21.x", "local", "devel +abc"])
def test_no_go_version(text: str) -> None:
    with pytest.raises(ValueError, match="not a Go version"):
        goversion.key(text)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("go1.26.8\ntime 2026-08-28T16:20:06Z\n", "1.26.8"),
        ("go1.20", "1.20"),
        ("go1.22rc1\n", "1.22rc1"),
        ("go1.24.4 X:nocoverageredesign\n", "1.24.4"),
        ("go1.24.4-custom\n", "1.24.4-custom"),
    ],
)
def test_version_files(text: str, version: str) -> None:
    assert goversion.of_goroot(text) == version


def test_a_development_tree_has_no_version() -> None:
    with pytest.raises(ValueError, match="devel"):
        goversion.of_goroot("devel go1.28-abcdef\n")


@pytest.mark.parametrize(
    ("line", "release", "newer"),
    [
        ("1.26", "1.26.8", False),
        ("1.26.8", "1.26.8", False),
        ("1.26.9", "1.26.8", True),
        ("1.27", "1.26.8", True),
        ("1.26", "1.26rc1", False),
        ("1.20", "1.20", False),
    ],
)
def test_newer(line: str, release: str, newer: bool) -> None:
    assert goversion.newer(line, release) is newer


@pytest.mark.parametrize(
    ("constraint", "fits"),
    [
        (">=1.24", ["1.24.11", "1.26.8"]),
        (">1.24", ["1.26.8"]),
        ("<=1.24", ["1.21.13", "1.24.11"]),
        ("<1.24", ["1.21.13"]),
        ("==1.24", ["1.24.11"]),
        ("!=1.24", ["1.21.13", "1.26.8"]),
        (">=1.24.12", ["1.26.8"]),
        (" >= 1.22 , <1.26", ["1.24.11"]),
    ],
)
def test_constraints(constraint: str, fits: list[str]) -> None:
    assert [v for v in ("1.21.13", "1.24.11", "1.26.8") if goversion.matches(constraint, v)] == fits


@pytest.mark.parametrize("constraint", ["", ">=", "=>1.24", ">=v1.24", ">=1", ">=1.24,", "~1.24"])
def test_no_constraint(constraint: str) -> None:
    with pytest.raises(ValueError, match="not a constraint"):
        goversion.matches(constraint, "1.26.8")
