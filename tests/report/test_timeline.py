import re

from chaosmod.history import (
    BadEntry,
    ConnectionSeen,
    DnsAnswered,
    FaultArmed,
    FaultHealed,
    History,
    ModCacheCompared,
    Note,
)
from chaosmod.report.timeline import command_line, timeline
from tests.report.stories import ROLES, command, failed, hit, request


def told(*events, width=100):
    return [re.sub(r"^ +[\d.]+  ", "", line) for line in timeline(History.replay(events), width, ROLES)]


def test_a_whole_case():
    assert timeline(failed(), 100, ROLES) == [
        "inject",
        "    0.00  armed gone: {id: gone, http: 410}",
        "provoke",
        "    0.10  $ go build ./...",
        "    0.10    primary  410  zip dep.example/lib@v1.0.0  ← gone",
        "    0.30    exit 1 after 0.2 s",
        "recover",
        "    0.40  $ go clean -modcache",
        "    0.60    exit 0 after 0.2 s",
        "verify",
        "    0.70    primary  410  zip dep.example/lib@v1.0.0  ← gone",
        "    0.90  the verifying build: failed",
    ]  # fmt: skip


def test_healthy_requests_in_a_row_are_told_in_one_line():
    several = [request(n / 10, file=file) for n, file in enumerate(("mod", "zip", "mod", "zip", "zip"))]
    assert told(*several) == ["provoke", "  primary  200  5 requests: 3 zip, 2 mod"]
    assert len(told(*several[:3])) == 4, "few of them are told one by one"
    assert told(*several, request(0.6, role="mirror"))[-1] == "  mirror   200  zip dep.example/lib@v1.0.0"


def test_what_repeats_is_told_once():
    assert told(hit(0.1), hit(0.2)) == ["provoke", "  primary  410  zip dep.example/lib@v1.0.0  ← gone (2×)"]


def test_a_request_that_outlives_its_command_is_told_where_it_was_asked():
    stopped = command(0.3, outcome="hung", exit=None)
    again = command(0.9, "go clean", n=2, phase="recover", purpose="recover")
    hung = hit(0.8, status=None, effect="stalled", seconds=0.65, phase="recover")
    assert timeline(History.replay([stopped, hung, again]), 100, ROLES) == [
        "provoke",
        "    0.10  $ go build ./...",
        "    0.15    primary  ---  zip dep.example/lib@v1.0.0  ← gone: stalled",
        "    0.30    stopped at its time limit, after 0.2 s",
        "recover",
        "    0.70  $ go clean",
        "    0.90    exit 0 after 0.2 s",
    ]  # fmt: skip


def test_repeats_of_one_command_are_told_once_though_others_come_between():
    lines = told(hit(0.1), hit(0.2, module="m"), hit(0.3), hit(0.4, module="m"), hit(0.5, invocation=2))
    assert lines == [
        "provoke",
        "  primary  410  zip dep.example/lib@v1.0.0  ← gone (2×)",
        "  primary  410  zip m@v1.0.0  ← gone (2×)",
        "  primary  410  zip dep.example/lib@v1.0.0  ← gone",
    ]


def test_what_did_not_happen_on_the_wire_is_joined_only_in_a_row():
    notes = [Note(text=text, at=n / 10, phase="provoke") for n, text in enumerate("aaba")]
    assert told(*notes) == ["provoke", "a (2×)", "b", "a"]


def test_requests_that_are_not_for_a_version():
    assert told(request(0.1, file="other", version="", module="", path="/x?y", method="POST"))[1] == (
        "  primary  200  POST /x?y"
    )


def test_what_a_fault_did_and_what_none_explains():
    cut = hit(0.1, status=None, effect="closed after 3 bytes")
    assert told(cut)[1].endswith("---  zip dep.example/lib@v1.0.0  ← gone: closed after 3 bytes")
    assert told(request(0.1, 502, error="the upstream is broken"))[1].endswith("  ! the upstream is broken")


def test_name_servers_are_told_of_where_it_matters():
    def dns(**fields):
        given = {"invocation": 1, "name": "proxy.example", "qtype": "A", "transport": "udp", "role": "primary"}
        return DnsAnswered(**{**given, "rcode": "NOERROR", "phase": "provoke", **fields})

    assert told(dns()) == []
    assert told(dns(rcode="NXDOMAIN", role=""))[1] == "  dns      NXDOMAIN proxy.example A"
    assert told(dns(rcode="", fired="slow", effect="dropped"))[1] == (
        "  dns      no answer proxy.example A  ← slow: dropped"
    )


def test_connections_are_told_of_where_it_matters():
    def connection(**fields):
        given = {"invocation": 1, "role": "primary", "port": 443, "tls": "established", "phase": "provoke"}
        return ConnectionSeen(**{**given, **fields})

    assert told(connection()) == []
    assert told(connection(tls="unknown authority"))[1] == "  primary  connection to port 443: unknown authority"
    assert told(connection(tls="", fired=("cut", "slow"), effect="reset"))[1] == (
        "  primary  connection to port 443: 0 bytes in, 0 out  ← cut, slow: reset"
    )


def test_faults_on_disk_healing_bad_entries_and_notes():
    applied = FaultArmed(fault="bad", kind="zip", layer="local", applied=("x.zip truncated",))
    bad = ModCacheCompared(when="verified", bad=(BadEntry("x.zip", "differs"),), phase="verify", at=2.0)
    healed, note = FaultHealed(fault="bad", phase="recover", at=1.0), Note(text="by the way", phase="verify", at=3.0)
    assert told(applied, healed, bad, note) == [
        "prepare",
        "applied bad: zip",
        "  x.zip truncated",
        "recover",
        "healed bad",
        "verify",
        "module cache: x.zip differs",
        "by the way",
    ]


def test_what_a_recovery_sets_is_told_when_it_first_counts():
    mirror = {"GOPROXY": "https://mirror.test"}
    lines = told(
        command(0.5, purpose="recover", phase="recover", environment=mirror),
        command(0.9, purpose="recover", phase="recover", environment=mirror),
    )
    assert lines == [
        "recover",
        "set GOPROXY={mirror}",
        "$ go build ./...",
        "  exit 0 after 0.2 s",
        "$ go build ./...",
        "  exit 0 after 0.2 s",
    ]


def test_what_a_measurement_sets_for_itself_is_not_told():
    history = failed(command(1.5, n=9, purpose="measure", phase="verify", own={"GOPROXY": "off"}))
    assert not [line for line in timeline(history) if "off" in line]


def test_what_a_recovery_sets_is_told_at_the_latest_by_the_measurement_that_it_counts_in():
    measured = command(0.9, purpose="measure", phase="verify", environment={"GOPROXY": "direct"}, own={"GOGC": "400"})
    assert told(measured) == ["verify", "set GOPROXY=direct"]


def test_how_commands_end():
    assert told(command(0.5, outcome="hung", exit=None))[2] == "  stopped at its time limit, after 0.2 s"
    assert told(command(0.5, outcome="failed", exit=-9))[2] == "  ended by signal 9 after 0.2 s"


def test_commands_as_they_were_written():
    assert command_line(command(0.1, "a | b")) == "a | b"
    assert command_line(command(0.1, argv=("go", "env"))) == "go env"


def test_lines_keep_to_the_width():
    long = "github.example/" + "very/" * 30 + "long"
    history = History.replay(
        [
            request(0.1, module=long),
            hit(0.2, module=long),
            hit(0.3, module=long),
            command(0.5, "x" * 300),
            Note(text="y" * 300),
        ]
    )
    for width in (80, 120):
        lines = timeline(history, width)
        assert max(map(len, lines)) <= width
        assert any(line.endswith("← gone (2×)") for line in lines), "what the fault did is never cut away"
