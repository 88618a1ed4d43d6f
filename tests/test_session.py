"""Which workspace and which upstream a case has: the option's, else the scenario's."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
from pathlib import Path

import pytest

from chaosmod.errors import ChaosmodError, UsageError
from chaosmod.lab.holder import Holder
from chaosmod.lab.state import StateDir
from chaosmod.scenario import Case
from chaosmod.session import Config, Session
from chaosmod.upstream.corpus import workspace_dir
from chaosmod.upstream.snapshot import Snapshot
from tests.support.lab import cases, scenario

TEXT = """
    scenario: session
    workspace: %s
    %s
    faults: [{http: 410, match: {host: primary}}]
    expect: {verdict: not-restored}
"""


def case_of(session: Session, folder: Path, workspace: str = "corpus:app", upstream: str = "") -> Case:
    return cases(scenario(TEXT % (workspace, upstream), folder), session)[0]


def with_options(session: Session, **options: object) -> Session:
    return Session(Config(toolchains=session.config.toolchains, **options), session.state)  # type: ignore[arg-type]


def test_the_scenarios_own(session: Session, tmp_path: Path) -> None:
    case = case_of(session, tmp_path)
    assert session.workspace(case).modules == ("app.example",)
    assert session.upstream(case).name == "corpus"


def test_a_path_is_relative_to_the_scenario(session: Session, tmp_path: Path) -> None:
    shutil.copytree(workspace_dir("lib"), tmp_path / "suite" / "project")
    case = case_of(session, tmp_path / "suite", "./project", "upstream: corpus")
    assert session.workspace(case).root == tmp_path / "suite" / "project"


def test_the_option_comes_first_and_is_relative_to_where_it_was_given(session: Session, tmp_path: Path) -> None:
    shutil.copytree(workspace_dir("lib"), tmp_path / "mine")
    other = with_options(session, workspace="mine", base=tmp_path, upstream="corpus")
    case = case_of(session, tmp_path)
    assert other.workspace(case).root == tmp_path / "mine"
    assert other.workspace_name(case) == "mine"


def test_a_snapshot(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "download" / "m.test" / "@v"
    folder.mkdir(parents=True)
    (folder / "v1.0.0.mod").write_text("module m.test\n")
    case = case_of(session, tmp_path, upstream="upstream: snapshot:.")
    assert isinstance(session.upstream(case), Snapshot)
    with pytest.raises(ChaosmodError, match="nowhere"):
        session.upstream(case_of(session, tmp_path, upstream="upstream: snapshot:nowhere"))


def test_an_upstream_of_no_kind(session: Session, tmp_path: Path) -> None:
    other = with_options(session, upstream="athens")
    with pytest.raises(UsageError, match=r"unknown upstream 'athens': write corpus, live or snapshot:DIR"):
        other.upstream(case_of(session, tmp_path))


def test_the_mirror_has_what_the_primary_has(session: Session, tmp_path: Path) -> None:
    case = case_of(session, tmp_path)
    assert session.served(case) == {"primary": session.upstream(case), "mirror": session.upstream(case)}


def test_a_session_that_was_not_used_has_started_nothing(session: Session) -> None:
    other = with_options(session)
    other.close()
    assert (other._spawner, other._loop) == (None, None)


@pytest.mark.namespaces
def test_a_spawner_that_was_killed_is_replaced(session: Session) -> None:
    other = with_options(session)
    first = other.spawner
    assert other.spawner is first
    os.kill(first.pid, signal.SIGKILL)
    os.waitid(os.P_PID, first.pid, os.WEXITED | os.WNOWAIT)
    assert other.spawner.pid != first.pid
    other.close()


def test_a_session_begins_with_a_clean_house(session: Session, tmp_path: Path) -> None:
    state = StateDir(tmp_path)
    left = state.labs() / dataclasses.replace(Holder.me(), start=1).name()
    left.mkdir()
    Session(Config(toolchains=session.config.toolchains), state).close()
    assert not left.exists()
