from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.errors import LabError, NotHere, UsageError
from chaosmod.history import History, Note
from chaosmod.lab.base import ABILITIES, Tree
from chaosmod.lab.host.host import Host
from chaosmod.lab.runners import abilities, make_lab
from chaosmod.lab.sandbox.sandbox import Sandbox
from chaosmod.options import OPTIONS
from chaosmod.scenario import Case, expand
from chaosmod.session import Session
from tests.support.lab import cases, scenario

TEXT = """
    scenario: runners
    faults: [{http: 410}]
    expect: {verdict: not-restored}
"""


def case(runner: str, session: Session, folder: Path) -> Case:
    (first,) = cases(made := scenario(TEXT, folder), session)
    return expand(made, [first.toolchain], runner)[0]


def test_every_runner_that_can_be_asked_for_says_what_it_can_do() -> None:
    (option,) = (o for o in OPTIONS if o.name == "runner")
    for runner in option.choices:
        assert abilities(runner) <= ABILITIES
    assert abilities("host") < abilities("sandbox")


def test_an_unknown_runner() -> None:
    with pytest.raises(UsageError, match="unknown runner 'moon'"):
        abilities("moon")


@pytest.mark.namespaces
def test_the_sandbox_is_a_sandbox(session: Session, tmp_path: Path) -> None:
    lab = make_lab(session, case("sandbox", session, tmp_path), [], {}, History())
    lab.close()
    assert isinstance(lab, Sandbox)


@pytest.mark.namespaces
@pytest.mark.parametrize(("fault", "kinds"), [("http: 410", set()), ("refused: {}", {"tap", "raw"})])
def test_only_a_case_that_decides_on_attempts_has_the_sockets_for_it(
    fault: str, kinds: set[str], session: Session, tmp_path: Path
) -> None:
    (first,) = cases(scenario(TEXT.replace("http: 410", fault), tmp_path), session)
    lab = make_lab(session, first, [], {}, History())
    lab.close()
    assert {listener.kind for listener in lab.listeners} - {"tcp", "udp"} == kinds


def test_the_host_is_a_host_and_tells_the_history(session: Session, tmp_path: Path) -> None:
    history = History()
    lab = make_lab(session, case("host", session, tmp_path), [], {}, history)
    lab.close()
    assert isinstance(lab, Host)
    assert "no network of its own" in history.of(Note)[0].text


@pytest.mark.parametrize(
    ("runner", "tree", "error"),
    [
        ("host", Tree("work", limit="size=1m"), NotHere),
        pytest.param("sandbox", Tree("work", (Path("/no/such"),)), LabError, marks=pytest.mark.namespaces),
    ],
)
def test_a_lab_that_cannot_be_made_leaves_no_directory(
    session: Session, tmp_path: Path, runner: str, tree: Tree, error: type[Exception]
) -> None:
    before = set(session.state.labs().iterdir())
    with pytest.raises(error):
        make_lab(session, case(runner, session, tmp_path), [tree], {}, History())
    assert set(session.state.labs().iterdir()) == before


@pytest.mark.namespaces
def test_a_sandbox_that_cannot_be_made_points_to_the_host_runner(session: Session, tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"chaosmod doctor.*--chaos-runner=host"):
        make_lab(session, case("sandbox", session, tmp_path), [Tree("work", (Path("/no/such"),))], {}, History())
