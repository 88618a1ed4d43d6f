"""The life of a case, step by step."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.engine import run_case
from chaosmod.errors import NotHere
from chaosmod.history import (
    CaseStarted,
    CommandFinished,
    DnsAnswered,
    FaultArmed,
    FaultHealed,
    FilesMeasured,
    History,
    ModCacheCompared,
    PhaseStarted,
    RequestServed,
)
from chaosmod.session import Config, Session
from tests.support.lab import cases, run, scenario

pytestmark = pytest.mark.namespaces

BASE = """
    scenario: engine
    posture: {GOPROXY: "{primary}"}
    faults:
      - {id: gone, http: 410, match: {host: primary, module: "{direct}", file: [mod, zip]}%s}
    provoke: {run: [%s], timeout: 60s}
    expect: {verdict: not-restored}
    recoveries: [%s]
"""


def history_of(
    session: Session,
    folder: Path,
    *,
    fault: str = "",
    provoke: str = '"go build {packages}"',
    recovery: str = "",
    text: str = "",
) -> History:
    """The history of the last case of a scenario."""
    made = scenario((text or BASE) % (fault, provoke, recovery), folder)
    return run(cases(made, session)[-1], session)[0]


def commands(history: History, purpose: str) -> list[str]:
    return [c.argv[-1] for c in history.of(CommandFinished, purpose=purpose)]


def test_the_phases_in_order(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path)
    assert [e.phase for e in history.of(PhaseStarted)] == ["inject", "provoke", "recover", "verify", "teardown"]
    started = history.of(CaseStarted)[0]
    assert started.modules["{direct}"] == "corpus.example/Upper/Case@v1.1.0"
    assert started.modules["{direct:2}"].startswith("corpus.example/greet@")
    assert started.modules["{indirect}"].startswith("corpus.example/")
    assert started.roles["primary"] in {r.host for r in history.of(RequestServed)}
    assert history.of(FaultArmed)[0].line == 5


def test_provoke_stops_at_the_first_failure(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path, provoke='"go version", "go build {packages}", "go env"')
    assert commands(history, "provoke") == ["go version", "go build ./..."]


def test_commands_in_parallel_after_those_in_a_row(session: Session, tmp_path: Path) -> None:
    text = BASE.replace("timeout: 60s", 'parallel: ["go list -m all", "go build {packages}"], timeout: 60s')
    history = history_of(session, tmp_path, provoke='"go version"', text=text)
    assert commands(history, "provoke") == ["go version", "go list -m all", "go build ./..."]
    asked = {r.invocation for r in history.of(RequestServed, phase="provoke")}
    assert len(asked) == 1


def test_roles_in_commands(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path, provoke='"echo {direct} {mirror} {vcs} ${HOME}; exit 1"')
    said = history.of(CommandFinished, purpose="provoke")[0].stdout.split()
    assert said == [
        "corpus.example/Upper/Case@v1.1.0",
        "https://mirror.chaosmod.test",
        "vcs.chaosmod.test",
        "/lab/home",
    ]


def test_a_fault_that_heals_before_recovery(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path, fault=", heals: before-recovery")
    assert [e.fault for e in history.of(FaultHealed)] == ["gone"]
    assert {r.phase for r in history.of(RequestServed, fired="gone")} == {"provoke"}


def test_a_fault_that_does_not_heal_acts_on_the_verifying_build_too(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path)
    assert {r.phase for r in history.of(RequestServed, fired="gone")} == {"provoke", "verify"}


def test_recoveries_one_after_the_other_in_one_lab(session: Session, tmp_path: Path) -> None:
    recovery = "{do: [{run: 'echo one > $HOME/f'}, {run: 'cat $HOME/f; go env GOPROXY'}, {switch-proxy: {to: mirror}}], verdict: restored}"
    history = history_of(session, tmp_path, recovery=recovery)
    second = history.of(CommandFinished, purpose="recover")[1]
    assert second.stdout.startswith("one\nhttps://")


def test_no_recovery_ever_helps_another_one(session: Session, tmp_path: Path) -> None:
    recovery = "{do: {run: 'echo x > $HOME/f; echo y > f.txt'}, name: a, verdict: not-restored}, {do: {run: 'ls $HOME/f f.txt'}, name: b, verdict: not-restored}"
    history = history_of(session, tmp_path, recovery=recovery)
    assert history.of(CommandFinished, purpose="recover")[0].exit != 0


def test_retry_runs_the_provoke_commands_again(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path, recovery="{do: {retry: {times: 2}}, verdict: not-restored}")
    assert commands(history, "recover") == ["go build ./..."] * 2


def test_cold_and_warm_caches(session: Session, tmp_path: Path) -> None:
    cold = history_of(session, tmp_path, provoke='"go mod download"')
    assert cold.of(RequestServed, phase="provoke")
    text = BASE.replace("faults:", "cache: warm\n    faults:")
    warm = history_of(session, tmp_path, provoke='"go mod download", "go build {packages}"', text=text)
    assert not warm.of(RequestServed, phase="provoke")
    compared = warm.last(ModCacheCompared, when="injected")
    assert compared is not None
    assert compared.entries >= 6


def test_warm_but_for_one_module(session: Session, tmp_path: Path) -> None:
    text = BASE.replace("faults:", 'cache: {warm-without: ["{direct}"]}\n    faults:')
    history = history_of(session, tmp_path, text=text)
    assert {r.module for r in history.of(RequestServed, phase="provoke")} == {"corpus.example/Upper/Case"}


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
    roles = [r.role for r in history.of(RequestServed, phase="provoke")]
    assert roles[0] == "primary"
    assert "vcs" in roles, "after 410 Go goes on to direct"


def test_the_workspace_is_measured_in_each_case_anew(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path, provoke='"echo // >> main.go; go build {packages}"')
    files = {f.when: f.digests["main.go"] for f in history.of(FilesMeasured)}
    assert files["steady"] == files["injected"] != files["recovered"] == files["verified"]


def test_gosum_is_measured_after_provoke_and_after_each_step(session: Session, tmp_path: Path) -> None:
    back = '{run: {command: "mv /tmp/kept go.sum", changes: [go.sum]}}'
    recovery = f'{{name: back, do: [{{run: "true"}}, {back}], verdict: not-restored}}'
    history = history_of(session, tmp_path, provoke='"mv go.sum /tmp/kept; false"', recovery=recovery)
    measured = [(f.when, bool(f.gosum)) for f in history.of(FilesMeasured) if f.when in ("provoked", "recovered")]
    assert measured == [("provoked", False), ("recovered", False), ("recovered", True), ("recovered", True)]


def test_a_toolchain_that_the_scenario_is_not_about_is_skipped(session: Session, tmp_path: Path) -> None:
    text = BASE.replace("faults:", 'go: "< 1.2"\n    faults:')
    with pytest.raises(NotHere, match=r"the scenario is about go < 1.2"):
        history_of(session, tmp_path, text=text)


def test_a_vendored_workspace_is_skipped_with_that_reason(session: Session, tmp_path: Path) -> None:
    text = BASE.replace("posture:", "workspace: corpus:vendored\n    posture:")
    with pytest.raises(NotHere, match=r"no module for \{direct\}: Go builds it from vendor/"):
        history_of(session, tmp_path, text=text)


def test_a_lab_is_kept_where_the_case_did_not_pass(session: Session, tmp_path: Path) -> None:
    keeping = Session(Config(toolchains=session.config.toolchains, keep=True), session.state)
    try:
        made = scenario(BASE % ("", '"echo hello > note.txt; go build {packages}"', ""), tmp_path)
        (good,) = cases(made, keeping)
        assert run_case(good, keeping)[1].lab is None
        text = (BASE % ("", '"echo hello > note.txt; go build {packages}"', "")).replace(
            "not-restored}", "survived}", 1
        )
        (bad,) = cases(scenario(text, tmp_path), keeping)
        kept = run_case(bad, keeping)[1].lab
        assert kept is not None
        assert (kept / "upper" / "work" / "note.txt").read_text() == "hello\n"
        keeping.spawner.stop(kept)
    finally:
        keeping.close()


def test_no_lab_is_left(session: Session) -> None:
    assert session.state.leftovers() == []
