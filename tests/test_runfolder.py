import os
import re

import pytest

from chaosmod import runfolder
from chaosmod.errors import UsageError


def test_a_new_folder_is_named_and_not_made(tmp_path):
    folder = runfolder.new(tmp_path / "runs")
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{4}", folder.name)
    assert list(tmp_path.iterdir()) == []
    assert folder != runfolder.new(tmp_path / "runs")


def test_latest_is_the_one_made_last(tmp_path):
    runs = tmp_path / ".chaosmod" / "runs"
    for name in ("one", "two"):
        runfolder.create(runs / name)
        runfolder.create(runs / name)  # as each worker does
        assert os.readlink(runs / "latest") == name
    assert sorted(p.name for p in runs.iterdir()) == ["latest", "one", "two"]
    assert (tmp_path / ".chaosmod" / ".gitignore").read_text() == "*\n"


def test_a_latest_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "latest").mkdir()
    runfolder.create(tmp_path / "one")
    assert not (tmp_path / "latest").is_symlink()


def test_a_latest_that_points_nowhere_is_replaced(tmp_path):
    (tmp_path / "latest").symlink_to("gone")
    runfolder.create(tmp_path / "one")
    assert os.readlink(tmp_path / "latest") == "one"


def test_what_git_ignores_in_other_folders_is_not_ours(tmp_path):
    runfolder.create(tmp_path / "mine" / "runs" / "one")
    assert not (tmp_path / "mine" / ".gitignore").exists()
    (tmp_path / ".chaosmod").mkdir()
    (tmp_path / ".chaosmod" / ".gitignore").write_text("mine\n")
    runfolder.create(tmp_path / ".chaosmod" / "runs" / "one")
    assert (tmp_path / ".chaosmod" / ".gitignore").read_text() == "mine\n"


def test_where_nothing_can_be_written_it_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"cannot be kept in .*file: .*--chaos-runs=DIR"):
        runfolder.create(tmp_path / "file" / "one")
