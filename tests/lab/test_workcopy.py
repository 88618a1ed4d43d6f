from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from chaosmod.errors import LabError, WorkspaceError
from chaosmod.lab import workcopy
from chaosmod.lab.trees import remove_tree
from chaosmod.lab.workcopy import Part, plan
from tests.support.files import snapshot, write
from tests.support.users import as_ordinary_user


def copy(source: Path, dest: Path) -> Mapping[str, str]:
    """The copy's files: name -> contents or link target."""
    plan([Part(source, ".")]).write(dest)
    return {name: text for name, (mode, _, text) in snapshot(dest).items() if not stat.S_ISDIR(mode)}


def test_all_but_histories_and_what_go_ignores(tmp_path: Path) -> None:
    kept = {"go.mod": "m", "a/a.go": "a", "a/.hidden": "h", "testdata/t": "t", ".github/w.yml": "w"}
    gone = {".git/HEAD": "", "sub/.git": "gitdir: x", ".hg/x": "", ".chaosmod/runs/x": "", "web/node_modules/x": ""}
    write(tmp_path / "src", kept | gone)
    assert copy(tmp_path / "src", tmp_path / "dest") == kept


def test_modes_are_kept_but_everything_can_be_written(tmp_path: Path) -> None:
    source = write(tmp_path / "src", {"a/run.sh": "", "a/data": ""})
    for name, mode in (("a/run.sh", 0o555), ("a/data", 0o440), ("a", 0o555)):
        (source / name).chmod(mode)
    before = snapshot(source)
    plan([Part(source, ".")]).write(tmp_path / "dest")
    modes = {name: stat.S_IMODE(mode) for name, (mode, _, _) in snapshot(tmp_path / "dest").items()}
    assert modes == {"a": 0o755, "a/run.sh": 0o755, "a/data": 0o640}
    assert snapshot(source) == before
    remove_tree(source)


class TestLinks:
    def test_within_the_tree_they_stay_links_and_become_relative(self, tmp_path: Path) -> None:
        source = write(tmp_path / "src", {"real/file": "x", "sub/y": "y"})
        (source / "sub" / "relative").symlink_to("../real/file")
        (source / "sub" / "absolute").symlink_to(source / "real")
        (source / "sub" / "dangling").symlink_to("../nothing")
        (source / "circle").symlink_to("circle")
        found = copy(source, tmp_path / "dest")
        assert found["sub/relative"] == "-> ../real/file"
        assert found["sub/absolute"] == "-> ../real"
        assert found["sub/dangling"] == "-> ../nothing"
        assert found["circle"] == "-> circle"

    def test_a_file_elsewhere_becomes_a_file(self, tmp_path: Path) -> None:
        """Go writes go.sum through a link: the original must not be what it reaches."""
        write(tmp_path, {"shared/go.sum": "good"})
        source = write(tmp_path / "src", {"go.mod": ""})
        (source / "go.sum").symlink_to("../shared/go.sum")
        assert copy(source, tmp_path / "dest")["go.sum"] == "good"
        (tmp_path / "dest" / "go.sum").write_text("damaged")
        assert (tmp_path / "shared" / "go.sum").read_text() == "good"

    @pytest.mark.parametrize("target", ["../shared", "../nowhere", "/dev/null"])
    def test_anything_else_elsewhere_is_left_out_and_named(self, tmp_path: Path, target: str) -> None:
        write(tmp_path, {"shared/x": ""})
        source = write(tmp_path / "src", {"go.mod": ""})
        (source / "out").symlink_to(target)
        found = plan([Part(source, ".")])
        assert len(found.left_out) == 1
        assert f"{source}/out: a link that leads out of the project" in found.left_out[0]
        assert set(copy(source, tmp_path / "dest")) == {"go.mod"}

    def test_into_what_is_excluded_leads_out(self, tmp_path: Path) -> None:
        source = write(tmp_path / "src", {".git/hooks/pre-commit": "#!/bin/sh"})
        (source / "hook").symlink_to(".git/hooks/pre-commit")
        (source / "hooks").symlink_to(".git/hooks")
        assert copy(source, tmp_path / "dest") == {"hook": "#!/bin/sh"}

    def test_from_one_part_to_another(self, tmp_path: Path) -> None:
        write(tmp_path, {"app/go.mod": "", "lib/x.go": "x"})
        (tmp_path / "app" / "lib").symlink_to(tmp_path / "lib")
        plan([Part(tmp_path / "app", "app"), Part(tmp_path / "lib", "lib")]).write(tmp_path / "dest")
        assert os.readlink(tmp_path / "dest" / "app" / "lib") == "../lib"
        assert (tmp_path / "dest" / "app" / "lib" / "x.go").read_text() == "x"


def test_pipes_are_left_out_and_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert plan([Part(tmp_path, ".")]).left_out == (f"{tmp_path}/pipe: neither a file nor a folder",)


def test_single_files_as_parts(tmp_path: Path) -> None:
    write(tmp_path, {"repo/go.work": "w", "repo/other/x": ""})
    plan([Part(tmp_path / "repo" / "go.work", "go.work")]).write(tmp_path / "dest")
    assert os.listdir(tmp_path / "dest") == ["go.work"]


class TestDigest:
    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        source = write(tmp_path / "src", {"a": "1", "b/c": "2", ".git/HEAD": "x"})
        (source / "l").symlink_to("a")
        return source

    @staticmethod
    def digest(source: Path) -> str:
        return plan([Part(source, ".")]).digest()

    def test_of_the_same_is_the_same_wherever_and_whenever(self, source: Path, tmp_path: Path) -> None:
        plan([Part(source, ".")]).write(tmp_path / "elsewhere")
        os.utime(source / "a", (1, 1))
        write(source, {".git/HEAD": "y"})
        assert self.digest(tmp_path / "elsewhere") == self.digest(source)

    @pytest.mark.parametrize("change", ["contents", "new", "gone", "renamed", "execute", "link", "empty folder"])
    def test_every_change_shows(self, source: Path, change: str) -> None:
        before = self.digest(source)
        match change:
            case "contents":
                (source / "a").write_text("2")
            case "new":
                (source / "b" / "d").touch()
            case "gone":
                (source / "a").unlink()
            case "renamed":
                (source / "a").rename(source / "aa")
            case "execute":
                (source / "a").chmod(0o755)
            case "link":
                (source / "l").unlink()
                (source / "l").symlink_to("b/c")
            case _:
                (source / "e").mkdir()
        assert self.digest(source) != before


class TestWhatGoesMeanwhile:
    """An editor's or a tool's own file is no part of the copy, as if we had looked a moment later."""

    def test_after_we_looked(self, tmp_path: Path) -> None:
        source = write(tmp_path / "src", {"a": "", ".b.swp": ""})
        seen = plan([Part(source, ".")])
        (source / ".b.swp").unlink()
        seen.write(tmp_path / "dest")
        assert os.listdir(tmp_path / "dest") == ["a"]
        assert seen.digest() == plan([Part(tmp_path / "dest", ".")]).digest()

    @pytest.mark.parametrize("name", ["sub", "sub/file"])
    def test_while_we_look(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        source = write(tmp_path / "src", {"a": "", "sub/file": ""})
        listing = workcopy._Planner._listing

        def late(folder: Path) -> list[os.DirEntry[str]]:
            listed = list(listing(folder))
            if folder == (source / name).parent:
                remove_tree(source / name)
            return listed

        monkeypatch.setattr(workcopy._Planner, "_listing", staticmethod(late))
        assert "sub/file" not in {e.dest for e in plan([Part(source, ".")]).entries}

    def test_the_project_itself(self, tmp_path: Path) -> None:
        with pytest.raises(WorkspaceError, match="absent has gone"):
            plan([Part(tmp_path / "absent", ".")])


class TestErrors:
    def test_what_is_closed_meanwhile(self, ordinary_dir: Path) -> None:
        def check() -> None:
            source = write(ordinary_dir / "src", {"a": ""})
            seen = plan([Part(source, ".")])
            (source / "a").chmod(0)
            for attempt in (seen.digest, lambda: seen.write(ordinary_dir / "dest")):
                with pytest.raises(WorkspaceError, match=r"src/a cannot be read"):
                    attempt()

        as_ordinary_user(check)

    @pytest.mark.parametrize("closed", ["file", "folder"])
    def test_what_cannot_be_read_is_named(self, ordinary_dir: Path, closed: str) -> None:
        def check() -> None:
            write(ordinary_dir / "src", {"file": "", "folder/x": ""})
            (ordinary_dir / "src" / closed).chmod(0)
            with pytest.raises(WorkspaceError, match=f"src/{closed} cannot be read"):
                plan([Part(ordinary_dir / "src", ".")])

        as_ordinary_user(check)

    @pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_FILES"])
    def test_too_much(self, tmp_path: Path, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path, {"a": "xxx", "b": "xxx", "c": "xxx"})
        monkeypatch.setattr(workcopy, limit, 3)
        with pytest.raises(WorkspaceError, match=r"too much to copy for every case.*Name the folder of one module"):
            plan([Part(tmp_path, ".")])

    def test_a_place_that_cannot_be_written_is_the_labs_trouble(self, tmp_path: Path) -> None:
        source = write(tmp_path / "src", {"a": ""})
        (tmp_path / "dest").write_text("a file")
        with pytest.raises(LabError, match=r"cannot be copied to .*dest"):
            plan([Part(source, ".")]).write(tmp_path / "dest")
