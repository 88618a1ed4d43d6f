from __future__ import annotations

import dataclasses

from chaosmod.checks.same_build import SameBuild
from chaosmod.history import BuildMeasured, CaseStarted

from .story import LIB, OTHER, STEADY, failing, restored, tell

NOW = BuildMeasured(when="verified", outcome="ok", fingerprint=OTHER, phase="verify")
HEALTHY = BuildMeasured(when="healthy", outcome="ok", fingerprint=OTHER, phase="verify")


def declaring(*changes: str) -> CaseStarted:
    case = restored()["case"]
    assert isinstance(case, CaseStarted)
    return dataclasses.replace(case, recovery="downgrade", changes=changes)


def test_the_same_build_passes() -> None:
    found = SameBuild().run(tell(restored()))
    assert (found.status, found.grade) == ("pass", None)


def test_another_build_that_nobody_declared_is_inconsistent_and_the_package_is_named() -> None:
    found = SameBuild().run(tell(restored(), verified=NOW, healthy=HEALTHY))
    assert (found.status, found.grade) == ("fail", "inconsistent")
    assert f"{LIB}@v0.9.0" in found.text


def test_a_declared_build_is_altered_where_it_equals_that_of_the_healthy_lab() -> None:
    found = SameBuild().run(tell(restored(), case=declaring("go.mod"), verified=NOW, healthy=HEALTHY))
    assert (found.status, found.grade) == ("pass", "altered")


def test_a_declared_build_that_differs_from_that_of_the_healthy_lab_is_inconsistent() -> None:
    healthy = dataclasses.replace(HEALTHY, fingerprint=STEADY)
    found = SameBuild().run(tell(restored(), case=declaring("go.mod"), verified=NOW, healthy=healthy))
    assert (found.status, found.grade) == ("fail", "inconsistent")
    assert "healthy" in found.text


def test_a_declared_build_with_nothing_to_compare_it_with_is_inconsistent() -> None:
    found = SameBuild().run(tell(restored(), case=declaring("go.mod"), verified=NOW))
    assert (found.status, found.grade) == ("fail", "inconsistent")


def test_without_two_builds_it_does_not_know() -> None:
    assert SameBuild().run(tell(restored() | failing())).status == "n/a"
    assert SameBuild().run(tell(restored(), steady=None)).status == "n/a"
