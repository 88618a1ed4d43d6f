from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.errors import WorkspaceError
from chaosmod.lab.gomod import ModFile, Replace, Require, WorkFile, read_mod, read_work
from chaosmod.lab.toolchain import Toolchain, select
from tests.support.files import snapshot, write
from tests.support.users import as_ordinary_user

GO_MOD = """\
module app.example/cmd

go 1.21

require dep.example/a v1.2.3
require (
\tdep.example/b/v2 v2.0.0 // indirect
\t"dep.example/c" v0.0.0-20240305112233-5f3c9a1e7b42
)

replace dep.example/a => ../a
replace dep.example/c v0.0.0-20240305112233-5f3c9a1e7b42 => fork.example/c v1.0.0
"""


@pytest.fixture(scope="module")
def go() -> Toolchain:
    return select(())[0]


def test_a_go_mod(tmp_path: Path, go: Toolchain) -> None:
    write(tmp_path, {"go.mod": GO_MOD})
    before = snapshot(tmp_path)
    pseudo = "v0.0.0-20240305112233-5f3c9a1e7b42"
    assert read_mod(tmp_path / "go.mod", go) == ModFile(
        "app.example/cmd",
        (
            Require("dep.example/a", "v1.2.3", False),
            Require("dep.example/b/v2", "v2.0.0", True),
            Require("dep.example/c", pseudo, False),
        ),
        (Replace("dep.example/a", "", "../a", ""), Replace("dep.example/c", pseudo, "fork.example/c", "v1.0.0")),
    )
    assert snapshot(tmp_path) == before


def test_folders_and_modules_as_replacements() -> None:
    assert Replace("a", "", "../a", "").folder
    assert not Replace("a", "", "b", "v1.0.0").folder


def test_a_go_work(tmp_path: Path, go: Toolchain) -> None:
    write(tmp_path, {"go.work": "go 1.21\n\nuse (\n\t.\n\t./b\n)\n\nreplace dep.example/a => ./a\n"})
    assert read_work(tmp_path / "go.work", go) == WorkFile((".", "./b"), (Replace("dep.example/a", "", "./a", ""),))


def test_a_mistake_is_told_in_gos_words(tmp_path: Path, go: Toolchain) -> None:
    write(tmp_path, {"go.mod": "module app.example\n\nrequired dep.example v1.0.0\n"})
    with pytest.raises(WorkspaceError, match=r"cannot read .*go\.mod:\n(.|\n)*go\.mod:3: unknown directive: required"):
        read_mod(tmp_path / "go.mod", go)


def test_no_module_line(tmp_path: Path, go: Toolchain) -> None:
    write(tmp_path, {"go.mod": "go 1.21\n"})
    with pytest.raises(WorkspaceError, match="has no module line"):
        read_mod(tmp_path / "go.mod", go)


def test_there_is_no_file(tmp_path: Path, go: Toolchain) -> None:
    with pytest.raises(WorkspaceError, match=r"go\.mod cannot be read: No such file"):
        read_mod(tmp_path / "go.mod", go)


def test_a_file_that_is_closed_to_us(ordinary_dir: Path, go: Toolchain) -> None:
    def check() -> None:
        write(ordinary_dir, {"go.mod": GO_MOD})
        (ordinary_dir / "go.mod").chmod(0)
        with pytest.raises(WorkspaceError, match=r"go\.mod cannot be read: Permission denied"):
            read_mod(ordinary_dir / "go.mod", go)

    as_ordinary_user(check)


@pytest.mark.parametrize("line", ["1.99", "1.99.1", "1.99rc1"])
def test_a_newer_go_is_asked_for(tmp_path: Path, go: Toolchain, line: str) -> None:
    """Also where the file has words that only the newer release knows."""
    write(tmp_path, {"go.mod": f"module app.example\n\ngo {line}\n\nfrobnicate x\n", "go.work": f"go {line}\n"})
    for read, name in ((read_mod, "go.mod"), (read_work, "go.work")):
        with pytest.raises(
            WorkspaceError, match=rf"is for Go {line} or newer, and this is Go {go.version}.*--chaos-go"
        ):
            read(tmp_path / name, go)


def test_a_go_line_that_is_no_version(tmp_path: Path, go: Toolchain) -> None:
    write(tmp_path, {"go.mod": "module app.example\n\ngo 1.x\n"})
    with pytest.raises(WorkspaceError, match="invalid go version"):
        read_mod(tmp_path / "go.mod", go)
