import re
import shutil

import pytest

from chaosmod.upstream.corpus import workspace_dir
from tests.support.processes import command_in, pytest_in
from tests.support.projects import release


def project(tmp_path, name):
    folder = tmp_path / name
    shutil.copytree(workspace_dir(name), folder)
    return folder


@pytest.mark.namespaces
@pytest.mark.parametrize(("name", "passed"), [("app", 9), ("multi", 9), ("vendored", 2)])
def test_the_suite_passes_at_once(tmp_path, name, passed):
    folder = project(tmp_path, name)
    run = command_in(folder, "init")
    assert run.returncode == 0, run.stderr
    assert ("asks no proxy" in run.stdout) == (name == "vendored")
    run = pytest_in(folder, "chaos/", "--chaos-upstream=corpus")
    assert run.returncode == 0, run.stdout
    assert f"9 cases: {passed} as expected" in run.stdout


def test_what_is_written(tmp_path):
    folder = project(tmp_path, "app")
    run = command_in(tmp_path, "init", "app")
    assert run.stdout.splitlines()[:3] == [f"wrote app/chaos/{name}.yml" for name in ("410", "503", "outage")]
    assert "corpus.example/greet@v1.2.0" in (folder / "chaos" / "410.yml").read_text()


def test_nothing_is_written_over_unless_asked(tmp_path):
    folder = project(tmp_path, "app")
    (folder / "chaos").mkdir()
    (folder / "chaos" / "503.yml").write_text("mine\n")
    run = command_in(folder, "init")
    assert run.returncode == 2
    assert run.stderr == "chaosmod: chaos/503.yml: there already; --force writes over\n"
    assert not (folder / "chaos" / "410.yml").exists()
    assert command_in(folder, "init", "--force").returncode == 0
    assert (folder / "chaos" / "503.yml").read_text() != "mine\n"


def test_what_is_in_the_way_is_told(tmp_path):
    folder = project(tmp_path, "app")
    (folder / "chaos").write_text("")
    run = command_in(folder, "init")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "chaosmod: chaos cannot be written: File exists; is something else in its place?\n"
    (folder / "chaos").unlink()
    (folder / "chaos" / "410.yml").mkdir(parents=True)
    run = command_in(folder, "init", "--force")
    assert run.stderr == "chaosmod: chaos/410.yml cannot be written: Is a directory; is something else in its place?\n"


def releases(folder, *versions):
    """Stand-ins that parse a go.mod as the release on PATH does, with version numbers of their own."""
    real = release().go
    for version in versions:
        goroot = folder / version
        (goroot / "bin").mkdir(parents=True)
        (goroot / "VERSION").write_text(f"go{version}\n")
        (goroot / "bin" / "go").write_text(f'#!/bin/sh\nGOROOT={real.parent.parent} exec {real} "$@"\n')
        (goroot / "bin" / "go").chmod(0o755)
    return {"CHAOSMOD_GO": ":".join(str(folder / version) for version in versions)}


def collected(folder, *arguments, **environment):
    run = pytest_in(folder, "chaos/", "--co", "-q", *arguments, **environment)
    assert run.returncode == 0, run.stdout + run.stderr
    return {line.partition("[")[2].rstrip("]") for line in run.stdout.splitlines() if "::" in line}


def needing(folder, line):
    file = folder / "go.mod"
    file.write_text(re.sub(r"(?m)^go .*", f"go {line}", file.read_text()))


@pytest.mark.parametrize(
    ("line", "arguments", "declared", "runs"),
    [
        ("1.90", [], None, "go1.90"),
        ("1.91", [], ">= 1.91", "go1.91"),
        ("1.91.4", [], ">= 1.91.5", "go1.91.5"),
        ("1.90", ["--go", "1.92"], "== 1.92", "go1.92"),
        ("1.90", ["--go", ">=1.91.4"], "== 1.91.5", "go1.91.5"),
        ("1.90", ["--go", "1.90"], None, "go1.90"),
    ],
)
def test_it_is_written_for_a_release_that_can_build_the_project(tmp_path, line, arguments, declared, runs):
    """And a plain run takes that release, whichever is found first."""
    folder, found = project(tmp_path, "app"), releases(tmp_path / "go", "1.90.1", "1.91.2", "1.91.5", "1.92.0")
    needing(folder, line)
    run = command_in(folder, "init", *arguments, **found)
    assert run.returncode == 0, run.stderr
    said = {re.search(r'(?m)^go: "(.*?)"', file.read_text()) for file in (folder / "chaos").iterdir()}
    assert [m and m[1] for m in said] == [declared] * len(said)
    assert "--chaos-go" not in run.stdout
    assert collected(folder, **found) == {runs}


def test_a_release_that_is_only_named_is_in_the_line_to_run_it(tmp_path):
    folder, found = project(tmp_path, "app"), releases(tmp_path / "go", "1.90.1")
    releases(tmp_path / "away", "1.95.0")
    run = command_in(folder, "init", "--go", "../away/1.95.0", **found)
    assert f"run it with: pytest chaos/ --chaos-go={tmp_path}/away/1.95.0 " in run.stdout


def test_no_release_is_new_enough(tmp_path):
    folder, found = project(tmp_path, "app"), releases(tmp_path / "go", "1.90.1")
    needing(folder, "1.99")
    run = command_in(folder, "init", **found)
    assert run.returncode == 2
    assert re.match(
        r"chaosmod: \S+/app/go\.mod is for Go 1\.99 or newer\. Found: 1\.90\.1 \(CHAOSMOD_GO\), ", run.stderr
    )
    assert run.stderr.endswith("Install a newer one, or name it: chaosmod init --go=GOROOT\n")
    assert "is for Go 1.99 or newer, and this is Go 1.90.1" in command_in(folder, "init", "--go=1.90", **found).stderr


def test_no_go_project(tmp_path):
    run = command_in(tmp_path, "init")
    assert (run.returncode, run.stdout) == (2, "")
    assert "is no Go project: it has no go.mod and no go.work\n" in run.stderr
    folder = project(tmp_path, "app") / "sub"
    folder.mkdir()
    assert f"there is one above: chaosmod init {tmp_path / 'app'}" in command_in(folder, "init").stderr


def test_no_dependencies(tmp_path):
    (tmp_path / "go.mod").write_text("module alone.example\n\ngo 1.22\n")
    (tmp_path / "main.go").write_text("package main\n\nfunc main() {}\n")
    run = command_in(tmp_path, "init")
    assert run.returncode == 2
    assert "requires no other module directly" in run.stderr
    assert not (tmp_path / "chaos").exists()


def test_a_broken_project(tmp_path):
    (tmp_path / "go.mod").write_text("modul broken\n")
    run = command_in(tmp_path, "init")
    assert run.returncode == 2
    assert run.stderr.startswith("chaosmod: ")
    assert "Traceback" not in run.stderr
