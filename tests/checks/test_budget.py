from __future__ import annotations

import dataclasses

from chaosmod.checks.base import Finding
from chaosmod.checks.budget import Budget
from chaosmod.history import CaseStarted, Event

from .story import command, request, restored, tell


def run(*events: Event, time: float | None = None, requests: int | None = None, **changed: Event | None) -> Finding:
    case = restored()["case"]
    assert isinstance(case, CaseStarted)
    declared = dataclasses.replace(case, within_time=time, within_requests=requests)
    return Budget().run(tell(restored() | {"case": declared} | changed, *events))


def test_within_budget_passes() -> None:
    found = run(time=4.0, requests=1)  # from 1.0 s to 5.0 s; one request
    assert found.status == "pass"
    assert found.text == "4.0 s and 1 request"


def test_over_budget_fails_and_changes_no_verdict() -> None:
    found = run(time=3.9)
    assert (found.status, found.grade) == ("fail", None)
    assert "4.0 s, where 3.9 s are allowed" in found.text
    found = run(request("verify", 3), requests=1)
    assert (found.status, found.grade) == ("fail", None)
    assert "2 requests, where 1 are allowed" in found.text


def test_what_was_only_measured_does_not_count() -> None:
    measured = command(2, "provoke", seconds=2.5, at=4.0)
    assert run(measured, request("provoke", 2), time=1.5, requests=1).status == "pass"


def test_what_came_after_the_verifying_build_does_not_count() -> None:
    late = dataclasses.replace(request("verify", 7), at=6.0)
    assert run(late, requests=1).status == "pass"


def test_without_a_budget_or_a_verifying_build_there_is_nothing_to_say() -> None:
    assert run().status == "n/a"
    assert run(time=1.0, verified=None).status == "n/a"
