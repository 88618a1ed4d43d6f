"""``chaosmod doctor``: what is printed of a report, and the exit status."""

from __future__ import annotations

import dataclasses
import json

import pytest

from chaosmod import doctor
from chaosmod.cli import main
from chaosmod.doctor import Finding, Report

REPORT = Report(
    (Finding("go", "works", "go1.26"), Finding("docker", "info", "no engine", "install one")),
    {"sandbox": frozenset({"names", "links"})},
    {"http": {"sandbox": ""}, "disk-full": {"sandbox": "disk"}},
)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(doctor, "examine", lambda: REPORT)
    return monkeypatch


@pytest.mark.usefixtures("found")
def test_findings_remedies_and_what_a_runner_lacks_the_means_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out == (
        "go             works     go1.26\n"
        "docker         not here  no engine\n"
        "                         -> install one\n"
        "\n"
        "faults in the sandbox: http\n"
        "  not disk-full: needs disk\n"
        "scenarios can be run here\n"
    )


def test_where_scenarios_cannot_be_run(found: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    broken = Finding("go", "missing", "it is broken", "pip install one")
    found.setattr(doctor, "examine", lambda: dataclasses.replace(REPORT, findings=(broken,), abilities={}))
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "go             DOES NOT  it is broken\n                         -> pip install one\n" in out
    assert out.endswith("scenarios cannot be run here\n")
    assert main(["doctor", "--json"]) == 1


@pytest.mark.usefixtures("found")
def test_everything_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "usable": True,
        "findings": [
            {"name": "go", "status": "works", "text": "go1.26", "remedy": ""},
            {"name": "docker", "status": "info", "text": "no engine", "remedy": "install one"},
        ],
        "runners": {"sandbox": ["links", "names"]},
        "faults": {"http": {"sandbox": ""}, "disk-full": {"sandbox": "disk"}},
    }
