"""Programs are told apart by their import paths, whatever their files are called."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from chaosmod.errors import LabError
from chaosmod.lab.programs import digests, file_name, groups
from tests.support.files import write
from tests.support.projects import private_environment, release

PATHS = (
    "m.test",
    "m.test/cmd/a",
    "m.test/b/v2",
    "m.test/c/v1",
    "m.test/d/v0",
    "m.test/e/v10",
    "m.test/f/v2x",
    "m.test/v3",
)


def test_where_no_names_clash_there_is_one_group() -> None:
    assert groups(["m.test/b", "m.test/a"]) == [["m.test/a", "m.test/b"]]
    assert groups([]) == []


def test_names_that_clash_are_kept_apart_in_as_few_groups_as_can_be() -> None:
    programs = ["m.test/x/cmd/server", "m.test/y/cmd/server", "m.test/z/server/v2", "m.test/x/cmd/tool", "m.test/Tool"]
    assert groups(programs) == [
        ["m.test/Tool", "m.test/x/cmd/server"],
        ["m.test/x/cmd/tool", "m.test/y/cmd/server"],
        ["m.test/z/server/v2"],
    ]


@pytest.mark.parametrize("goos", ["linux", "windows"])
def test_go_gives_them_these_names(tmp_path: Path, goos: str) -> None:
    main = "package main\n\nfunc main() {}\n"
    folders = [path.removeprefix("m.test").lstrip("/") for path in PATHS]
    write(
        tmp_path / "m", {"go.mod": "module m.test\n\ngo 1.21\n", **{os.path.join(f, "main.go"): main for f in folders}}
    )
    told = subprocess.run(
        [release().go, "list", "-f", "{{.Target}}", *PATHS],
        cwd=tmp_path / "m",
        env={**private_environment(tmp_path), "GOOS": goos},
        check=True,
        capture_output=True,
        text=True,
    )
    names = [Path(target).name for target in told.stdout.split()]
    assert names == [file_name(path) + (".exe" if goos == "windows" else "") for path in PATHS]


@pytest.mark.parametrize("suffix", ["", ".exe"])
def test_the_digest_is_that_of_the_programs_own_file(tmp_path: Path, suffix: str) -> None:
    write(tmp_path, {f"tool{suffix}": "one", "other": "two"})
    assert digests(tmp_path, ["m.test/tool"]) == {"m.test/tool": hashlib.sha256(b"one").hexdigest()}


def test_a_program_that_was_not_made_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"no executable of m\.test/tool"):
        digests(tmp_path, ["m.test/tool"])
