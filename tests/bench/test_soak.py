from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from chaosmod.faults.base import FAULTS
from chaosmod.scenario import Scenario, load
from tests.bench import soak

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def scenarios() -> list[Scenario]:
    return [load(file) for file in sorted((ROOT / "scenarios").rglob("*.yml"))]


def test_every_fault_has_its_scenario(scenarios: list[Scenario]) -> None:
    found = soak.chosen(scenarios)
    assert found.keys() == set(FAULTS)
    assert all(any(f.kind == kind for f in scenario.faults) for kind, scenario in found.items())


def test_the_choice_depends_on_no_order(scenarios: list[Scenario]) -> None:
    assert soak.chosen(scenarios) == soak.chosen(scenarios[::-1])


def row(asked: int, acted: int, *wrong: str, skipped: str = "") -> soak.Row:
    return soak.Row("http", "gone-410", 1, Counter([asked]), Counter([acted]), list(wrong), skipped)


def test_runs_of_one_kind_are_one_line() -> None:
    head, line = soak.table([row(3, 1), row(4, 1)])
    assert head.startswith("fault ")
    assert line.split() == ["http", "gone-410", "2", "3", "to", "4", "1", "0"]


def test_a_run_that_was_not_as_expected_is_named_once() -> None:
    _, line, why = soak.table([row(3, 1), row(3, 1, "broken-lab: lost"), row(3, 1, "broken-lab: lost")])
    assert line.split()[-1] == "2"
    assert why.strip() == "broken-lab: lost"


def test_a_skip_is_no_success() -> None:
    _, line = soak.table([row(0, 0, skipped="no netem")])
    assert line.endswith("skipped: no netem")


@pytest.mark.namespaces
def test_a_wrong_run_is_the_exit_status(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert soak.main(["--runs", "1", "--kind", "http", "--workers", "1"]) == 0
    assert "http " in capsys.readouterr().out
    monkeypatch.setattr(soak, "run", _lost)
    assert soak.main(["--runs", "1", "--kind", "http", "--workers", "1"]) == 1
    assert "lost count" in capsys.readouterr().out


def _lost(kind: str, file: Path) -> soak.Row:
    return soak.Row(kind, file.name, 1, wrong=["lost count"])
