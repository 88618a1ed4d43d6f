"""The shipped suite over real projects of different kinds: the verdicts are those of the scenario files, as on the corpus.

Module zips are whole modules, so a published tool can be fetched from the module proxy and used as somebody's project.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chaosmod.history import ModCacheCompared, RequestServed
from tests.support.processes import ROOT, pytest_in
from tests.support.projects import Client, histories, verdicts

pytestmark = pytest.mark.namespaces

SUITE = ("404", "410", "429", "503", "flaky-503", "outage-heals")
CASES = 29
TOOL = ("github.com/google/addlicense@v1.1.1",)
LARGE = ("github.com/spf13/cobra@v1.0.0",)
"""``go 1.12`` in its go.mod: its module graph is not pruned, and all of it is downloaded."""
SEVERAL = ("github.com/fatih/gomodifytags@v1.16.0", "rsc.io/2fa@v1.2.0")
WITH_SUMS = ("mvdan.cc/gofumpt@v0.7.0", "github.com/fatih/gomodifytags@v1.16.0")
"""Their versions of golang.org/x/tools differ, so go.work.sum has lines that neither go.sum has."""
LIMIT = 1200.0
"""Seconds; a cold run builds the standard library once for each project."""


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    return Client(tmp_path_factory.mktemp("client"))


@pytest.fixture
def here(tmp_path):
    (tmp_path / "scenarios").mkdir()
    for name in SUITE:
        shutil.copy(ROOT / "scenarios" / f"{name}.yml", tmp_path / "scenarios")
    return tmp_path


def run_suite(here: Path, *arguments: str) -> None:
    run = pytest_in(here, "--chaos=scenarios", "-n", "2", *arguments, limit=LIMIT)
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{CASES} passed" in run.stdout
    assert len(verdicts(here / ".chaosmod" / "runs")) == CASES


def test_the_corpus(here):
    run_suite(here)


@pytest.mark.live
def test_a_command_line_tool(client, here):
    project = client.workspace(TOOL, here / "project")
    run_suite(here, f"--chaos-workspace={project}")


@pytest.mark.live
def test_go_work(client, here):
    project = client.workspace(SEVERAL, here / "project")
    assert (project / "go.work").is_file()
    run_suite(here, f"--chaos-workspace={project}")
    asked = {r.module for h in histories(here / ".chaosmod" / "runs").values() for r in h.of(RequestServed, file="zip")}
    assert {"github.com/fatih/structtag", "github.com/atotto/clipboard"} <= asked  # one of each module


@pytest.mark.live
def test_go_work_with_sums_of_its_own(client, here):
    project = client.workspace(WITH_SUMS, here / "project")
    assert (project / "go.work.sum").read_text()
    run = pytest_in(here, "scenarios/410.yml", "-k", "none or comma", f"--chaos-workspace={project}", limit=LIMIT)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.live
def test_more_than_forty_modules(client, here):
    project = client.workspace(LARGE, here / "project")
    assert len(client.go(project, "list", "-m", "all").splitlines()) > 40
    run_suite(here, f"--chaos-workspace={project}")
    restored = histories(here / ".chaosmod" / "runs")
    for name, history in restored.items():
        compared = history.last(ModCacheCompared, when="verified")
        assert compared is not None, name
        assert compared.bad == (), name
