from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaosmod.lab.shelf import Shelf
from chaosmod.lab.state import StateDir


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    return StateDir(tmp_path / "state")


@pytest.fixture
def shelf(state: StateDir) -> Iterator[Shelf]:
    made = Shelf(state)
    yield made
    made.close()


def fill(state: StateDir, *names: str) -> None:
    """Directories, each used later than the one before."""
    for n, name in enumerate(names):
        path = state.folder("steady") / name
        (path / "work").mkdir(parents=True)
        os.utime(path, (n, n))


def there(state: StateDir) -> list[str]:
    return sorted(os.listdir(state.folder("steady")))


def test_the_last_few_of_a_group_stay(state: StateDir, shelf: Shelf) -> None:
    fill(state, "g-1", "g-2", "g-3", "other-1", "other-2", "other-3")
    shelf.prune("g", 2)
    assert there(state) == ["g-2", "g-3", "other-1", "other-2", "other-3"]


def test_what_was_used_again_is_not_the_oldest(state: StateDir, shelf: Shelf) -> None:
    fill(state, "g-1", "g-2", "g-3")
    assert shelf.hold("g", "1") == state.folder("steady") / "g-1"
    shelf.close()
    shelf.prune("g", 1)
    assert there(state) == ["g-1"]


def test_what_anybody_holds_stays_until_they_let_go(state: StateDir, shelf: Shelf) -> None:
    fill(state, "g-1", "g-2")
    other = Shelf(state)
    for _ in range(2):
        other.hold("g", "1")
    os.utime(state.folder("steady") / "g-1", (0, 0))
    shelf.hold("g", "1")  # several may
    os.utime(state.folder("steady") / "g-1", (0, 0))
    shelf.prune("g", 1)
    shelf.close()
    shelf.prune("g", 1)
    assert there(state) == ["g-1", "g-2"]
    other.close()
    shelf.prune("g", 1)
    assert there(state) == ["g-2"]


def test_what_is_not_there_yet_can_be_held(state: StateDir, shelf: Shelf) -> None:
    path = shelf.hold("g", "new")
    assert not path.exists()
    path.mkdir()
    fill(state, "g-1", "g-2")
    shelf.prune("g", 0)
    assert there(state) == ["g-new"]


def test_a_removal_that_was_cut_short_is_finished(state: StateDir, shelf: Shelf) -> None:
    fill(state, "g-1", "g-2.gone")
    shelf.prune("g", 1)
    assert there(state) == ["g-1"]
