from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.errors import LabError, UsageError
from chaosmod.lab.base import Tree
from chaosmod.lab.kept import KeptLab


def lab_on(lower: Path) -> KeptLab:
    return KeptLab((Tree("cache", (lower,), "size=8m"),), (Path("/goroot"),), {"HOME": "/lab/home"}, "/lab/work")


def test_it_comes_back_from_disk(tmp_path: Path) -> None:
    lab_on(tmp_path).write(tmp_path)
    assert KeptLab.read(tmp_path) == lab_on(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"trees": 1}', "\0"])
def test_what_is_no_kept_lab_is_an_error_for_the_user(tmp_path: Path, text: str) -> None:
    (tmp_path / "lab.json").write_text(text)
    with pytest.raises(UsageError, match="no lab that can be entered"):
        KeptLab.read(tmp_path)


def test_a_lab_whose_caches_are_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="clean --all"):
        lab_on(tmp_path / "gone").enter(tmp_path, ["true"])
