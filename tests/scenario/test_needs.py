from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.lab.base import ABILITIES as LAB_ABILITIES
from chaosmod.lab.runners import abilities
from chaosmod.scenario import Case, expand
from chaosmod.scenario.needs import Demand, demands, missing
from chaosmod.scenario.words import ABILITIES
from tests.support.lab import scenario

ALL = LAB_ABILITIES
HTTP = "http: 410"


def case(
    folder: Path, *, fault: str = HTTP, posture: str = '{GOPROXY: "{primary}"}', more: str = "", do: str = "retry"
) -> Case:
    """The case of the recovery ``do`` in a scenario with these parts."""
    text = f"""
    scenario: demands
    posture: {posture}
    faults: [{{id: bad, {fault}}}]
    expect: {{verdict: not-restored}}
    recoveries: [{{do: {do}, verdict: not-restored}}]
    {more}
    """
    return expand(scenario(text, folder), ["1.26"], "host")[1]


def found(made: Case) -> set[str]:
    return {demand.ability for demand in demands(made)}


def test_requests_demand_nothing(tmp_path: Path) -> None:
    made = case(tmp_path, posture='{GOPROXY: "{primary}|{mirror},off", GOSUMDB: "{sumdb}", GOFLAGS: -mod=mod}')
    assert list(demands(made)) == []
    assert missing(made, frozenset()) == ""


def test_a_fault_demands_what_its_layer_is_made_of(tmp_path: Path) -> None:
    made = case(tmp_path, fault="dns: nxdomain, match: {host: primary}")
    assert list(demands(made)) == [Demand("names", "the fault bad (dns)")]
    assert missing(made, ALL) == ""
    assert missing(made, ALL - {"names"}) == (
        "the fault bad (dns) needs a name server of its own (names), which the host runner does not have here"
    )


def test_a_link_fault_reaches_only_what_has_an_address(tmp_path: Path) -> None:
    assert found(case(tmp_path, fault="delay: 10ms, match: {host: primary}")) == {"sockets"}
    assert found(case(tmp_path, fault="delay: 10ms, match: {host: vcs}")) == {"sockets", "names", "tls"}


@pytest.mark.parametrize("word", ABILITIES)
def test_what_the_scenario_says_that_it_needs(tmp_path: Path, word: str) -> None:
    made = case(tmp_path, more=f"needs: [{word}, mirror]")
    assert found(made) == {word}
    assert missing(made, ALL) == ""
    assert f"({word}), which the host runner does not have here" in missing(made, frozenset())


def test_http2_comes_with_tls(tmp_path: Path) -> None:
    made = case(tmp_path, more="needs: h2")
    assert missing(made, {"tls"}) == ""
    assert missing(made, ALL - {"tls"}).startswith("the scenario needs HTTP/2 (h2)")


@pytest.mark.parametrize("role", ["vcs", "sumdb"])
def test_hosts_beside_the_proxies_speak_https_only(tmp_path: Path, role: str) -> None:
    assert found(case(tmp_path, fault=f"{HTTP}, match: {{host: {role}}}")) == {"tls"}
    assert found(case(tmp_path, more=f"needs: {role}")) == {"tls"}


@pytest.mark.parametrize(
    ("posture", "wanted", "because"),
    [
        ('{GOPROXY: "{primary},direct"}', {"tls"}, "the posture's GOPROXY, which leads to source hosts,"),
        ("{GOPROXY: direct}", {"tls"}, "the posture's GOPROXY, which leads to source hosts,"),
        ("{GOPRIVATE: corpus.example}", {"tls"}, "the posture's GOPRIVATE, which leads to source hosts,"),
        ("{GONOPROXY: none}", set(), ""),
        ('{GOPROXY: "https://proxy.test"}', {"names"}, "the posture's GOPROXY, which names a host itself,"),
        ('{GOPROXY: "{primary}|gopher"}', {"names"}, "the posture's GOPROXY, which names a host itself,"),
        ('{GOPROXY: "file:///cache,{mirror}/sub"}', set(), ""),
        ("{GOPROXY: off}", set(), ""),
        ("{GOSUMDB: off}", set(), ""),
        ("{GOSUMDB: sums.test}", {"names"}, "the posture's GOSUMDB, which names a host itself,"),
        ('{HTTPS_PROXY: "http://127.0.0.1:1"}', {"names"}, "the posture's HTTPS_PROXY"),
        ("{no_proxy: '*'}", {"names"}, "the posture's no_proxy"),
        ("{GIT_SSH_COMMAND: ssh}", {"names"}, "the posture's GIT_SSH_COMMAND"),
        ("{GOINSECURE: '*'}", {"names"}, "the posture's GOINSECURE"),
        ("{}", set(), ""),
    ],
)
def test_a_posture_that_leads_away_from_the_proxies(
    tmp_path: Path, posture: str, wanted: set[str], because: str
) -> None:
    made = case(tmp_path, posture=posture)
    assert found(made) == wanted
    assert {d.because for d in demands(made)} == ({because} if because else set())


def test_only_the_posture_of_the_case_counts(tmp_path: Path) -> None:
    text = """
    scenario: demands
    postures: {own: {GOPROXY: "{primary}"}, named: {GOPROXY: "https://proxy.test"}}
    faults: [{id: bad, http: 410}]
    expect: {verdict: not-restored}
    """
    own, named = expand(scenario(text, tmp_path), ["1.26"], "host")
    assert found(own) == set()
    assert found(named) == {"names"}


def test_a_recovery_demands_for_its_own_case_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chaosmod.recovery.retry import Retry

    monkeypatch.setattr(Retry, "needs", frozenset({"offline"}))
    made = case(tmp_path)
    assert list(demands(made)) == [Demand("offline", "the recovery retry")]
    (none, _) = expand(made.scenario, ["1.26"], "host")
    assert found(none) == set()


def test_every_thing_that_is_missing_is_told_once(tmp_path: Path) -> None:
    made = case(tmp_path, fault="dns: nxdomain, match: {host: primary}", more="needs: [disk, names]")
    assert missing(made, frozenset()).split("; ") == [
        "the fault bad (dns) needs a name server of its own (names), which the host runner does not have here",
        "the scenario needs file systems of limited size (disk), which the host runner does not have here",
        "the scenario needs a name server of its own (names), which the host runner does not have here",
    ]


def test_the_sandbox_can_express_all_that_needs_no_kernel_link(tmp_path: Path) -> None:
    made = case(tmp_path, more=f"needs: [{', '.join(w for w in ABILITIES if w != 'kernel-link')}]")
    assert missing(made, abilities("sandbox")) == ""
