from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.lab.inputs import build_inputs, digest
from chaosmod.lab.sources import relevant_files
from tests.support.files import write

MOD = "module app.example\n\ngo 1.21\n"


def names(root: Path, *folders: str, settings: str = "") -> set[str]:
    return set(build_inputs(root, folders or (".",), settings))


def test_what_go_finds_by_name_counts_and_what_nothing_speaks_of_does_not(tmp_path: Path) -> None:
    counts = {
        "go.mod": MOD,
        "go.sum": "",
        "main.go": "package main\n",
        "default.pgo": "",
        "asm_amd64.s": "",
        "testdata/x.go": "",
        "nested/go.mod": "module nested.example\n",
        "vendor/modules.txt": "",
        "vendor/dep.example/LICENSE": "",
    }
    strays = {
        "report.xml": "",
        "chaos/410.yml": "",
        "README.md": "",
        ".pytest_cache/v/cache/lastfailed": "{}",
        "chaos/__pycache__/conftest.pyc": "",
        ".venv-3/lib/include/Python.h": "",
        ".main.go.swp": "",
        "_old/x.go": "package old\n",
        "testdata/x.json": "",
    }
    write(tmp_path, counts)
    before = digest(tmp_path)
    write(tmp_path, strays)
    assert names(tmp_path) == {*counts, "vendor"}
    assert digest(tmp_path) == before
    assert set(relevant_files(tmp_path)) <= names(tmp_path)


@pytest.mark.parametrize(
    ("source", "file"),
    [
        ("//go:embed report.xml\nvar x string\n", "report.xml"),
        ("var (\n\t//go:embed *.xml\n\tx string\n)\n", "report.xml"),
        ("//go:embed all:web\nvar x embed.FS\n", "web/.hidden/x"),
        ("//go:embed [^a]*.xml\nvar x string\n", "report.xml"),
        ("//go:embed rep\\ort.xml\nvar x string\n", "report.xml"),
        ('import "app.example/_gen/x"\n', "_gen/x/x.go"),
        ('import x "app.example/.gen"\n', ".gen/x.go"),
        ('// #include "table.dat"\nimport "C"\n', "data/table.dat"),
    ],
)
def test_what_a_go_file_names_counts(tmp_path: Path, source: str, file: str) -> None:
    write(tmp_path, {"go.mod": MOD, "main.go": "package main\n", file: "1"})
    assert file not in names(tmp_path)
    write(tmp_path, {"main.go": f"package main\n\n{source}"})
    assert file in names(tmp_path)
    before = digest(tmp_path)
    write(tmp_path, {file: "2"})
    assert digest(tmp_path) != before


def test_what_is_included_can_include_more(tmp_path: Path) -> None:
    write(tmp_path, {"x.c": '#include "a.dat"\n', "a.dat": '#include "sub/b.dat"\n', "sub/b.dat": "", "c.dat": ""})
    assert names(tmp_path) == {"x.c", "a.dat", "sub/b.dat"}


def test_what_settings_name_counts_and_what_that_names(tmp_path: Path) -> None:
    write(tmp_path, {"over.json": '{"Replace": {"main.go": "ci/main.go.txt"}}', "ci/main.go.txt": "", "b.json": ""})
    assert names(tmp_path, settings="-mod=mod -overlay=over.json") == {"over.json", "ci/main.go.txt"}


def test_a_folder_that_a_link_leads_into(tmp_path: Path) -> None:
    write(tmp_path, {".real/x.go": "package x\n", ".other/x.go": ""})
    (tmp_path / "x").symlink_to(".real")
    assert names(tmp_path) == {"x", ".real/x.go"}


def test_the_folder_of_a_module_may_have_any_name(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD, "_lib/go.mod": "module lib.example\n", "_lib/x.go": "", "_lib/_old/x.go": ""})
    assert names(tmp_path) == {"go.mod"}
    assert names(tmp_path, ".", "_lib") == {"go.mod", "_lib/go.mod", "_lib/x.go"}


@pytest.mark.parametrize("change", ["contents", "new", "gone", "execute", "link"])
def test_every_change_of_what_counts_shows(tmp_path: Path, change: str) -> None:
    write(tmp_path, {"a.go": "1", "b.go": "2"})
    (tmp_path / "l").symlink_to("a.go")
    before = digest(tmp_path)
    match change:
        case "contents":
            write(tmp_path, {"a.go": "2"})
        case "new":
            write(tmp_path, {"sub/c.go": ""})
        case "gone":
            (tmp_path / "b.go").unlink()
        case "execute":
            (tmp_path / "a.go").chmod(0o755)
        case _:
            (tmp_path / "l").unlink()
            (tmp_path / "l").symlink_to("b.go")
    assert digest(tmp_path) != before
