"""Making steady states: what is shared, what is told apart, and what cannot be one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chaosmod.errors import WorkspaceError
from chaosmod.scenario import Case
from chaosmod.session import Config, Session
from chaosmod.steady_builder import steady_state
from chaosmod.upstream.corpus import workspace_dir
from tests.support.files import write
from tests.support.lab import cases, scenario

pytestmark = pytest.mark.namespaces

TEXT = """
    scenario: steady
    workspace: %s
    upstream: corpus
    posture: {GOPROXY: "{primary}"%s}
    faults: [{http: 410, match: {host: primary}}]
    expect: {verdict: not-restored}
"""


def case_of(session: Session, folder: Path, workspace: str, more: str = "") -> Case:
    return cases(scenario(TEXT % (workspace, more), folder), session)[0]


def test_the_corpus_app(session: Session, tmp_path: Path) -> None:
    steady = steady_state(case_of(session, tmp_path, "corpus:app"), session)
    assert steady.build.fingerprint is not None
    assert list(steady.build.fingerprint.binaries) == ["app.example"]
    package = steady.build.fingerprint.packages["corpus.example/greet"]
    assert (package.module, package.version) == ("corpus.example/greet", "v1.2.0")
    assert package.sum.startswith("h1:")
    assert package.content
    assert "corpus.example/Upper/Case@v1.1.0" in steady.zips
    assert (steady.gopath / "pkg/mod/corpus.example/greet@v1.2.0").is_dir()


@pytest.mark.parametrize("name", ["lib", "multi", "vendored", "big"])
def test_workspaces_of_every_kind(session: Session, tmp_path: Path, name: str) -> None:
    steady = steady_state(case_of(session, tmp_path, f"corpus:{name}"), session)
    assert steady.build.outcome == "ok"
    assert bool(steady.zips) == (name != "vendored"), "a vendored build asks for no zip"


def test_it_is_made_once(session: Session, tmp_path: Path) -> None:
    case = case_of(session, tmp_path, "corpus:app")
    assert steady_state(case, session) is steady_state(case, session)
    other = Session(Config(toolchains=session.config.toolchains), session.state)
    try:
        again = steady_state(case, other)
        assert again.directory == steady_state(case, session).directory
        assert other._spawner is None, "no lab was needed: it was on disk"
    finally:
        other.close()


def test_another_posture_is_another_one(session: Session, tmp_path: Path) -> None:
    one = steady_state(case_of(session, tmp_path, "corpus:app"), session)
    two = steady_state(case_of(session, tmp_path, "corpus:app", ", GOFLAGS: -tags=x"), session)
    assert one.directory != two.directory
    assert one.std == two.std, "the standard library is the same"


def project(folder: Path) -> Path:
    shutil.copytree(workspace_dir("app"), folder / "project")
    return folder / "project"


def test_a_workspace_that_does_not_build_says_what_go_says(session: Session, tmp_path: Path) -> None:
    (project(tmp_path) / "main.go").write_text("package main\n\nfunc main() { nonsense() }\n")
    with pytest.raises(WorkspaceError, match=r"does not build in a healthy lab(.|\n)*undefined: nonsense"):
        steady_state(case_of(session, tmp_path, "project"), session)


def test_files_that_are_no_business_of_gos_do_not_make_it_anew(session: Session, tmp_path: Path) -> None:
    own = project(tmp_path)
    first = steady_state(case_of(session, tmp_path, "project"), session)
    for name in (".pytest_cache/v/lastfailed", "report.xml", "chaos/410.yml"):
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(str(tmp_path))
    other = Session(session.config, session.state)
    try:
        assert steady_state(case_of(other, tmp_path, "project"), other).directory == first.directory
    finally:
        other.close()


def test_a_build_that_fails_is_not_tried_again_for_each_case(session: Session, tmp_path: Path) -> None:
    (project(tmp_path) / "main.go").write_text("package main\n\nfunc main() { nonsense() }\n")
    case = case_of(session, tmp_path, "project")
    errors = []
    for _ in range(2):
        with pytest.raises(WorkspaceError) as caught:
            steady_state(case, session)
        errors.append(caught.value)
    assert errors[0] is errors[1]


def test_the_message_has_the_path_of_the_workspace(session: Session, tmp_path: Path) -> None:
    (project(tmp_path) / "main.go").write_text("package main\n\nfunc main() { nonsense() }\n")
    (tmp_path / "project" / "chaos").mkdir()
    with pytest.raises(WorkspaceError, match=rf"the workspace {tmp_path}/project does not build"):
        steady_state(case_of(session, tmp_path / "project" / "chaos", ".."), session)


def test_a_library_that_imports_nothing(session: Session, tmp_path: Path) -> None:
    write(tmp_path / "t", {"go.mod": "module t\n\ngo 1.21\n", "t.go": "package t\n\nfunc F() int { return 1 }\n"})
    assert steady_state(case_of(session, tmp_path, "t"), session).build.outcome == "ok"


def test_a_workspace_with_an_incomplete_gosum_says_so(session: Session, tmp_path: Path) -> None:
    (project(tmp_path) / "go.sum").write_text("")
    with pytest.raises(WorkspaceError, match=r"missing go\.sum entry"):
        steady_state(case_of(session, tmp_path, "project"), session)


def test_the_users_project_is_not_written_to(session: Session, tmp_path: Path) -> None:
    own = project(tmp_path)
    before = {p: p.stat().st_mtime_ns for p in own.rglob("*")}
    steady_state(case_of(session, tmp_path, "project"), session)
    assert {p: p.stat().st_mtime_ns for p in own.rglob("*")} == before
