"""A case that did not pass can be run again with the same decisions, whatever order Go downloads in."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from chaosmod.engine import Kept, run_case
from chaosmod.errors import NotHere
from chaosmod.faults.decisions import Replay
from chaosmod.history import History, RequestServed
from chaosmod.scenario import Case
from chaosmod.session import Config, Session
from tests.support.lab import cases, scenario

pytestmark = pytest.mark.namespaces

TEXT = """
    scenario: chance
    posture: {GOPROXY: "{primary}|{mirror}"}
    faults:
      - {http: 503, match: {host: primary}, schedule: {first: 4}, fires: any}
    provoke: {run: ["go mod download", "go build {packages}"]}
    expect: {verdict: harmed}
"""


def fired(history: History) -> list[tuple[str, str]]:
    """What the fault acted on; the second `go` invocation asks for what the first has not got."""
    return sorted((r.path, r.effect) for r in history.of(RequestServed) if r.fired)


def run(case: Case, session: Session, runs: Path, replay: Replay | None = None) -> tuple[History, Kept]:
    config = Config(toolchains=session.config.toolchains, runs=runs, replay=replay)
    own = Session(dataclasses.replace(config), session.state)
    try:
        return run_case(case, own)
    finally:
        own.close()


def test_the_replay_file_repeats_the_decisions(session: Session, tmp_path: Path) -> None:
    (case,) = cases(scenario(TEXT, tmp_path), session)
    history, kept = run(case, session, tmp_path / "first")
    assert kept.replay is not None, "the case does not pass: harmed is not what comes of it"
    assert len(fired(history)) == 4
    for n in range(3):
        again, _ = run(case, session, tmp_path / f"again{n}", Replay.read(kept.replay))
        assert fired(again) == fired(history)


def test_a_replay_file_is_of_one_case(session: Session, tmp_path: Path) -> None:
    (case,) = cases(scenario(TEXT, tmp_path), session)
    with pytest.raises(NotHere, match="the replay file is of other of chance"):
        run(case, session, tmp_path, Replay("chance", "other", 0, ()))


def test_a_case_that_passes_leaves_none(session: Session, tmp_path: Path) -> None:
    (case,) = cases(scenario(TEXT.replace("harmed", "survived"), tmp_path), session)
    _, kept = run(case, session, tmp_path / "runs")
    assert kept.replay is None
    assert not list((tmp_path / "runs").rglob("*.replay.json"))
