"""Who asks the checksum database, and which commands pass it by."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest

from chaosmod.checks.database import as_postured, asks_database, own_settings, passing_by
from chaosmod.history import CaseStarted, EnvironmentRead, History

from .story import LIB, SETTINGS, command, restored, tell


def test_the_settings_of_the_posture_are_those_of_the_steady_state_or_of_injection() -> None:
    steady = EnvironmentRead(when="steady", values={"GOSUMDB": "off"})
    assert own_settings(tell(restored())) == SETTINGS
    assert own_settings(tell(restored(), steady)) == steady.values
    assert own_settings(tell(restored(), settings_injected=None)) is None


@pytest.mark.parametrize(
    ("changed", "asks"),
    [
        ({}, True),
        ({"GOSUMDB": "off"}, False),
        ({"GONOSUMDB": "dep.example"}, False),
        ({"GONOSUMDB": "other.example"}, True),
        ({"GOPRIVATE": "*.example"}, False),
        ({"GOPRIVATE": "*.example", "GONOSUMDB": "other.example"}, True),
    ],
)
def test_settings_that_ask(changed: dict[str, str], asks: bool) -> None:
    assert asks_database(SETTINGS | changed, None, LIB) is asks


def passes(*argv: str, **environment: str) -> bool:
    recover = command(2, "recover", purpose="recover", argv=argv, environment=environment)
    return 2 in [c.n for c in passing_by(tell(restored(), recover), LIB)]


@pytest.mark.parametrize(
    "words",
    [
        "GOSUMDB=off go mod tidy",
        "GOSUMDB='off' go mod tidy",
        "export GOSUMDB=off; go mod tidy",
        "go env -w GOSUMDB=off; go mod tidy; go env -u GOSUMDB",
        'sh -c "GOSUMDB=off go mod tidy"',
        "GOSUMDB=other.example+12+key go mod tidy",
        'GOSUMDB="$NONE" go mod tidy',
        "GONOSUMDB=* go mod tidy",
        "GONOSUMDB='*' go mod tidy",
        "GOPRIVATE=dep.example/* go mod tidy",
        "GOPRIVATE=$HOSTS go mod tidy",
    ],
)
def test_what_a_command_says_for_itself_counts(words: str) -> None:
    assert passes("sh", "-c", words)


@pytest.mark.parametrize(
    "words",
    [
        "go mod tidy",
        "GOPROXY=https://mirror.example go mod tidy",
        "GOPROXY=$MIRROR go mod tidy",
        "GOPRIVATE=corp.example go mod tidy",
        f"GOSUMDB='{SETTINGS['GOSUMDB']} https://sumdb.example' go mod tidy",
        "go env GOSUMDB",
    ],
)
def test_the_posture_s_own_database_is_not_passed_by(words: str) -> None:
    assert not passes("sh", "-c", words)


def test_settings_of_the_recovery_count() -> None:
    assert passes("go", "mod", "tidy", GOSUMDB="off")
    assert not passes("go", "mod", "tidy", GOPROXY="https://mirror.example")


def test_settings_that_were_in_force_for_a_while_count_as_long() -> None:
    off = EnvironmentRead(when="recovered", values=SETTINGS | {"GOSUMDB": "off"})
    on = EnvironmentRead(when="recovered", values=SETTINGS)
    two, four = (command(n, "recover", purpose="recover") for n in (2, 4))
    measuring = command(5, "recover", argv=("GOSUMDB=off",))
    assert [c.n for c in passing_by(tell(restored(), off, two, on, four, measuring), LIB)] == [2]


def test_without_the_settings_nothing_is_known() -> None:
    recover = command(2, "recover", purpose="recover", argv=("sh", "-c", "GOSUMDB=off go mod tidy"))
    assert not list(passing_by(tell(restored(), recover, settings_injected=None), LIB))


def left_alone(own_database: str, environment: Mapping[str, str]) -> History:
    case = restored()["case"]
    assert isinstance(case, CaseStarted)
    return tell(restored(), case=dataclasses.replace(case, own_database=own_database, environment=environment))


def test_go_s_own_database_is_that_of_a_posture_that_names_none() -> None:
    usual = {**SETTINGS, "GOSUMDB": "own.example"}
    assert as_postured(usual, left_alone("own.example", {})) == SETTINGS
    assert as_postured(SETTINGS, left_alone("own.example", {})) == SETTINGS
    assert as_postured(usual, left_alone("own.example", {"GOSUMDB": "sumdb.example+abcd+key"})) == usual
    assert as_postured(usual, left_alone("other.example", {})) == usual
    off = {**SETTINGS, "GOSUMDB": "off"}
    assert as_postured(off, left_alone("off", {})) == off, "a toolchain without a database: the lab's is no weaker"
    none = {**SETTINGS, "GOSUMDB": ""}
    assert as_postured(none, left_alone("", {})) == none


def test_go_s_own_database_is_not_passed_by() -> None:
    history = left_alone("own.example", {})
    usual = EnvironmentRead(when="recovered", values=SETTINGS | {"GOSUMDB": "own.example"})
    tidy = command(2, "recover", purpose="recover", argv=("sh", "-c", "GOSUMDB=own.example go mod tidy"))
    other = command(3, "recover", purpose="recover", argv=("sh", "-c", "GOSUMDB=other.example go mod tidy"))
    assert [c.n for c in passing_by(History.replay([*history, usual, tidy, other]), LIB)] == [3]
