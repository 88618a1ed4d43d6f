"""From a case to what is kept of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.engine import run_case
from chaosmod.errors import NotHere
from chaosmod.history import CommandFinished
from chaosmod.session import Config, Session
from tests.support.gone import BASE, history_of
from tests.support.lab import cases, scenario

pytestmark = pytest.mark.namespaces


def test_no_recovery_ever_helps_another_one(session: Session, tmp_path: Path) -> None:
    recovery = "{do: {run: 'echo x > $HOME/f; echo y > f.txt'}, name: a, verdict: not-restored}, {do: {run: 'ls $HOME/f f.txt'}, name: b, verdict: not-restored}"
    history = history_of(session, tmp_path, recovery=recovery)
    assert history.of(CommandFinished, purpose="recover")[0].exit != 0


def test_a_toolchain_that_the_scenario_is_not_about_is_skipped(session: Session, tmp_path: Path) -> None:
    text = BASE.replace("faults:", 'go: "< 1.2"\n    faults:')
    with pytest.raises(NotHere, match=r"the scenario is about go < 1.2"):
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
