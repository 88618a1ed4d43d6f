"""The life of a case, phase by phase."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.errors import NotHere
from chaosmod.history import (
    CaseStarted,
    CommandFinished,
    DnsAnswered,
    FaultArmed,
    FaultHealed,
    FilesMeasured,
    ModCacheCompared,
    PhaseStarted,
    RequestServed,
)
from chaosmod.session import Session
from tests.support.gone import BASE, asked, history_of

pytestmark = pytest.mark.namespaces


def test_the_phases_in_order(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path)
    assert [e.phase for e in history.of(PhaseStarted)] == ["inject", "provoke", "recover", "verify", "teardown"]
    started = history.of(CaseStarted)[0]
    assert started.modules["{direct}"] == "corpus.example/Upper/Case@v1.1.0"
    assert started.modules["{direct:2}"].startswith("corpus.example/greet@")
    assert started.modules["{indirect}"].startswith("corpus.example/")
    assert started.roles["primary"] in {r.host for r in history.of(RequestServed)}
    assert history.of(FaultArmed)[0].line == 5


def test_a_fault_that_heals_before_recovery(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path, fault=", heals: before-recovery")
    assert [e.fault for e in history.of(FaultHealed)] == ["gone"]
    assert asked(history, "provoke", fired="gone")
    assert asked(history, "recover", "verify")
    assert not asked(history, "recover", "verify", fired="gone")


def test_a_fault_that_does_not_heal_acts_on_the_verifying_build_too(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path)
    assert asked(history, "provoke", fired="gone")
    assert asked(history, "verify", fired="gone")


def test_cold_and_warm_caches(session: Session, tmp_path: Path) -> None:
    cold = history_of(session, tmp_path, provoke='"go mod download"')
    assert asked(cold, "provoke")
    text = BASE.replace("faults:", "cache: warm\n    faults:")
    warm = history_of(session, tmp_path, provoke='"go mod download", "go build {packages}"', text=text)
    assert not asked(warm, "provoke")
    compared = warm.last(ModCacheCompared, when="injected")
    assert compared is not None
    assert compared.entries >= 6


def test_warm_but_for_one_module(session: Session, tmp_path: Path) -> None:
    text = BASE.replace("faults:", 'cache: {warm-without: ["{direct}"]}\n    faults:')
    history = history_of(session, tmp_path, text=text)
    assert {r.module for r in asked(history, "provoke")} == {"corpus.example/Upper/Case"}


def test_warm_without_a_module_that_is_not_there(session: Session, tmp_path: Path) -> None:
    text = BASE.replace("faults:", 'cache: {warm-without: ["no.such/module"]}\n    faults:')
    with pytest.raises(NotHere, match=r"no\.such/module"):
        history_of(session, tmp_path, text=text)


def test_files_in_home(session: Session, tmp_path: Path) -> None:
    text = BASE.replace("faults:", 'home: {.netrc: "machine {vcs} login ci password x"}\n    faults:')
    history = history_of(session, tmp_path, provoke='"cat $HOME/.netrc; exit 1"', text=text)
    assert history.of(CommandFinished, purpose="provoke")[0].stdout == "machine vcs.chaosmod.test login ci password x"


def test_a_name_that_nobody_has_does_not_exist(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path, provoke='"GOPROXY=https://nobody.test go build {packages}"')
    assert [d.rcode for d in history.of(DnsAnswered, name="nobody.test")][:1] == ["NXDOMAIN"]
    assert "no such host" in history.of(CommandFinished, purpose="provoke")[0].stderr


def test_gos_own_default_proxy_is_the_primary(session: Session, tmp_path: Path) -> None:
    text = BASE.replace('posture: {GOPROXY: "{primary}"}', "posture: {}")
    history = history_of(session, tmp_path, text=text)
    roles = [r.role for r in asked(history, "provoke")]
    assert roles[0] == "primary"
    assert "vcs" in roles, "after 410 Go goes on to direct"


def test_the_workspace_is_measured_in_each_case_anew(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path, provoke='"echo // >> main.go; go build {packages}"')
    files = {f.when: f.digests["main.go"] for f in history.of(FilesMeasured)}
    assert files["steady"] == files["injected"] != files["recovered"] == files["verified"]


DECLARING = '{name: changing, do: {run: {command: "%s", changes: [go.mod, go.sum]}}, verdict: altered}'
EXCLUDE = "go mod edit -exclude=corpus.example/greet@v1.1.0"


@pytest.mark.parametrize(
    ("command", "compared"),
    [
        (EXCLUDE, True),
        ("echo >> go.sum", True),
        ("go mod tidy", False),
        (f"{EXCLUDE} && go mod edit -dropexclude=corpus.example/greet@v1.1.0", False),
        ("go mod edit -droprequire=corpus.example/greet", False),  # then there is no build
    ],
)
def test_a_declared_change_of_files_is_compared_with_a_healthy_lab(
    session: Session, tmp_path: Path, command: str, compared: bool
) -> None:
    history = history_of(session, tmp_path, fault=", heals: before-recovery", recovery=DECLARING % command)
    assert bool(history.of(FilesMeasured, when="healthy")) is compared


def test_a_change_that_nobody_declared_is_compared_with_nothing(session: Session, tmp_path: Path) -> None:
    recovery = f'{{name: changing, do: {{run: "{EXCLUDE}"}}, verdict: harmed}}'
    history = history_of(session, tmp_path, fault=", heals: before-recovery", recovery=recovery)
    assert not history.of(FilesMeasured, when="healthy")


def test_a_vendored_workspace_is_skipped_with_that_reason(session: Session, tmp_path: Path) -> None:
    text = BASE.replace("posture:", "workspace: corpus:vendored\n    posture:")
    with pytest.raises(NotHere, match=r"no module for \{direct\}: Go builds it from vendor/"):
        history_of(session, tmp_path, text=text)
