import shutil

import pytest

from chaosmod.upstream.corpus import workspace_dir
from tests.support.processes import command_in, pytest_in


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
