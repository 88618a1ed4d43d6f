from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from chaosmod.lab.sources import gosum_files, gosum_lines, relevant_files
from tests.support.files import write
from tests.support.users import as_ordinary_user

MOD = "module app.example\n\ngo 1.21\n"


def names(root: Path, *modules: str) -> set[str]:
    return set(relevant_files(root, modules or (".",)))


def test_what_go_reads_and_what_it_ignores(tmp_path: Path) -> None:
    read = {
        "go.mod": MOD,
        "go.sum": "",
        "main.go": "",
        "main_test.go": "",
        "asm_amd64.s": "",
        "c/x.c": "",
        "c/x.h": "",
        "c/x.cc": "",
        "c/x.swigcxx": "",
        "c/x_linux.syso": "",
        "vendor/modules.txt": "",
        "vendor/dep.example/LICENSE": "",
        "vendor/dep.example/.hidden": "",
    }
    ignored = {
        "README.md": "",
        "main.go.orig": "",
        ".hidden.go": "",
        "_skipped.go": "",
        ".tools/x.go": "",
        "_old/x.go": "",
        "testdata/x.go": "",
        "pkg/testdata/x.go": "",
        "pkg/vendor/x.go": "",
        "nested/go.mod": "module nested.example\n",
        "nested/go.sum": "",
        "nested/x.go": "",
        "go.work.bak": "",
    }
    write(tmp_path, read | ignored)
    assert names(tmp_path) == set(read)


def test_digests(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD})
    (tmp_path / "main.go").symlink_to("elsewhere.txt")
    os.mkfifo(tmp_path / "pipe.go")
    assert relevant_files(tmp_path) == {
        "go.mod": hashlib.sha256(MOD.encode()).hexdigest(),
        "main.go": "link:elsewhere.txt",
    }


def test_every_kind_of_change_shows(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD, "a.go": "package a\n"})
    before = relevant_files(tmp_path)
    write(tmp_path, {"a.go": "package b\n", "c.go": ""})
    (tmp_path / "go.mod").unlink()
    after = relevant_files(tmp_path)
    assert after["a.go"] != before["a.go"]
    assert set(after) == {"a.go", "c.go"}


def test_a_file_that_is_closed_to_us(ordinary_dir: Path) -> None:
    def check() -> None:
        write(ordinary_dir, {"go.mod": MOD, "a.go": "", "b/b.go": ""})
        (ordinary_dir / "a.go").chmod(0)
        (ordinary_dir / "b").chmod(0)
        found = relevant_files(ordinary_dir)
        assert set(found) == {"go.mod", "a.go"}
        assert found["a.go"] == "unreadable"

    as_ordinary_user(check)


class TestModules:
    FILES = {  # noqa: RUF012 - never written to
        "go.work": "go 1.21\nuse ./a\n",
        "go.work.sum": "",
        "vendor/modules.txt": "",
        "x.go": "",
        "a/go.mod": MOD,
        "a/a.go": "",
        "a/sub/go.mod": MOD,
        "a/sub/sub.go": "",
        "b/go.mod": MOD,
        "b/b.go": "",
    }

    def test_only_the_workspaces_own(self, tmp_path: Path) -> None:
        write(tmp_path, self.FILES)
        assert names(tmp_path, "a") == {"go.work", "go.work.sum", "vendor/modules.txt", "a/go.mod", "a/a.go"}

    def test_a_nested_one_that_is_the_workspaces(self, tmp_path: Path) -> None:
        write(tmp_path, self.FILES)
        assert names(tmp_path, "a", "a/sub") - names(tmp_path, "a") == {"a/sub/go.mod", "a/sub/sub.go"}

    def test_a_nested_one_whose_go_mod_was_lost_still_counts_once(self, tmp_path: Path) -> None:
        write(tmp_path, self.FILES)
        (tmp_path / "a" / "sub" / "go.mod").unlink()
        assert "a/sub/sub.go" in names(tmp_path, "a", "a/sub")


class TestEmbedded:
    @pytest.mark.parametrize(
        ("line", "read"),
        [
            ("//go:embed a.txt", {"a.txt"}),
            ("//go:embed *.txt", {"a.txt", "b c.txt", ".h.txt"}),
            ('//go:embed "b c.txt" `a.txt`', {"a.txt", "b c.txt"}),
            ("//go:embed web", {"web/index.html", "web/js/x.js"}),
            ("//go:embed all:web", {"web/index.html", "web/js/x.js", "web/.env", "web/_x"}),
            ("//go:embed web/*", {"web/index.html", "web/js/x.js", "web/.env", "web/_x"}),
            ("//go:embed web/j?", {"web/js/x.js"}),
            ("//go:embed testdata", {"testdata/t"}),
            ("//go:embed ../outside.txt", set()),
            ("//go:embed /etc/hostname", set()),
            ("//go:embed absent", set()),
            ("var (\n\t//go:embed a.txt\n\ty string\n)", {"a.txt"}),
            ("//go:embed [^b-z]*.txt", {"a.txt", ".h.txt"}),
            ("//go:embed \\a.txt", {"a.txt"}),
            ("// //go:embed a.txt", set()),
        ],
    )
    def test_patterns(self, tmp_path: Path, line: str, read: set[str]) -> None:
        files = ("a.txt", "b c.txt", ".h.txt", "web/index.html", "web/js/x.js", "web/.env", "web/_x", "testdata/t")
        write(tmp_path, {"outside.txt": "", "m/go.mod": MOD, "m/web/mod/go.mod": MOD, "m/web/mod/x": ""})
        write(tmp_path / "m", dict.fromkeys(files, ""))
        write(tmp_path / "m", {"e.go": f'package e\n\nimport _ "embed"\n\n{line}\nvar x string\n'})
        assert names(tmp_path / "m") - {"go.mod", "e.go"} == read


def test_gosum_lines_of_all_files_once_and_sorted(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "go.work.sum": "w.example v1.0.0 h1:w=\n",
            "a/go.sum": "b.example v1.0.0 h1:b=\r\n\na.example  v1.0.0/go.mod h1:a=\n",
            "b/go.sum": "b.example v1.0.0 h1:b=\n",
            "other/go.sum": "o.example v1.0.0 h1:o=\n",
        },
    )
    assert gosum_lines(tmp_path, ["a", "b"]) == [
        "a.example v1.0.0/go.mod h1:a=",
        "b.example v1.0.0 h1:b=",
        "w.example v1.0.0 h1:w=",
    ]
    assert gosum_lines(tmp_path / "absent") == []


def test_a_pipe_is_never_read(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD, "a.go": "package a\n//go:embed *.txt\n"})
    for name in ("go.sum", "go.work", "go.work.sum", "vendor", "b.go", "c.txt"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "d.go").symlink_to("b.go")
    assert relevant_files(tmp_path).keys() == {"go.mod", "a.go", "d.go"}
    assert gosum_lines(tmp_path) == []


def test_a_folder_in_the_place_of_a_file_is_none(tmp_path: Path) -> None:
    for name in ("go.mod", "go.sum", "a.go"):
        (tmp_path / name).mkdir()
    assert relevant_files(tmp_path) == {}
    assert gosum_lines(tmp_path) == []


def test_an_absolute_link_is_not_followed(tmp_path: Path) -> None:
    """It means the root directory of the lab, and would lead to the machine's own files."""
    out, work = tmp_path / "out", tmp_path / "work"
    write(out, {"go.sum": "a.example v1.0.0 h1:x\n", "modules.txt": "", "a.go": "//go:embed data.txt\n"})
    write(work, {"go.mod": MOD, "data.txt": ""})
    (work / "go.sum").symlink_to(out / "go.sum")
    (work / "vendor").symlink_to(out)
    (work / "a.go").symlink_to("b.go")
    (work / "b.go").symlink_to(out / "a.go")
    assert relevant_files(work).keys() == {"go.mod", "go.sum", "a.go", "b.go"}
    assert gosum_lines(work) == []


def test_a_link_within_the_workspace_is_followed(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD, "sums": "a.example v1.0.0 h1:x\n", "real/modules.txt": "", "data.txt": ""})
    write(tmp_path, {"src": "//go:embed data.txt\n"})
    (tmp_path / "go.sum").symlink_to("sums")
    (tmp_path / "vendor").symlink_to("real")
    (tmp_path / "a.go").symlink_to("src")
    assert relevant_files(tmp_path).keys() == {"go.mod", "go.sum", "a.go", "data.txt", "vendor/modules.txt"}
    assert gosum_lines(tmp_path) == ["a.example v1.0.0 h1:x"]


def test_links_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD})
    for name in ("go.sum", "vendor", "a.go"):
        (tmp_path / name).symlink_to(name)
    assert relevant_files(tmp_path) == {"go.mod": relevant_files(tmp_path)["go.mod"], "go.sum": "link:go.sum"} | {
        "a.go": "link:a.go"
    }
    assert gosum_lines(tmp_path) == []


def test_what_lies_behind_a_linked_folder_is_not_embedded(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD, "a.go": "//go:embed way/* own/*\n", "far/x.txt": "", "own/y.txt": ""})
    (tmp_path / "way").symlink_to("far")
    assert names(tmp_path) == {"go.mod", "a.go", "own/y.txt"}


def test_a_pattern_that_no_file_name_can_match(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD, "a.go": "//go:embed a\0b/* c*\n", "c.txt": ""})
    assert names(tmp_path) == {"go.mod", "a.go", "c.txt"}


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD})
    name = os.fsdecode(b"bad\xff.go")
    (tmp_path / name).touch()
    assert names(tmp_path) == {"go.mod", name}


def test_gosum_lines_by_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "go.work.sum": "w.example v1.0.0 h1:w=\n",
            "a/go.sum": "b.example v1.0.0 h1:b=\r\n\na.example  v1.0.0/go.mod h1:a=\n",
            "b/go.sum": "",
            "other/go.sum": "o.example v1.0.0 h1:o=\n",
        },
    )
    assert gosum_files(tmp_path, ["a", "b", "c"]) == {
        "a/go.sum": ("a.example v1.0.0/go.mod h1:a=", "b.example v1.0.0 h1:b="),
        "b/go.sum": (),
        "go.work.sum": ("w.example v1.0.0 h1:w=",),
    }
    assert gosum_files(tmp_path / "absent") == {}
