"""The shipped JSON Schema: current, and of one mind with the loader."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from chaosmod.faults.base import FAULTS
from chaosmod.recovery.base import RECOVERIES
from chaosmod.scenario import ScenarioError, loads, schema
from chaosmod.scenario.document import parse, plain

from .samples import FULL, SMALL

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def accepts() -> Any:
    document = json.loads(schema.SHIPPED.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document).is_valid


def both_readings(text: str) -> list[Any]:
    """As chaosmod reads it (strings) and as an editor does (numbers and booleans)."""
    node, _ = parse(text, "f")
    assert node is not None
    return [plain(node), yaml.safe_load(text)]


def test_the_shipped_schema_is_current() -> None:
    assert schema.SHIPPED.read_text(encoding="utf-8") == schema.text(), "run: chaosmod schema > " + schema.SHIPPED.name


@pytest.mark.parametrize("text", [FULL, SMALL, *(f.read_text("utf-8") for f in sorted(SCENARIOS.glob("**/*.yml")))])
def test_it_takes_what_the_loader_takes(accepts: Any, text: str) -> None:
    loads(text)
    for data in both_readings(text):
        assert accepts(data)


@pytest.mark.parametrize(
    "line",
    [
        "titel: x",
        "severity: P4",
        "posture: {GOPROXI: x}",
        "posture: {}\npostures: {a: {}}",
        "cache: luke",
        "cache: {without: x}",
        "provoke: {tiemout: 5s}",
        "provoke: {timeout: 5}",
        "provoke: []",
        "within: {requests: lots}",
        "within: {requests: -1}",
        "seed: x",
        "recoveries: [retry]",
        "recoveries: [{do: retry}]",
        "recoveries: [{do: run, verdict: restored}]",
        "recoveries: [{do: clean-modcash, verdict: restored}]",
        "recoveries: [{do: {retry: {tmes: 3}}, verdict: restored}]",
        "recoveries: [{do: [], verdict: restored}]",
        "recoveries: [{do: retry, verdict: fixed}]",
        "recoveries: [{do: retry, verdict: {go < 1.24: restored}}]",
        "recoveries: [{do: retry, verdict: restored, changes: go.smu}]",
    ],
)
def test_it_refuses_what_the_loader_refuses(accepts: Any, line: str) -> None:
    with pytest.raises(ScenarioError):
        loads(SMALL + line)
    for data in both_readings(SMALL + line):
        assert not accepts(data)


@pytest.mark.parametrize(
    "fault",
    [
        "{}",
        "{id: a}",
        "{htpp: 410}",
        "{http: }",
        "{http: x}",
        "{http: {status: 410, boddy: x}}",
        "{http: 410, match: {host: x}}",
        "{http: 410, schedule: {duration: 5s}}",
        "{http: 410, heals: soon}",
        "{http: 410, match: {host: []}}",
    ],
)
def test_it_refuses_the_faults_that_the_loader_refuses(accepts: Any, fault: str) -> None:
    text = SMALL.replace("http: 410", fault)
    with pytest.raises(ScenarioError):
        loads(text)
    for data in both_readings(text):
        assert not accepts(data)


@pytest.mark.parametrize("missing", ["scenario", "faults", "expect"])
def test_it_demands_what_the_loader_demands(accepts: Any, missing: str) -> None:
    data = yaml.safe_load(SMALL)
    del data[missing]
    assert not accepts(data)


def test_every_entry_of_the_catalogues_is_described_with_its_example() -> None:
    document = schema.json_schema()
    faults = document["properties"]["faults"]["items"]["properties"]
    for kind, fault in FAULTS.items():
        assert faults[kind]["description"] == fault.summary
        assert faults[kind]["examples"] == [yaml.safe_load(fault.example)]
    steps = json.dumps(document["$defs"]["Step"])
    assert all(json.dumps(recovery.summary) in steps for recovery in RECOVERIES.values())


def test_a_property_may_be_called_title() -> None:
    assert "title" in schema.json_schema()["properties"]
