from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from chaosmod.checks.faults_fired import FaultsFired
from chaosmod.history import CaseStarted, ConnectionSeen, DnsAnswered, Event, FaultArmed

from .story import command, request, restored, tell


def armed(fires: Any, layer: str = "http", applied: tuple[str, ...] = ()) -> FaultArmed:
    return FaultArmed(fault="gone", kind="x", layer=layer, fires=fires, applied=applied, phase="inject")


HIT: dict[str, Any] = {"status": 410, "eligible": ("gone",), "fired": "gone"}


def test_a_fault_that_fired_in_provoke_passes_and_is_counted() -> None:
    found = FaultsFired().run(tell(restored()))
    assert found.status == "pass"
    assert "gone 1 of 1" in found.text


@pytest.mark.parametrize(
    ("fires", "where", "passes"),
    [
        ("provoke", "provoke", True), ("provoke", "recover", False), ("provoke", None, False),
        ("recovery", "provoke", False), ("recovery", "recover", True), ("recovery", "verify", True),
        ("any", "provoke", True), ("any", "verify", True), ("any", None, False),
        ("never", "provoke", False), ("never", "recover", True), ("never", None, True),
    ],
)  # fmt: skip
def test_each_fault_says_when_it_fires(fires: str, where: Any, passes: bool) -> None:
    met = request(where, 0, **HIT) if where else request("provoke", 0)
    found = FaultsFired().run(tell(restored(), armed=armed(fires), request=met))
    assert (found.status, found.grade) == (("pass", None) if passes else ("fail", "vacuous"))


def test_what_was_requested_instead_is_told() -> None:
    pieces = {"request": request("provoke", module="dep.example/two", version="v1.2.0", file="mod")}
    found = FaultsFired().run(tell(restored() | pieces, request("provoke", file="list", version="", path="/x/@v/list")))
    assert found.grade == "vacuous"
    assert "GET primary dep.example/two@v1.2.0 mod -> 200 (1×)" in found.text
    assert "GET primary /x/@v/list -> 200 (1×)" in found.text
    assert "nothing at all" in FaultsFired().run(tell(restored(), request=None)).text


def test_a_stalled_request_counts_for_the_phase_of_its_command() -> None:
    late = request("recover", 1, **(HIT | {"status": None}))
    assert FaultsFired().run(tell(restored(), request=late)).status == "pass"


def test_eligible_and_yet_not_fired_is_vacuous_and_told() -> None:
    found = FaultsFired().run(tell(restored(), request=request("provoke", eligible=("gone",))))
    assert found.grade == "vacuous"
    assert "1 eligible" in found.text


@pytest.mark.parametrize(
    "event",
    [
        DnsAnswered(
            invocation=1, name="x", qtype="A", transport="udp", role="", rcode="", fired="gone", phase="provoke"
        ),
        ConnectionSeen(invocation=1, role="primary", port=443, fired=("other", "gone"), phase="provoke"),
    ],
)
def test_faults_below_http_are_counted(event: Event) -> None:
    assert FaultsFired().run(tell(restored(), event, request=None)).status == "pass"


def test_a_local_fault_fired_when_something_differs_on_disk() -> None:
    assert FaultsFired().run(tell(restored(), armed=armed("provoke", "local", ("x.zip",)))).status == "pass"
    found = FaultsFired().run(tell(restored(), armed=armed("provoke", "local")))
    assert found.grade == "vacuous"
    assert "changed nothing on disk" in found.text


def test_without_a_recovery_no_fault_can_fire_in_one() -> None:
    case = restored()["case"]
    assert isinstance(case, CaseStarted)
    none = dataclasses.replace(case, recovery="none")
    assert FaultsFired().run(tell(restored(), case=none, armed=armed("recovery"), request=None)).status == "pass"


def test_without_faults_there_is_nothing_to_say() -> None:
    assert FaultsFired().run(tell(restored(), command(9, "verify"), armed=None)).status == "n/a"
