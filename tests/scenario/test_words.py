"""The vocabularies agree with those of the rooms that own them."""

import typing

import pytest

from chaosmod.history import Outcome as HistoryOutcome
from chaosmod.lab.base import ABILITIES as LAB_ABILITIES
from chaosmod.scenario.model import Outcome, Verdict
from chaosmod.scenario.words import ABILITIES, OUTCOMES, SETTINGS, VERDICTS, WORD, module_roles


def test_abilities_are_those_of_the_lab_and_http2() -> None:
    assert set(ABILITIES) == LAB_ABILITIES | {"h2"}


def test_outcomes_and_verdicts_are_one_list_each() -> None:
    assert typing.get_args(HistoryOutcome) == typing.get_args(Outcome) == OUTCOMES
    assert typing.get_args(Verdict) == VERDICTS


def test_settings_hold_no_path_of_the_lab() -> None:
    assert not {"GOMODCACHE", "GOCACHE", "GOPATH", "HOME", "PATH", "GOROOT"} & set(SETTINGS)


@pytest.mark.parametrize("text", ["a", "gone-410", "v1.2", "a_b", "4xx", "a" * 64])
def test_names(text: str) -> None:
    assert WORD.fullmatch(text)


@pytest.mark.parametrize("text", ["", "A", "a b", "-a", "a-", ".a", "a/b", "ä", "a\n", "a" * 65, "[a]"])
def test_no_names(text: str) -> None:
    assert not WORD.fullmatch(text)


def test_module_roles_in_a_command() -> None:
    assert module_roles("go get {direct} {indirect:2} {direct:0} {other} ${direct}") == [
        "direct",
        "indirect:2",
        "direct",
    ]
