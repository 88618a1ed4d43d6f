"""DNS faults, proved by what Go prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.faults.base import FAULTS, DnsFault
from chaosmod.history import CommandFinished, Concluded, DnsAnswered, History
from chaosmod.session import Session
from tests.support.lab import cases, run, scenario
from tests.support.meet import meet, said

pytestmark = pytest.mark.namespaces


def met(fault: str, folder: Path, session: Session, timeout: str = "60s") -> tuple[History, str, str]:
    """The history, the diagnosis, and what Go said in provoke."""
    history, came = meet(fault, folder, session, command="go mod download", timeout=timeout)
    return history, came.diagnosis, said(history)


CASES = [
    ("dns: nxdomain", "dns-not-found", "on 127.0.1.53:53: no such host"),
    ("dns: empty", "dns-not-found", "on 127.0.1.53:53: no such host"),
    ("dns: servfail", "dns-failure", "on 127.0.1.53:53: server misbehaving"),
    ("dns: refused", "dns-failure", "on 127.0.1.53:53: server misbehaving"),
    ("dns-address: 127.0.1.99", "connection-refused", "dial tcp 127.0.1.99:443: connect: connection refused"),
    ("dns-address: 203.0.113.7", "network-unreachable", "dial tcp 203.0.113.7:443: connect: network is unreachable"),
    ("dns-address: mirror", "tls-wrong-name", "x509: certificate is valid for mirror.chaosmod.test, not "),
    ("dns-truncated: closed", "dns-cut", "on 127.0.1.53:53: EOF"),
]


@pytest.mark.parametrize(("fault", "diagnosis", "text"), CASES)
def test_go_is_led_astray(fault: str, diagnosis: str, text: str, session: Session, tmp_path: Path) -> None:
    history, found, said = met(fault, tmp_path, session)
    assert found == diagnosis
    assert text in said
    asked = history.of(DnsAnswered, role="primary")
    concerned = [q for q in asked if q.qtype == "A" or not fault.startswith("dns-address")]
    assert concerned
    # A host of the lab has no IPv6 address: an empty answer to that question is the true one, and no fault has acted.
    spoilt = [q for q in concerned if fault != "dns: empty" or q.qtype == "A"]
    assert all(q.eligible == ("f",) for q in concerned)
    assert all(q.fired == "f" and q.effect for q in spoilt)
    assert all(q.fired is None and not q.effect for q in concerned if q not in spoilt)
    assert all(q.eligible == () for q in history.of(DnsAnswered) if q not in concerned)


SURVIVED = ["dns-delay: 300ms", "dns-truncated: answers"]


@pytest.mark.parametrize("fault", SURVIVED)
def test_go_survives(fault: str, session: Session, tmp_path: Path) -> None:
    history, found, _ = met(fault, tmp_path, session)
    assert found == ""
    asked = history.of(DnsAnswered, role="primary")
    assert {q.transport for q in asked if q.fired} == {"udp"}
    if fault.startswith("dns-truncated"):
        over_tcp = [q for q in asked if q.transport == "tcp"]
        assert over_tcp
        assert all(q.eligible == () for q in over_tcp)
    else:
        (command,) = history.of(CommandFinished, purpose="provoke")
        assert command.seconds > 0.3


NOBODY = """
    scenario: nobody
    posture: {{GOPROXY: "{{primary}}"}}
    faults: [{fault}]
    provoke: "GOPROXY=https://nosuch.example go mod download"
    expect: {{verdict: harmed}}
"""


def asked_for_nobody(fault: str, folder: Path, session: Session) -> tuple[History, Concluded]:
    """What comes of a proxy whose name is none of the lab's."""
    (case,) = cases(scenario(NOBODY.format(fault=fault), folder), session)
    return run(case, session)


def test_a_name_that_is_nobody_s_may_lead_to_a_host_that_presents_its_own(session: Session, tmp_path: Path) -> None:
    history, came = asked_for_nobody("{dns-address: primary}", tmp_path, session)
    assert (came.outcome, came.diagnosis) == ("failed", "tls-wrong-name")
    assert ", not nosuch.example" in said(history)
    asked = history.of(DnsAnswered, name="nosuch.example")
    assert {(q.role, q.fired) for q in asked if q.qtype == "A"} == {("", "dns-address")}


def test_a_name_that_is_nobody_s_is_of_no_role(session: Session, tmp_path: Path) -> None:
    history, came = asked_for_nobody("{dns: servfail, match: {host: vcs}}", tmp_path, session)
    assert (came.outcome, came.diagnosis, came.verdict) == ("failed", "dns-not-found", "vacuous")
    assert {(q.role, q.eligible) for q in history.of(DnsAnswered, name="nosuch.example")} == {("", ())}
    history, came = asked_for_nobody("{dns: servfail}", tmp_path, session)
    assert (came.outcome, came.diagnosis) == ("failed", "dns-failure")
    assert {q.eligible for q in history.of(DnsAnswered, name="nosuch.example")} == {("dns",)}


def test_every_dns_fault_is_proved() -> None:
    kinds = {kind for kind in FAULTS if issubclass(FAULTS[kind], DnsFault)}
    assert kinds == {fault.partition(":")[0] for fault in [*SURVIVED, *(fault for fault, *_ in CASES)]}


def test_a_resolver_that_is_silent_costs_what_resolv_conf_says(session: Session, tmp_path: Path) -> None:
    """2 s, twice, for the first names that are asked for; others may have begun later and fail later."""
    history, found, said = met("dns: none", tmp_path, session)
    assert found == "dns-timeout"
    assert "i/o timeout" in said
    (command,) = history.of(CommandFinished, purpose="provoke")
    assert 3.9 < command.seconds < 30
    assert {q.rcode for q in history.of(DnsAnswered, role="primary")} == {""}
