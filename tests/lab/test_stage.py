"""Setting a lab up: names, commands with roles, and what is left out of a warm cache."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chaosmod.errors import NotHere
from chaosmod.history import History
from chaosmod.lab.stage import Stage, hosts_of, set_up
from chaosmod.scenario import Case
from chaosmod.session import Session
from chaosmod.steady_builder import steady_state
from tests.support.lab import cases, scenario

pytestmark = pytest.mark.namespaces

TEXT = """
    scenario: stage
    posture: {GOPROXY: "{primary},{mirror}", GOSUMDB: "{sumdb}"}
    cache: %s
    faults: [{http: 410, match: {host: primary}}]
    expect: {verdict: survived}
"""


def case_of(session: Session, folder: Path, cache: str = "warm") -> Case:
    return cases(scenario(TEXT % cache, folder), session)[0]


@pytest.fixture
def stage(session: Session, tmp_path: Path) -> Iterator[Stage]:
    case = case_of(session, tmp_path)
    modules = {"{direct}": "m.test/a@v1.0.0"}
    made = set_up(case, session, steady_state(case, session), History(), (), modules=modules)
    yield made
    made.close()


def test_the_primary_proxy_is_gos_own_default(session: Session, tmp_path: Path) -> None:
    case = case_of(session, tmp_path)
    first = session.toolchain(case).defaults().proxies[0]
    hosts = hosts_of(session, case)
    assert first == f"https://{hosts['primary']}"
    assert {h.rpartition(".")[2] for role, h in hosts.items() if role != "primary"} == {"test"}


def test_postures_have_their_roles_replaced(stage: Stage) -> None:
    hosts = stage.hosts
    assert stage.posture["GOPROXY"] == f"https://{hosts['primary']},https://{hosts['mirror']}"
    assert stage.posture["GOSUMDB"] == stage.sumdb.verifier_key


def test_commands_have_their_roles_replaced(stage: Stage) -> None:
    assert stage.expand("get {direct} {packages} {vcs} {x}") == "get m.test/a@v1.0.0 ./... vcs.chaosmod.test {x}"


def test_hosts_of_source_repositories_are_those_of_the_modules(stage: Stage) -> None:
    assert stage.world.address("corpus.example") == ("vcs", "127.0.1.4")
    assert stage.world.address("elsewhere.example") is None


def test_a_version_left_out_takes_nothing_else_with_it(session: Session, tmp_path: Path) -> None:
    case = case_of(session, tmp_path, '{warm-without: ["corpus.example/greet@v1.2.0"]}')
    stage = set_up(case, session, steady_state(case, session), History(), ())
    try:
        cache = stage.lab.path(stage.bench.environment()["GOMODCACHE"])
        assert not (cache / "corpus.example" / "greet@v1.2.0").exists()
        assert not list((cache / "cache/download/corpus.example/greet/@v").glob("v1.2.0.*"))
        assert (cache / "corpus.example" / "words@v1.1.0").is_dir()
    finally:
        stage.close()


def test_what_is_not_there_cannot_be_left_out(session: Session, tmp_path: Path) -> None:
    case = case_of(session, tmp_path, '{warm-without: ["corpus.example/greet@v9.9.9"]}')
    labs = set(session.state.labs().iterdir())
    with pytest.raises(NotHere, match=r"greet@v9\.9\.9"):
        set_up(case, session, steady_state(case, session), History(), ())
    assert set(session.state.labs().iterdir()) == labs, "the half-made lab is gone"
