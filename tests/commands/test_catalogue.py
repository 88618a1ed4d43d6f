import json

import pytest

from chaosmod.checks.base import CHECKS
from chaosmod.cli import main
from chaosmod.commands.catalogue import catalogue
from chaosmod.diagnose.matcher import NO_MESSAGE, known
from chaosmod.faults.base import FAULTS
from chaosmod.recovery.base import RECOVERIES
from chaosmod.scenario import loads

KINDS = ("faults", "recoveries", "checks", "diagnoses")


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("faults", set(FAULTS)),
        ("recoveries", set(RECOVERIES)),
        ("checks", set(CHECKS)),
        ("diagnoses", known() - {NO_MESSAGE.name}),
    ],
)
def test_everything_is_in_it(kind, names, capsys):
    entries = catalogue(kind)
    assert {e["name"] for e in entries} == names
    assert all(e["summary"] for e in entries)
    assert main([kind, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == entries
    assert main([kind]) == 0
    text = capsys.readouterr().out
    assert [n for n in names if f"\n{n}" not in f"\n{text}"] == []


@pytest.mark.parametrize("entry", catalogue("faults"), ids=lambda e: e["name"])
def test_examples_of_faults_can_be_pasted(entry):
    loads(f"scenario: x\nfaults:\n  - {entry['example']}\nexpect: {{verdict: survived}}\n")


@pytest.mark.parametrize("entry", catalogue("recoveries"), ids=lambda e: e["name"])
def test_examples_of_recoveries_can_be_pasted(entry):
    head = "scenario: x\nfaults: [http: 410]\nexpect: {verdict: survived}\nrecoveries:\n"
    loads(f"{head}  - {entry['example']}\n    verdict: restored\n")


def test_parameters_have_types_defaults_and_meanings(capsys):
    assert main(["faults", "http"]) == 0
    assert "    status: integer from 200 to 599, required. status code\n" in capsys.readouterr().out
    assert main(["recoveries", "retry", "proxy-fallback"]) == 0
    out = capsys.readouterr().out
    assert "times: integer from 1 to 1000, default 3. how many more tries, at most\n" in out
    assert "backoff: duration (250ms, 5s, 2m), default 0.0." in out
    assert '    separator: "," or "|", required.' in out
    assert "changes" not in out
    assert main(["recoveries", "run"]) == 0
    assert "changes: list of " in capsys.readouterr().out


def test_a_check_shows_what_it_says_when_it_says_no(capsys):
    assert main(["checks", "budget"]) == 0
    assert "  example   over budget: 4.0 s, where 3 s are allowed\n" in capsys.readouterr().out
    assert all(entry["example"] for entry in catalogue("checks"))


def test_a_diagnosis_shows_the_line_that_decides(capsys):
    assert main(["diagnoses", "proxy-gone"]) == 0
    assert "410 Gone" in capsys.readouterr().out


def test_a_name_that_there_is_not(capsys):
    assert main(["faults", "htp"]) == 2
    assert capsys.readouterr().err == "chaosmod: no such entry 'htp'; did you mean 'http'?\n"
