"""Fixtures: the corpus behind a plain HTTP server, and real Go commands that talk to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chaosmod.upstream.base import public_sums
from chaosmod.upstream.corpus import Corpus, workspace_dir
from chaosmod.upstream.sumdb.database import SumDB
from tests.upstream.harness import Go, World, goroots, serving


@pytest.fixture(scope="session", params=sorted(goroots()) or ["none"])
def go_release(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A Go release and a build cache for it that all tests of this folder share."""
    found = goroots()
    assert found, "no Go here: put one on PATH or install the extra `go`"
    return found[request.param], tmp_path_factory.mktemp("gocache")


@pytest.fixture
def go(go_release: tuple[Path, Path], tmp_path: Path) -> Go:
    home = tmp_path / "home"
    home.mkdir()
    return Go(go_release[0], home, go_release[1])


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return Corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture
def world(corpus: Corpus) -> Iterator[World]:
    with serving(corpus, SumDB("sum.lab.example", public_sums(corpus))) as world:
        yield world


@pytest.fixture
def workspace(tmp_path: Path) -> Callable[[str], Path]:
    """A writable copy of a bundled workspace."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(workspace_dir(name), tmp_path / name))

    return copy
