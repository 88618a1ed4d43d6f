from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from chaosmod.checks.protections import Protections
from chaosmod.history import CaseStarted, EnvironmentRead, FilesMeasured

from .story import FILES, SETTINGS, restored, tell


def settings(when: Any, **values: str) -> EnvironmentRead:
    return EnvironmentRead(when=when, values=SETTINGS | values)


def test_the_posture_as_it_was_passes() -> None:
    assert Protections().run(tell(restored())).status == "pass"


@pytest.mark.parametrize("when", ["recovered", "verified"])
def test_a_protection_that_went_off_is_weakened(when: str) -> None:
    piece = {"recovered": "settings-recovered", "verified": "settings"}[when]
    found = Protections().run(tell(restored() | {piece: settings(when, GOSUMDB="off")}))
    assert (found.status, found.grade) == ("fail", "weakened")
    assert found.text.count("GOSUMDB=off") == 1


def test_it_is_told_once_though_it_was_seen_twice() -> None:
    twice = {
        "settings-recovered": settings("recovered", GOSUMDB="off"),
        "settings": settings("verified", GOSUMDB="off"),
    }
    assert Protections().run(tell(restored() | twice)).text.count("GOSUMDB=off") == 1


def test_the_steady_state_is_the_yardstick_where_it_was_read() -> None:
    broken = {"settings-injected": settings("injected", GOSUMDB="off"), "settings": settings("verified", GOSUMDB="off")}
    assert Protections().run(tell(restored() | broken)).status == "pass"
    assert Protections().run(tell(restored() | broken, settings("steady"))).grade == "weakened"


def test_modules_that_only_a_gosum_names_count() -> None:
    gosum = ("rare.example/x v1.0.0/go.mod h1:x",)
    now = {"settings": settings("verified", GONOSUMDB="rare.example")}
    assert Protections().run(tell(restored() | now)).status == "pass"
    files = FilesMeasured(when="recovered", digests=FILES, gosum=gosum)
    assert Protections().run(tell(restored() | now, files)).grade == "weakened"


def test_modules_that_are_not_public_do_not_count() -> None:
    files = FilesMeasured(when="recovered", digests=FILES, gosum=("corp.test/x v1.0.0/go.mod h1:x",))
    now = {"settings": settings("verified", GOPRIVATE="corp.test")}
    assert Protections().run(tell(restored() | now, files)).status == "pass"


def test_without_settings_it_does_not_know() -> None:
    assert Protections().run(tell(restored(), settings=None, settings_recovered=None)).status == "n/a"
    assert Protections().run(tell(restored(), settings_injected=None)).status == "n/a"


def test_the_way_back_to_go_s_own_database_is_no_way_off() -> None:
    case = restored()["case"]
    assert isinstance(case, CaseStarted)
    now = {"settings": settings("verified", GOSUMDB="own.example")}
    left = dataclasses.replace(case, environment={}, own_database="own.example")
    assert Protections().run(tell(restored() | now, case=left)).status == "pass"
    assert Protections().run(tell(restored() | now, case=case)).grade == "weakened"
