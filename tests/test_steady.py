"""What a steady state says, and how it is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from chaosmod.history import BuildMeasured, EnvironmentRead, FilesMeasured, Fingerprint, Package
from chaosmod.steady import Steady, key_of, lacking, roles_of


@dataclass(frozen=True)
class Need:
    path: str
    indirect: bool = False


def test_keys_tell_what_differs() -> None:
    assert key_of("a", {"x": 1, "y": 2}) == key_of("a", {"y": 2, "x": 1})
    assert len({key_of("a"), key_of("b"), key_of("a", ""), key_of(["a"])}) == 4


def test_roles_are_the_requirements_whose_zip_was_asked_for_by_path() -> None:
    needs = [Need("m/b"), Need("m/a"), Need("m/unused"), Need("m/i", True)]
    roles = roles_of(needs, ["m/b@v1.0.0", "m/a@v2.0.0", "m/i@v0.1.0", "m/other@v9.0.0"])
    assert roles == {
        "{direct}": "m/a@v2.0.0",
        "{direct:1}": "m/a@v2.0.0",
        "{direct:2}": "m/b@v1.0.0",
        "{indirect}": "m/i@v0.1.0",
        "{indirect:1}": "m/i@v0.1.0",
    }


def test_a_workspace_that_asks_for_nothing_has_no_roles() -> None:
    assert roles_of([Need("m/a")], []) == {}


@pytest.mark.parametrize(
    ("role", "needs", "zips", "vendored", "why"),
    [
        ("{indirect}", [Need("m/a")], ["m/a@v1.0.0"], False, "it has no indirect requirement"),
        ("{direct}", [Need("m/a")], [], True, "Go builds it from vendor/, and asks no proxy for its modules"),
        ("{direct:2}", [Need("m/a"), Need("m/b")], ["m/a@v1.0.0"], True, "its build needs only 1 of its direct requir"),
        ("{direct}", [Need("m/a"), Need("m/i", True)], ["m/i@v1.0.0"], False, "only tests, .*, need m/a$"),
        ("{direct}", [Need(f"m/{n}") for n in range(9)], [], False, r"need m/0, m/1, m/2 …$"),
    ],
)
def test_why_there_is_no_role(role: str, needs: list[Need], zips: list[str], vendored: bool, why: str) -> None:
    assert role not in roles_of(needs, zips)
    assert re.search(why, lacking(role, needs, zips, vendored))


def made(folder: Path) -> Steady:
    return Steady(
        folder / "steady",
        folder / "std" / "k",
        BuildMeasured(
            when="steady", outcome="ok", fingerprint=Fingerprint({"p": Package("m", "v1", "h1:x", "c")}, {"b": "d"})
        ),
        FilesMeasured(when="steady", digests={"go.mod": "x"}, gosum=("m v1 h1:x",)),
        EnvironmentRead(when="steady", values={"GOPROXY": "p"}),
        ("m@v1",),
        1.5,
        ("m v1 h1:x\nm v1/go.mod h1:y\n",),
    )


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    steady = made(tmp_path)
    steady.directory.mkdir()
    steady.std.mkdir(parents=True)
    steady.save()
    assert Steady.load(steady.directory, tmp_path / "std") == steady


def test_nothing_is_loaded_where_a_part_is_missing(tmp_path: Path) -> None:
    steady = made(tmp_path)
    assert Steady.load(steady.directory, tmp_path / "std") is None
    steady.directory.mkdir()
    steady.save()
    assert Steady.load(steady.directory, tmp_path / "std") is None, "its standard library was cleaned away"


def test_a_limit_is_what_was_declared_unless_the_healthy_build_needs_longer(tmp_path: Path) -> None:
    steady = made(tmp_path)
    assert (steady.limit(60), steady.limit(1)) == (60, 4.5)
