"""Cases in the host runner: the same verdicts as in the sandbox, and nothing but the lab is reached or changed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from chaosmod.checks.views import happened_in
from chaosmod.engine import run_case
from chaosmod.errors import NotHere
from chaosmod.history import (
    BuildMeasured,
    CaseStarted,
    Checked,
    CommandFinished,
    Concluded,
    DnsAnswered,
    History,
    Note,
    RequestServed,
)
from chaosmod.lab.host.host import Host
from chaosmod.scenario import Case, Scenario, expand, load
from chaosmod.session import Session
from tests.support.files import snapshot
from tests.support.lab import run, scenario
from tests.support.processes import pytest_in

SHIPPED = Path(__file__).parents[2] / "scenarios"

tls = pytest.mark.skipif(sys.platform == "darwin", reason="Go takes no authority from a file here")


def on(runner: str, of: Scenario, session: Session) -> list[Case]:
    return expand(of, list(session.config.toolchains)[:1], runner)


def history_of(text: str, folder: Path, session: Session) -> History:
    """The history of the last case in the host runner."""
    return run(on("host", scenario(text, folder), session)[-1], session)[0]


def notes(history: History) -> str:
    return "\n".join(note.text for note in history.of(Note))


def command(history: History, starts: str) -> CommandFinished:
    return next(c for c in history.of(CommandFinished) if c.argv[-1].startswith(starts))


@pytest.mark.parametrize("file", ["410.yml", "flaky-503.yml", "http/redirect-loop.yml"])
def test_the_shipped_verdicts_hold(session: Session, file: str) -> None:
    for case in on("host", load(SHIPPED / file), session):
        came = run(case, session)[1]
        assert came.passed, (case.id, came)


@pytest.mark.namespaces
def test_verdicts_and_requests_are_those_of_the_sandbox(session: Session) -> None:
    def told(case: Case) -> tuple[object, ...]:
        history, came = run(case, session)
        requests = history.of(RequestServed)
        # How often Go asks, and what else is under way when it gives up, is for its scheduler to say.
        met = {
            (happened_in(history, r), r.role, r.method, r.path, r.protocol, r.status, r.fired)
            for r in requests
            if r.fired
        }
        got = {r.path for r in requests if r.status == 200 and r.path.endswith((".mod", ".zip"))}
        built = history.last(BuildMeasured, when="verified")
        whole = came.verdict == "restored"
        return came.verdict, came.outcome, came.diagnosis, met, got if whole else None, built and built.fingerprint

    of = load(SHIPPED / "410.yml")
    for host, sandbox in zip(on("host", of, session), on("sandbox", of, session), strict=True):
        assert told(host) == told(sandbox)


DEFAULT = """
    scenario: host-default
    faults:
      - {id: gone, http: 410, match: {host: primary, module: "{direct}", file: [mod, zip]}}
    provoke: {run: ["go build {packages}"]}
    expect: {outcome: failed, verdict: not-restored}
    recoveries:
      - {do: {switch-proxy: {to: mirror}}, verdict: restored}
"""


@tls
def test_gos_own_default_leads_to_the_lab_and_direct_no_further(session: Session, tmp_path: Path) -> None:
    history = history_of(DEFAULT, tmp_path, session)
    assert history.last(Concluded, passed=True), history.last(Concluded)
    address = history.of(CaseStarted)[0].roles["primary"]
    assert address.startswith("127.0.0.1:")
    assert f"GOPROXY is https://{address},direct, in the place of Go's own default" in notes(history)
    direct = history.of(RequestServed, role="vcs")
    assert {(r.host, r.status) for r in direct} == {("corpus.example", 404)}, "by the tunnel, under its own name"
    assert not history.of(DnsAnswered)


@tls
def test_the_checksum_database_is_reached_where_no_proxy_passes_it_on(session: Session, tmp_path: Path) -> None:
    history = history_of(
        """
        scenario: host-sumdb
        posture: {GOPROXY: "{primary}"}
        faults:
          - {id: not-passed-on, http: 404, match: {host: primary, path: "/sumdb/**"}}
        provoke: {run: ["rm go.sum", "go mod tidy"], changes: go.sum}
        expect: {outcome: ok, verdict: survived}
        """,
        tmp_path,
        session,
    )
    assert history.last(Concluded, passed=True), history.last(Concluded)
    assert {r.host for r in history.of(RequestServed, role="sumdb", status=200)} == {"sumdb.chaosmod.test"}


def test_a_host_that_is_not_of_the_lab_is_refused_and_told(session: Session, tmp_path: Path) -> None:
    history = history_of(
        """
        scenario: host-elsewhere
        posture: {GOPROXY: "{primary}"}
        faults: [{id: gone, http: 410, match: {host: primary, file: zip}}]
        provoke: {run: ["GOPROXY=https://elsewhere.test go mod download || go build {packages}"]}
        expect: {outcome: failed, verdict: not-restored}
        """,
        tmp_path,
        session,
    )
    assert "a command asked for elsewhere.test:443, which this lab does not have: refused" in notes(history)
    assert "No such host in this lab" in command(history, "GOPROXY=").stderr
    assert "machine's own network" in history.of(Checked, check="only-lab")[0].text


def test_the_second_build_can_reach_no_server(session: Session, tmp_path: Path) -> None:
    """And says so in other words than the sandbox, which takes the network away."""
    history = history_of(DEFAULT.replace("{id: gone", "{id: gone, heals: before-recovery"), tmp_path, session)
    offline = history.last(BuildMeasured, when="offline")
    assert offline is not None
    assert offline.outcome == "ok"
    assert not [r for r in history.of(RequestServed) if r.invocation >= offline.command]
    assert "with no server in reach" in history.of(Checked, check="offline-rebuild")[0].text


def test_where_go_trusts_no_file_the_proxies_speak_plain_http(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS; by itself plain HTTP to a loopback address takes no protection away."""
    monkeypatch.setattr(Host, "abilities", frozenset())
    history = history_of(DEFAULT, tmp_path, session)
    assert history.last(Concluded, passed=True, verdict="restored"), history.last(Concluded)
    assert {(r.scheme, r.protocol) for r in history.of(RequestServed)} == {("http", "h1")}


@pytest.mark.parametrize(
    ("fault", "more", "reason"),
    [
        (
            "dns: nxdomain, match: {host: primary}",
            "",
            "the fault bad (dns) needs a name server of its own (names), which the host runner does not have here",
        ),
        (
            "http: 410",
            "needs: disk",
            "the scenario needs file systems of limited size (disk), which the host runner does not have here",
        ),
        (
            "http: 410",
            'posture: {GOPROXY: "https://proxy.test"}',
            "the posture's GOPROXY, which names a host itself, needs a name server of its own (names), "
            "which the host runner does not have here",
        ),
        (
            "http: 410",
            'posture: {HTTPS_PROXY: "http://127.0.0.1:9"}',
            "the posture's HTTPS_PROXY needs a name server of its own (names), which the host runner does not have here",
        ),
    ],
)
def test_what_it_cannot_express_is_skipped_with_the_reason(
    session: Session, tmp_path: Path, fault: str, more: str, reason: str
) -> None:
    text = f"""
        scenario: host-skips
        faults: [{{id: bad, {fault}}}]
        expect: {{verdict: not-restored}}
        {more}
    """
    (case,) = on("host", scenario(text, tmp_path), session)
    with pytest.raises(NotHere) as skipped:
        run_case(case, session)
    assert str(skipped.value) == reason


@tls
def test_what_only_packet_sockets_can_do_is_skipped_with_the_reason(session: Session, tmp_path: Path) -> None:
    text = """
        scenario: host-refused
        posture: {GOPROXY: "{primary}"}
        faults: [{id: bad, refused: {}, match: {host: primary}}]
        expect: {verdict: not-restored}
    """
    (case,) = on("host", scenario(text, tmp_path), session)
    before = set(session.state.labs().iterdir())
    with pytest.raises(NotHere, match="needs a say in whether a connection is accepted"):
        run_case(case, session)
    assert set(session.state.labs().iterdir()) == before


@tls
def test_a_link_fault_acts_on_gos_own_connections(session: Session, tmp_path: Path) -> None:
    history = history_of(
        """
        scenario: host-reset
        posture: {GOPROXY: "{primary}"}
        faults: [{id: cut, reset: {}, match: {host: primary}}]
        provoke: {run: ["go build {packages}"]}
        expect: {outcome: failed, verdict: not-restored}
        """,
        tmp_path,
        session,
    )
    assert history.last(Concluded, passed=True), history.last(Concluded)
    assert "connection reset by peer" in command(history, "go build").stderr


def test_nothing_of_the_users_counts_or_is_changed(tmp_path: Path) -> None:
    """Not HOME, GOPATH, GOENV or git's configuration, nor what the shell has exported."""
    home = tmp_path / "home"
    for name, text in {
        "go/pkg/mod/cache/download/keep": "mine",
        ".config/go/env": "GOPROXY=https://user.test\nGOFLAGS=-mod=vendor\n",
        ".gitconfig": "[broken",
        ".netrc": "machine 127.0.0.1 login me password mine",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    before = snapshot(home)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "gone.yml").write_text((SHIPPED / "410.yml").read_text())
    hostile = {
        "HOME": str(home),
        "GOPATH": str(home / "go"),
        "GOENV": str(home / ".config/go/env"),
        "GOFLAGS": "-mod=vendor",
        "GOPROXY": "off",
        "GOSUMDB": "off",
        "SSL_CERT_FILE": "/dev/null",
        "HTTPS_PROXY": "http://192.0.2.1:1",
        "GIT_DIR": "/nowhere",
        "GOWORK": "/nowhere/go.work",
    }
    ran = pytest_in(folder, "gone.yml", "--chaos-runner=host", "-k", "none or switch", **hostile)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 passed" in ran.stdout
    assert snapshot(home) == before


def test_what_is_skipped_is_never_a_silent_pass(tmp_path: Path) -> None:
    (tmp_path / "names.yml").write_text((SHIPPED / "dns" / "nxdomain.yml").read_text())
    for workers in ((), ("-n", "1")):
        ran = pytest_in(tmp_path, "names.yml", "--chaos-runner=host", *workers)
        assert ran.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, ran.stdout
        why = "the fault no-name (dns) needs a name server of its own (names), which the host runner does not have here"
        assert f"chaosmod: no case was run, so nothing was proven\n  9 skipped: {why}\n" in ran.stdout
