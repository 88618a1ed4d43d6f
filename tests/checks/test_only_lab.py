from __future__ import annotations

from chaosmod.checks.only_lab import OnlyLab
from chaosmod.history import CaseStarted, DnsAnswered, History

from .story import request, restored, tell


def asked(name: str) -> DnsAnswered:
    return DnsAnswered(invocation=1, name=name, qtype="A", transport="udp", role="", rcode="NXDOMAIN", phase="provoke")


def test_names_of_roles_are_the_lab() -> None:
    found = OnlyLab().run(tell(restored(), asked("Primary.example.")))
    assert found.text == "nothing but the lab's roles was asked for"


def test_other_names_are_told_and_fail_nothing() -> None:
    found = OnlyLab().run(tell(restored(), asked("telemetry.example")))
    assert (found.status, found.grade) == ("pass", None)
    assert "telemetry.example" in found.text


def test_source_hosts_are_told_where_goproxy_has_no_direct() -> None:
    contact = request("recover", role="vcs", host="dep.example")
    assert "dep.example" in OnlyLab().run(tell(restored(), contact)).text


def test_an_empty_history_contacted_nobody() -> None:
    assert OnlyLab().run(History()).status == "pass"


def test_in_the_host_runner_it_says_how_far_it_sees() -> None:
    case = CaseStarted(scenario="gone-410", case="none", runner="host")
    found = OnlyLab().run(tell(restored(), case=case))
    assert found.status == "pass"
    assert "any other command had the machine's own network" in found.text
