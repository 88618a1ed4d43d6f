"""What is measured is what the user would get: every program, the linker's flags, and what git was told."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from chaosmod.history import BuildMeasured, CommandFinished, Concluded, History
from chaosmod.session import Session
from chaosmod.upstream.corpus import workspace_dir
from tests.support.files import write
from tests.support.lab import cases, run, scenario

pytestmark = pytest.mark.namespaces

GONE = """
    scenario: measured
    workspace: {workspace}
    upstream: corpus
    posture: {{GOPROXY: "{{primary}}", GOFLAGS: {goflags}}}
    home: {{.gitconfig: {gitconfig}}}
    faults:
      - {{id: gone, http: 410, match: {{host: primary, module: corpus.example/greet, file: [mod, zip]}}}}
    provoke: {{run: ["go build {{packages}}"]}}
    expect: {{outcome: failed, verdict: not-restored}}
    recoveries:
      - name: recovery
        do: [{{run: {recovery}}}, {{switch-proxy: {{to: mirror}}}}]
        verdict: {verdict}
"""

SERVER = """package main

import "corpus.example/greet"

var Mode = "plain"

func main() { println(Mode, greet.Hello("%s")) }
"""


def monorepo(folder: Path, *servers: str) -> str:
    """A project of one program, and of more that are all called ``server``."""
    shutil.copytree(workspace_dir("app"), folder / "project")
    write(folder / "project", {f"services/{name}/cmd/server/main.go": SERVER % name for name in servers})
    return "project"


def came(
    session: Session,
    folder: Path,
    verdict: str,
    *,
    workspace: str = "corpus:app",
    recovery: str = "true",
    goflags: str = "-v",
    gitconfig: str = "",
) -> tuple[History, Concluded]:
    """What a case came to in which the mirror heals what the primary does not, after ``recovery`` was run."""
    settings = {"goflags": goflags, "gitconfig": gitconfig, "recovery": recovery}
    quoted = {name: json.dumps(value) for name, value in settings.items()}
    text = GONE.format(workspace=workspace, verdict=verdict, **quoted)
    (case,) = (c for c in cases(scenario(text, folder), session) if c.name == "recovery")
    history, concluded = run(case, session)
    assert concluded.verdict == verdict, concluded.reasons
    return history, concluded


def test_programs_of_the_same_name_are_all_compared(session: Session, tmp_path: Path) -> None:
    history, _ = came(session, tmp_path, "restored", workspace=monorepo(tmp_path, "x", "y"))
    build = history.last(BuildMeasured, when="verified")
    assert build is not None
    assert build.fingerprint is not None
    assert set(build.fingerprint.binaries) == {
        "app.example",
        "app.example/services/x/cmd/server",
        "app.example/services/y/cmd/server",
    }
    assert len(set(build.fingerprint.binaries.values())) == 3


def test_where_no_names_clash_one_command_builds_them_all(session: Session, tmp_path: Path) -> None:
    history, _ = came(session, tmp_path, "restored", workspace=monorepo(tmp_path, "x"))
    builds = [c.argv for c in history.of(CommandFinished, phase="verify") if c.argv[:2] == ("go", "build")]
    assert len(builds) == 2, "the verifying build and the one with the network gone"


EVIL = "-ldflags=-X=main.Mode=evil"


@pytest.mark.parametrize(
    ("posture", "recovered", "verdict"),
    [
        ("-v", f"-trimpath -buildvcs=false {EVIL}", "inconsistent"),
        ("-v", f"{EVIL} -ldflags=-s", "inconsistent"),
        ("-v", "-ldflags=all=-X=main.Mode=evil", "inconsistent"),
        ("'-ldflags=-s -X=main.Mode=mine'", "-trimpath -buildvcs=false", "inconsistent"),
        ("'-ldflags=-s -X=main.Mode=mine'", f"-ldflags=-s {EVIL}", "inconsistent"),
        ("'-ldflags=-s -X=main.Mode=mine'", "-trimpath \"-ldflags=-s -X=main.Mode=mine\"", "restored"),
        ("'-ldflags=-s -X=main.Mode=mine'", "", "restored"),
        ("-v", "-ldflags=-w", "inconsistent"),
        ("-v", "-trimpath", "restored"),
        ("-v", "-ldflags= -ldflags=no.such/...=-s", "restored"),
    ],
)  # fmt: skip
def test_flags_of_the_linker_count(
    session: Session, tmp_path: Path, posture: str, recovered: str, verdict: str
) -> None:
    recovery = f"go env -w GOFLAGS={shlex.quote(recovered)}" if recovered else "true"
    _, concluded = came(
        session, tmp_path, verdict, workspace=monorepo(tmp_path, "x"), recovery=recovery, goflags=posture
    )
    if verdict == "inconsistent":
        assert any("binary app.example/services/x/cmd/server differs" in reason for reason in concluded.reasons)


GIT = "git config --global"


@pytest.mark.parametrize(
    ("recovery", "named"),
    [
        (f"{GIT} http.sslVerify false", "(http.sslVerify=false)"),
        (f"{GIT} http.https://git.example/.sslVerify false", "of https://git.example/"),
        ("printf '[http]\\n\\tsslVerify =\\n' > ~/.gitconfig", "(http.sslVerify=false)"),
        (f"{GIT} http.sslVerify maybe && {GIT} http.https://git.example/.sslVerify 0", "of https://git.example/"),
    ],
)  # fmt: skip
def test_git_that_no_longer_verifies_is_weakened(session: Session, tmp_path: Path, recovery: str, named: str) -> None:
    _, concluded = came(session, tmp_path, "weakened", recovery=recovery)
    assert any(named in reason for reason in concluded.reasons), concluded.reasons


@pytest.mark.parametrize(
    ("home", "recovery"),
    [
        ("", f"{GIT} http.sslVerify maybe"),
        ("", f"{GIT} http.https://git.example/.sslVerify true && {GIT} http.sslVerify 1"),
        ("[http]\n\tsslVerify =\n", f"{GIT} http.https://git.example/.sslVerify false"),
    ],
)  # fmt: skip
def test_git_that_verifies_as_before_is_not(session: Session, tmp_path: Path, home: str, recovery: str) -> None:
    came(session, tmp_path, "restored", recovery=recovery, gitconfig=home)
