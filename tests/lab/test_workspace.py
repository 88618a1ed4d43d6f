from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from chaosmod.errors import WorkspaceError
from chaosmod.lab.toolchain import Toolchain, select
from chaosmod.lab.workcopy import Part
from chaosmod.lab.workspace import Requirement, Workspace, relevant_files
from tests.support.files import snapshot, write
from tests.support.projects import private_environment


@pytest.fixture(scope="module")
def go() -> Toolchain:
    return select(())[0]


def mod(module: str, *lines: str) -> str:
    return "\n".join([f"module {module}", "", "go 1.21", "", *lines, ""])


def main(package: str) -> str:
    return f'package main\n\nimport "{package}"\n\nfunc main() {{ println({package.rsplit("/", 1)[-1]}.Name) }}\n'


def lib(name: str) -> str:
    return f'package {name}\n\nconst Name = "{name}"\n'


@pytest.fixture
def load(go: Toolchain, tmp_path: Path):
    """Copies a workspace and has real Go load all packages of the copy, with no network: nothing may be missing."""

    def load(workspace: Workspace) -> Path:
        directory = workspace.copy_to(tmp_path / "copy")
        env = dict(private_environment(tmp_path / "home")) | {"GOPROXY": "off", "CGO_ENABLED": "0"}
        del env["GOWORK"]
        done = subprocess.run(
            [go.go, "list", "-deps", *workspace.packages],
            cwd=directory,
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return directory

    return load


def test_a_plain_module(tmp_path: Path, go: Toolchain) -> None:
    source = write(
        tmp_path / "app",
        {
            "go.mod": mod(
                "app.example",
                "require dep.example/b v1.0.0",
                "require dep.example/a v1.2.0 // indirect",
            ),
            "go.sum": "",
            "main.go": "package main\n",
            "nested/go.mod": mod("nested.example", "require dep.example/nested v1.0.0"),
        },
    )
    before = snapshot(tmp_path)
    found = Workspace.open("app", tmp_path, go)
    assert found.root == source
    assert (found.main, found.layout) == (".", (Part(source, "."),))
    assert (found.modules, found.folders, found.packages) == (("app.example",), (".",), ("./...",))
    assert found.requirements == (
        Requirement("dep.example/a", "v1.2.0", True),
        Requirement("dep.example/b", "v1.0.0", False),
    )
    assert (found.has_vendor, found.work_file, found.in_place) == (False, "", ())
    assert found.copy_to(tmp_path / "copy") == tmp_path / "copy"
    assert snapshot(source) == {k.removeprefix("app/"): v for k, v in before.items() if k != "app"}
    assert (tmp_path / "copy" / "nested" / "go.mod").is_file()


def test_the_directory_may_be_absolute_or_a_link(tmp_path: Path, go: Toolchain) -> None:
    write(tmp_path / "app", {"go.mod": mod("app.example")})
    (tmp_path / "link").symlink_to("app")
    for spec in (str(tmp_path / "app"), "link", "./app/../app"):
        assert Workspace.open(spec, tmp_path, go).root == tmp_path / "app"


class TestReplace:
    def test_a_folder_inside(self, tmp_path: Path, go: Toolchain, load) -> None:
        lines = ("require lib.example v0.0.0", "replace lib.example => ./third_party/lib")
        write(
            tmp_path / "app",
            {
                "go.mod": mod("app.example", *lines),
                "main.go": main("lib.example/name"),
                "third_party/lib/go.mod": mod("lib.example"),
                "third_party/lib/name/name.go": lib("name"),
            },
        )
        found = Workspace.open("app", tmp_path, go)
        assert found.main == "."
        assert found.folders == (".", "third_party/lib")
        assert found.requirements == ()
        directory = load(found)
        assert "third_party/lib/name/name.go" in relevant_files(directory, found.folders)

    def test_a_folder_beside(self, tmp_path: Path, go: Toolchain, load) -> None:
        lines = ("require lib.example v0.0.0", "replace lib.example => ../../libs/lib")
        write(
            tmp_path / "src",
            {
                "cmd/app/go.mod": mod("app.example", *lines),
                "cmd/app/main.go": main("lib.example/name"),
                "cmd/other/x.go": "",
                "libs/lib/go.mod": mod("lib.example"),
                "libs/lib/name/name.go": lib("name"),
            },
        )
        found = Workspace.open("src/cmd/app", tmp_path, go)
        assert found.main == "cmd/app"
        assert found.folders == ("cmd/app", "libs/lib")
        assert load(found) == tmp_path / "copy" / "cmd" / "app"
        assert not (tmp_path / "copy" / "cmd" / "other").exists()

    def test_the_module_that_it_is_nested_in(self, tmp_path: Path, go: Toolchain, load) -> None:
        """As examples/ of a library have it."""
        lines = ("require lib.example v0.0.0", "replace lib.example => ../")
        write(
            tmp_path / "lib",
            {
                "go.mod": mod("lib.example"),
                "name/name.go": lib("name"),
                "examples/go.mod": mod("examples.example", *lines),
                "examples/main.go": main("lib.example/name"),
            },
        )
        found = Workspace.open("lib/examples", tmp_path, go)
        assert found.layout == (Part(tmp_path / "lib", "."),)
        assert (found.main, found.folders) == ("examples", ("examples", "."))
        load(found)

    def test_a_folder_behind_a_link_that_leads_out(self, tmp_path: Path, go: Toolchain, load) -> None:
        lines = ("require lib.example v0.0.0", "replace lib.example => ./libs/lib")
        write(tmp_path, {"elsewhere/lib/go.mod": mod("lib.example"), "elsewhere/lib/name/name.go": lib("name")})
        source = write(tmp_path / "app", {"go.mod": mod("app.example", *lines), "main.go": main("lib.example/name")})
        (source / "libs").symlink_to("../elsewhere")
        load(Workspace.open("app", tmp_path, go))
        assert not (tmp_path / "copy" / "libs").is_symlink()

    def test_by_absolute_path_it_stays_where_it_is(self, tmp_path: Path, go: Toolchain, load) -> None:
        folder = tmp_path / "elsewhere"
        write(folder, {"go.mod": mod("lib.example"), "name/name.go": lib("name")})
        lines = ("require lib.example v0.0.0", f"replace lib.example => {folder}")
        write(tmp_path / "app", {"go.mod": mod("app.example", *lines), "main.go": main("lib.example/name")})
        found = Workspace.open("app", tmp_path, go)
        assert found.in_place == (folder,)
        assert found.layout == (Part(tmp_path / "app", "."),)
        load(found)

    def test_a_folder_that_is_missing_is_gos_business(self, tmp_path: Path, go: Toolchain) -> None:
        """Go minds only where the build needs it."""
        write(tmp_path / "app", {"go.mod": mod("app.example", "replace unused.example => ../unused")})
        assert Workspace.open("app", tmp_path, go).folders == (".",)

    def test_another_module_is_what_is_asked_for(self, tmp_path: Path, go: Toolchain) -> None:
        lines = (
            "require (\n\ta.example v1.0.0\n\tb.example v1.0.0 // indirect\n\tc.example v1.0.0\n)",
            "replace a.example => fork.example/a v1.0.1",
            "replace b.example v1.0.0 => fork.example/b v1.0.2",
            "replace c.example v1.9.0 => fork.example/c v1.0.0",
        )
        write(tmp_path / "app", {"go.mod": mod("app.example", *lines)})
        assert Workspace.open("app", tmp_path, go).requirements == (
            Requirement("c.example", "v1.0.0", False),
            Requirement("fork.example/a", "v1.0.1", False),
            Requirement("fork.example/b", "v1.0.2", True),
        )


class TestGoWork:
    @pytest.fixture
    def repo(self, tmp_path: Path) -> Path:
        return write(
            tmp_path / "repo",
            {
                "go.work": "go 1.21\n\nuse (\n\t.\n\t./cmd/app\n\t../shared\n)\n\nreplace b.example => fork.example v1.5.0\n",
                "go.work.sum": "",
                "go.mod": mod("repo.example", "require a.example v1.9.0 // indirect", "require b.example v1.0.0"),
                "lib/lib.go": lib("lib"),
                "cmd/app/go.mod": mod(
                    "repo.example/cmd/app",
                    "require a.example v1.10.0",
                    "require repo.example v1.0.0",
                    "replace b.example => ../nowhere",
                ),
                "cmd/app/go.sum": "",
                "cmd/app/main.go": "package main\n\nfunc main() {}\n",
                "../shared/go.mod": mod("shared.example"),
                "../shared/shared.go": lib("shared"),
            },
        )

    def test_all_of_its_modules(self, tmp_path: Path, go: Toolchain, repo: Path) -> None:
        found = Workspace.open("repo", tmp_path, go)
        assert found.modules == ("repo.example", "repo.example/cmd/app", "shared.example")
        assert (found.main, found.folders) == ("repo", ("repo", "repo/cmd/app", "shared"))
        assert found.packages == ("./...", "./cmd/app/...", "../shared/...")
        assert found.work_file == "repo/go.work"

    def test_requirements_are_the_union_with_the_highest_version(
        self, tmp_path: Path, go: Toolchain, repo: Path
    ) -> None:
        """The go.work's own replacements come before those of its modules."""
        assert Workspace.open("repo", tmp_path, go).requirements == (
            Requirement("a.example", "v1.10.0", False),
            Requirement("fork.example", "v1.5.0", False),
        )

    def test_the_copy_is_whole(self, tmp_path: Path, go: Toolchain, load) -> None:
        write(
            tmp_path / "repo",
            {
                "go.work": "go 1.21\n\nuse (\n\t./app\n\t./lib\n)\n",
                "app/go.mod": mod("app.example"),
                "app/main.go": main("lib.example/name"),
                "lib/go.mod": mod("lib.example"),
                "lib/name/name.go": lib("name"),
            },
        )
        load(Workspace.open("repo", tmp_path, go))

    def test_one_of_its_modules_takes_what_go_reads_of_the_rest(self, tmp_path: Path, go: Toolchain, load) -> None:
        write(
            tmp_path / "repo",
            {
                "go.work": "go 1.21\n\nuse (\n\t./app\n\t./lib\n)\n",
                "app/go.mod": mod("app.example"),
                "app/main.go": main("lib.example/name"),
                "lib/go.mod": mod("lib.example"),
                "lib/name/name.go": lib("name"),
                "unrelated/big": "",
            },
        )
        found = Workspace.open("repo/app", tmp_path, go)
        assert (found.main, found.packages, found.work_file) == ("app", ("./...",), "go.work")
        load(found)
        assert sorted(p.name for p in (tmp_path / "copy").iterdir()) == ["app", "go.work", "lib"]

    def test_one_above_that_does_not_use_the_module_is_none_of_ours(self, tmp_path: Path, go: Toolchain) -> None:
        write(tmp_path, {"go.work": "go 1.21\n\nuse ./gone\n", "app/go.mod": mod("app.example")})
        found = Workspace.open("app", tmp_path, go)
        assert (found.main, found.work_file) == (".", "")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("go 1.21\n", "uses no module"),
            ("go 1.21\n\nuse ./absent\n", r"uses \./absent, and there is no go\.mod in it"),
            ("go 1.21\n\nuse /absolute\n", "an absolute path, which cannot be copied"),
            ("go 1.21\n\nused ./x\n", "unknown directive: used"),
        ],
    )
    def test_mistakes(self, tmp_path: Path, go: Toolchain, text: str, words: str) -> None:
        write(tmp_path / "app", {"go.work": text})
        with pytest.raises(WorkspaceError, match=words):
            Workspace.open("app", tmp_path, go)


def test_vendor(tmp_path: Path, go: Toolchain, load) -> None:
    write(
        tmp_path / "app",
        {
            "go.mod": mod("app.example", "require lib.example v1.0.0"),
            "main.go": main("lib.example/name"),
            "vendor/modules.txt": "# lib.example v1.0.0\n## explicit; go 1.21\nlib.example/name\n",
            "vendor/lib.example/name/name.go": lib("name"),
        },
    )
    found = Workspace.open("app", tmp_path, go)
    assert found.has_vendor
    load(found)


class TestErrors:
    @pytest.mark.parametrize(
        ("spec", "words"),
        [
            ("absent", "does not exist"),
            ("app/go.mod", "is a file: name its folder"),
            ("empty", r"empty has no go\.mod or go\.work$"),
            ("app/cmd", r"has no go\.mod or go\.work: the module's root is .*/app$"),
        ],
    )
    def test_no_project(self, tmp_path: Path, go: Toolchain, spec: str, words: str) -> None:
        write(tmp_path, {"app/go.mod": mod("app.example"), "app/cmd/main.go": "", "empty/x": ""})
        with pytest.raises(WorkspaceError, match=words):
            Workspace.open(spec, tmp_path, go)

    def test_a_mistake_in_a_replacement(self, tmp_path: Path, go: Toolchain) -> None:
        lines = ("require lib.example v0.0.0", "replace lib.example => ../lib")
        write(tmp_path, {"app/go.mod": mod("app.example", *lines), "lib/go.mod": "module lib.example\n\ngo 1.99\n"})
        with pytest.raises(WorkspaceError, match=r"lib/go\.mod is for Go 1\.99 or newer"):
            Workspace.open("app", tmp_path, go)

    def test_a_go_mod_that_leads_nowhere(self, tmp_path: Path, go: Toolchain) -> None:
        (tmp_path / "go.mod").symlink_to("nowhere")
        with pytest.raises(WorkspaceError, match=r"go\.mod cannot be read"):
            Workspace.open(".", tmp_path, go)
