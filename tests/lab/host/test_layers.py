"""Layers copied together, and what has been written since."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chaosmod.lab.host.layers import lay, written
from tests.support.files import snapshot, write
from tests.support.users import as_ordinary_user


@pytest.fixture
def two(tmp_path: Path) -> list[Path]:
    top = write(tmp_path / "top", {"a": "top", "both/x": "top", "file-over-folder": "f"})
    low = write(tmp_path / "low", {"a": "low", "both/x": "low", "both/y": "low", "file-over-folder/z": "z", "b/c": "c"})
    (low / "link").symlink_to("b/c")
    (low / "b").chmod(0o555)
    os.utime(low / "b" / "c", (1, 1))
    return [top, low]


def test_of_one_name_the_topmost_counts(two: list[Path], tmp_path: Path) -> None:
    lay(two, tmp_path / "made")
    found = {name: text for name, (_, _, text) in snapshot(tmp_path / "made").items()}
    assert found == {
        "a": "top",
        "b": "",
        "b/c": "c",
        "both": "",
        "both/x": "top",
        "both/y": "low",
        "file-over-folder": "f",
        "link": "-> b/c",
    }


def test_modes_and_times_are_kept_and_nothing_is_shared(two: list[Path], tmp_path: Path) -> None:
    made = tmp_path / "made"
    lay(two, made)
    assert snapshot(made)["b"][:2] == snapshot(two[1])["b"][:2]
    assert (made / "b" / "c").stat().st_mtime == 1
    assert (made / "b" / "c").stat().st_ino != (two[1] / "b" / "c").stat().st_ino
    (made / "b" / "c").write_text("damaged")
    assert (two[1] / "b" / "c").read_text() == "c"


def test_no_layers_are_an_empty_directory(tmp_path: Path) -> None:
    lay([], tmp_path / "made")
    assert list((tmp_path / "made").iterdir()) == []


def test_a_layer_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        lay([tmp_path / "missing"], tmp_path / "made")


def test_only_what_was_written_is_left(two: list[Path], tmp_path: Path) -> None:
    made = tmp_path / "made"
    lay(two, made)
    (made / "both" / "y").write_text("longer than it was")
    (made / "a").unlink()
    write(made / "new", {"n": "n"})
    written(two, made)
    left = {name for name in snapshot(made) if not (made / name).is_symlink()}
    assert left == {"both", "both/y", "new", "new/n"}


def test_a_file_with_another_mode_or_time_was_written(two: list[Path], tmp_path: Path) -> None:
    made = tmp_path / "made"
    lay(two, made)
    (made / "a").chmod(0o600)
    os.utime(made / "both" / "x", (2, 2))
    written(two, made)
    assert {"a", "both/x"} <= set(snapshot(made))


def test_a_folder_that_has_become_something_else_is_left_alone(two: list[Path], tmp_path: Path) -> None:
    made = tmp_path / "made"
    lay(two, made)
    outside = write(tmp_path / "outside", {"x": "top", "y": "low"})
    for name in ("x", "y"):
        (made / "both" / name).unlink()
    (made / "both").rmdir()
    (made / "both").symlink_to(outside)
    written(two, made)
    assert set(snapshot(outside)) == {"x", "y"}


def test_read_only_folders_are_no_obstacle_to_an_ordinary_user(ordinary_dir: Path) -> None:
    def check() -> None:
        low = write(ordinary_dir / "low", {"closed/f": "f", "closed/g": "g"})
        (low / "closed").chmod(0o555)
        lay([low, low], ordinary_dir / "made")
        assert (ordinary_dir / "made" / "closed").stat().st_mode & 0o777 == 0o555
        written([low], ordinary_dir / "made")
        assert list((ordinary_dir / "made").iterdir()) == []

    as_ordinary_user(check)
