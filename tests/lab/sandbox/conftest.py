"""A lab to try things in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaosmod.lab.base import Tree
from chaosmod.lab.sandbox.sandbox import Sandbox, Spawner
from chaosmod.lab.state import StateDir
from tests.support.lab import CACHE


@pytest.fixture(scope="module")
def spawner() -> Iterator[Spawner]:
    made = Spawner()
    yield made
    made.close()


@pytest.fixture
def directory() -> Path:
    return StateDir(CACHE).new_lab()


@pytest.fixture
def lab(spawner: Spawner, directory: Path, tmp_path: Path) -> Iterator[Sandbox]:
    lower = tmp_path / "lower"
    lower.mkdir()
    (lower / "given").write_text("from the base\n")
    trees = [Tree("work", (lower,)), Tree("gopath"), Tree("cache")]
    made = Sandbox(spawner, directory, trees, [Path(sys.prefix), Path(sys.base_prefix)], attempts=True)
    yield made
    made.close()
