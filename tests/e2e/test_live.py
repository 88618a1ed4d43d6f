"""A project with public dependencies: fetched once by the live upstream, and built again with no network at all."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from chaosmod.history import CaseStarted, RequestServed
from tests.support.processes import NO_NETWORK, ROOT, pytest_in
from tests.support.projects import Client, histories, verdicts

pytestmark = [pytest.mark.live, pytest.mark.namespaces]

GO_MOD = """\
module walk.example/quotes

go 1.21

require (
\tgithub.com/google/uuid v1.6.0
\trsc.io/quote v1.5.2
)
"""
MAIN = """\
package main

import (
\t"fmt"

\t"github.com/google/uuid"
\t"rsc.io/quote"
)

func main() {
\tfmt.Println(uuid.NewSHA1(uuid.NameSpaceURL, []byte(quote.Hello())))
}
"""
MEASURED = {
    "none": "not-restored",
    "retry": "not-restored",
    "clean-modcache": "not-restored",
    "comma": "restored",
    "switch-proxy": "restored",
    "clean-then-switch": "restored",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    return Client(tmp_path_factory.mktemp("client"))


@pytest.fixture(scope="module")
def project(client, tmp_path_factory):
    """A small program with two public dependencies, as ``go mod tidy`` leaves it."""
    folder = tmp_path_factory.mktemp("quotes")
    (folder / "go.mod").write_text(GO_MOD)
    (folder / "main.go").write_text(MAIN)
    client.go(folder, "mod", "tidy")
    client.go(folder, "mod", "download")
    return folder


@pytest.fixture
def here(tmp_path):
    shutil.copy(ROOT / "scenarios" / "410.yml", tmp_path)
    return tmp_path


def measured(here: Path) -> dict[str, str]:
    """Recovery -> verdict, of the latest run."""
    found = verdicts(here / ".chaosmod" / "runs")
    return {name.partition("::")[2].partition("[")[0]: verdict for name, verdict in found.items()}


def gone(here: Path) -> set[str]:
    found = histories(here / ".chaosmod" / "runs").values()
    return {r.module for history in found for r in history.of(RequestServed, status=410)}


def upstreams(here: Path) -> set[str]:
    found = histories(here / ".chaosmod" / "runs").values()
    return {case.upstream for history in found for case in history.of(CaseStarted)}


def test_the_network_is_gone_where_we_say_so():
    run = subprocess.run([*NO_NETWORK, "cat", "/proc/net/route"], capture_output=True, text=True)
    assert run.returncode == 0
    assert run.stdout.splitlines()[1:] == []


def test_410_of_a_public_module_and_then_the_same_without_a_network(project, here):
    first = pytest_in(here, "410.yml", f"--chaos-workspace={project}")
    assert first.returncode == 0, first.stdout + first.stderr
    assert measured(here) == MEASURED
    assert upstreams(here) == {"live"}
    assert gone(here) == {"github.com/google/uuid"}
    again = pytest_in(here, "410.yml", f"--chaos-workspace={project}", under=NO_NETWORK)
    assert again.returncode == 0, again.stdout + again.stderr
    assert measured(here) == MEASURED
    assert upstreams(here) == {"live"}


def test_the_same_from_a_snapshot_of_a_module_cache_without_a_network(project, client, here):
    snapshot = f"--chaos-upstream=snapshot:{client.modcache}"
    run = pytest_in(here, "410.yml", f"--chaos-workspace={project}", snapshot, under=NO_NETWORK)
    assert run.returncode == 0, run.stdout + run.stderr
    assert measured(here) == MEASURED
    assert upstreams(here) == {f"snapshot:{client.modcache}"}
    assert gone(here) == {"github.com/google/uuid"}


def test_a_first_run_without_a_network_says_what_could_not_be_read(project, here):
    """Nothing of it is on disk yet. That is an error with its reason, and no verdict on anything."""
    run = pytest_in(
        here,
        "410.yml",
        f"--chaos-workspace={project}",
        *("-k", "none"),
        under=NO_NETWORK,
        CHAOSMOD_CACHE_DIR=str(here / "empty"),
    )
    assert run.returncode == 1
    assert "1 error" in run.stdout.splitlines()[-1]
    assert "does not build in a healthy lab" in run.stdout
    assert "github.com/google/uuid/@v/v1.6.0.zip cannot be read" in run.stdout
