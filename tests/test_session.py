"""Which workspace and which upstream a case has: the option's, else the scenario's."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chaosmod.errors import ChaosmodError, UpstreamError, UsageError, WorkspaceError
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


@pytest.mark.parametrize(
    ("workspace", "upstream", "line"),
    [("./nowhere", "", 3), ("corpus:nope", "", 3), ("corpus:app", "upstream: snapshot:nowhere", 4)],
)
def test_what_the_scenario_has_wrong_is_told_with_its_line(
    session: Session, tmp_path: Path, workspace: str, upstream: str, line: int
) -> None:
    case = case_of(session, tmp_path, workspace, upstream)
    with pytest.raises((WorkspaceError, UpstreamError), match=r"nowhere|nope") as e:
        session.upstream(case) if upstream else session.workspace(case)
    assert str(e.value).startswith(f"{tmp_path}/scenario.yml:{line}: ")


def test_what_an_option_has_wrong_is_not_laid_upon_the_scenario(session: Session, tmp_path: Path) -> None:
    case = case_of(session, tmp_path, "./nowhere", "upstream: snapshot:nowhere")
    other = with_options(session, workspace="mine", upstream="snapshot:yours", base=tmp_path)
    with pytest.raises(WorkspaceError, match=r"^workspace /\S+/mine: "):
        other.workspace(case)
    with pytest.raises(UpstreamError, match=r"^/\S+/yours cannot"):
        other.upstream(case)


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


class TestCopy:
    """What happens to a project during a run, or between runs, without being any business of Go's."""

    @pytest.fixture
    def project(self, tmp_path: Path) -> Path:
        return Path(shutil.copytree(workspace_dir("lib"), tmp_path / "project"))

    @pytest.fixture
    def fresh(self, session: Session) -> Iterator[Callable[[], Session]]:
        """Sessions, as further runs would have them."""
        made: list[Session] = []

        def another() -> Session:
            made.append(with_options(session))
            return made[-1]

        yield another
        for one in made:
            one.close()

    def test_a_session_copies_once(self, fresh: Callable[[], Session], project: Path, tmp_path: Path) -> None:
        own = fresh()
        case = case_of(own, tmp_path, "./project")
        (project / ".go.mod.swp").touch()
        copy, inputs = own.copy(case), own.inputs(case)
        (project / ".go.mod.swp").unlink()
        (project / "go.mod").write_text("nonsense")
        assert (own.copy(case), own.inputs(case)) == (copy, inputs)
        assert (copy / "go.mod").read_text() == (workspace_dir("lib") / "go.mod").read_text()

    def test_a_file_that_vanishes_before_it_is_copied(
        self, fresh: Callable[[], Session], project: Path, tmp_path: Path
    ) -> None:
        own = fresh()
        case = case_of(own, tmp_path, "./project")
        (project / ".go.mod.swp").write_text(str(tmp_path))
        own.workspace(case)
        (project / ".go.mod.swp").unlink()
        assert not (own.copy(case) / ".go.mod.swp").exists()

    def test_the_copy_is_of_now_and_the_build_is_what_counts(
        self, fresh: Callable[[], Session], project: Path, tmp_path: Path
    ) -> None:
        one, two, three = fresh(), fresh(), fresh()
        case = case_of(one, tmp_path, "./project")
        first = one.inputs(case)
        (project / "recover.sh").write_text(str(tmp_path))
        assert two.inputs(case) == first
        assert (two.copy(case) / "recover.sh").read_text() == str(tmp_path), "a recovery of the user's may run it"
        (project / "more.go").write_text("package lib\n")
        assert three.inputs(case) != first

    def test_copies_are_shared_between_runs_and_few(
        self, fresh: Callable[[], Session], project: Path, tmp_path: Path
    ) -> None:
        one, two = fresh(), fresh()
        case = case_of(one, tmp_path, "./project")
        assert one.copy(case) == two.copy(case)
        one.close()
        two.close()
        for n in range(4):
            (project / "report.xml").write_text(f"{tmp_path} {n}")
            own = fresh()
            copy = own.copy(case)
            own.close()
        group = copy.parent.name.partition("-")[0]
        assert len(list(copy.parent.parent.glob(f"{group}-*"))) <= 2

    def test_a_replacement_that_is_read_in_place(
        self, fresh: Callable[[], Session], project: Path, tmp_path: Path
    ) -> None:
        shutil.copytree(project, tmp_path / "elsewhere")
        with (project / "go.mod").open("a") as file:
            file.write(f"\nreplace unused.example => {tmp_path}/elsewhere\n")
        own = fresh()
        case = case_of(own, tmp_path, "./project")
        before = own.inputs(case)
        (tmp_path / "elsewhere" / "report.xml").touch()
        assert own.inputs(case) == before
        (tmp_path / "elsewhere" / "more.go").write_text("package lib\n")
        assert own.inputs(case) != before
