"""A checksum database that lies or breaks off, proved by what Go prints: reached directly, and through a proxy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from chaosmod.faults.sumdb_actions import TILE_LIES, Told
from chaosmod.history import CommandFinished, Concluded, FilesMeasured, History, RequestServed
from chaosmod.session import Session
from tests.support.lab import cases, run, scenario
from tests.support.meet import said

pytestmark = pytest.mark.namespaces

LIE = """
    scenario: sumdb
    postures:
      proxied: {{GOPROXY: "{{primary}}"}}
      straight: {{GOPROXY: "{{primary}}", GOSUMDB: "{{sumdb}} {{sumdb-address}}"}}
    faults:
      - {{id: liar, sumdb: {lie}, match: {{host: [primary, sumdb]}}, schedule: {{skip: {skip}}}}}
    provoke: {{run: ["{first}", "rm -f go.sum && go mod tidy"], changes: [go.sum]}}
    expect: {{verdict: not-restored}}
    recoveries:
      - name: silence
        do: {{run: {{command: "GOSUMDB=off go mod tidy", changes: [go.sum]}}}}
        verdict: weakened
"""

CASES: list[tuple[Told, str, str]] = [
    ("wrong-hash", "sumdb-mismatch", "This download does NOT match the one reported by the checksum server."),
    ("other-module", "sumdb-record-missing", "checksum missing from sumdb response"),
    ("altered-record", "sumdb-unauthentic", "cannot authenticate record data in server response"),
    ("bad-signature", "sumdb-bad-signature", "reading tree note: invalid signature for key sumdb.chaosmod.test+"),
    ("wrong-key", "sumdb-bad-signature", "reading tree note: note has no verifiable signatures"),
    ("stale-head", "sumdb-stale", "cannot validate record "),
    ("forked-tree", "sumdb-misbehavior", "SECURITY ERROR\ngo.sum database server misbehavior detected!"),
    ("corrupted-tile", "sumdb-bad-tile", "downloaded inconsistent tile"),
    ("short-tile", "sumdb-bad-tile", "TileReader returned bad result slice"),
]
SECURITY = {"wrong-hash", "other-module", "forked-tree"}
"""The lies that Go names a SECURITY ERROR: what was told was proven, and cannot be."""


BROKEN = """
    scenario: sumdb
    posture: {{GOPROXY: "{{primary}}", GOSUMDB: "{{sumdb}} {{sumdb-address}}"{setting}}}
    faults:
      - {{id: broken, {fault}}}
    provoke: {{run: ["rm -f go.sum && go mod tidy"], changes: [go.sum]}}
    expect: {{verdict: not-restored}}
"""
H1 = ", GODEBUG: http2client=0"
GARBLED = "http: {status: 200, headers: {Content-Encoding: gzip}, body: this is not compressed}"


def met(lie: Told, posture: str, name: str, folder: Path, session: Session) -> tuple[History, Concluded]:
    """A case of the newest release: old ones believe one of the lies."""
    forked = lie == "forked-tree"
    first = "cd / && go mod download {direct}" if forked else "true"
    of = scenario(LIE.format(lie=lie, skip=int(forked), first=first), folder)
    made = [c for c in cases(of, session, all_releases=True) if (c.name, c.posture) == (name, posture)]
    return run(made[-1], session)


def broken(fault: str, setting: str, folder: Path, session: Session) -> tuple[History, Concluded]:
    """The case ``none`` of a command that wants records of a database that is reached directly."""
    (case,) = cases(scenario(BROKEN.format(fault=fault, setting=setting), folder), session)
    return run(case, session)


@pytest.mark.parametrize("posture", ["proxied", "straight"])
@pytest.mark.parametrize(("lie", "diagnosis", "text"), CASES)
def test_go_does_not_believe(
    lie: Told, diagnosis: str, text: str, posture: str, session: Session, tmp_path: Path
) -> None:
    history, came = met(lie, posture, "none", tmp_path, session)
    assert (came.verdict, came.outcome, came.diagnosis) == ("not-restored", "failed", diagnosis), came.reasons
    printed = "".join(c.stderr for c in history.of(CommandFinished, purpose="provoke"))
    assert text in printed
    assert ("SECURITY ERROR" in printed) is (lie in SECURITY)
    told = history.of(RequestServed, fired="liar")
    assert {r.role for r in told} == {"primary" if posture == "proxied" else "sumdb"}
    assert {r.file for r in told} == {"tile" if lie in TILE_LIES else "lookup"}
    assert {r.effect for r in told} == {f"the checksum database lied: {lie}"}
    # Also counted is the one look-up that the schedule spares.
    assert len([r for r in history.of(RequestServed) if "liar" in r.eligible]) == len(told) + (lie == "forked-tree")


@pytest.mark.parametrize("lie", [lie for lie, *_ in CASES])
def test_silencing_it_is_no_recovery(lie: Told, session: Session, tmp_path: Path) -> None:
    """The build is the steady state's again, the settings are as they were, and still nobody has vouched for it."""
    history, came = met(lie, "proxied", "silence", tmp_path, session)
    steady, after = (history.last(FilesMeasured, when=when) for when in ("steady", "verified"))
    assert steady is not None
    assert after is not None
    assert after.gosum == steady.gosum
    assert came.verdict == "weakened", came.reasons


def test_every_lie_is_proved() -> None:
    assert {lie for lie, *_ in CASES} == set(get_args(Told))


NOTHING = """
    scenario: nothing
    posture: {GOPROXY: "{primary}", %s}
    cache: %s
    faults: [%s]
    provoke: {run: "go get %s", timeout: 5s, changes: [go.mod, go.sum]}
    expect: {verdict: not-restored}
    recoveries:
      - {name: past-it, do: {run: {command: "GOSUMDB=off go get %s", changes: [go.mod, go.sum]}}, verdict: weakened}
      - {name: again, do: retry, verdict: restored}
"""
STRAIGHT = 'GOSUMDB: "{sumdb} {sumdb-address}", GODEBUG: http2client=0'


@pytest.mark.parametrize(
    ("fault", "posture", "cache"),
    [
        ("cut: 50%, match: {file: lookup}", "GOFLAGS: -mod=mod", "cold"),
        ("content-length: +5, match: {file: lookup}", "GOFLAGS: -mod=mod", "cold"),
        ("http: 503, match: {file: tile}", "GOFLAGS: -mod=mod", "cold"),
        ("reset: {after: 1300}, match: {host: sumdb}", STRAIGHT, "cold"),
        ("http: 503, match: {file: lookup}", "GOFLAGS: -mod=mod", "warm"),
    ],
)
def test_a_look_up_that_came_to_nothing_vouches_for_nothing(
    fault: str, posture: str, cache: str, session: Session, tmp_path: Path
) -> None:
    """A hash that is new to go.sum and was accepted past the database is not saved by Go having asked for it in vain."""
    new = "corpus.example/greet@v1.3.0-rc.1" if cache == "warm" else "corpus.example/old@v1.0.0"
    text = NOTHING % (posture, cache, f"{{{fault}, heals: before-recovery}}", new, new)
    of = scenario(text, tmp_path)
    came = {case.name: run(case, session)[1] for case in cases(of, session)}
    assert came["past-it"].verdict == "weakened", came["past-it"].reasons
    assert came["again"].verdict in ("restored", "altered"), came["again"].reasons


@pytest.mark.parametrize(
    ("fault", "setting", "diagnosis", "text"),
    [
        ("content-length: +5", "", "sumdb-unexpected-eof", r"reading https://\S+: unexpected EOF"),
        ("cut: 50%", H1, "sumdb-unexpected-eof", r"reading https://\S+: unexpected EOF"),
        ("content-length: -5", "", "sumdb-body-too-long", r"reading https://\S+: .*more than declared Content-Length"),
        ("cut: 50%", "", "sumdb-stream-error", r"reading https://\S+: stream error: .*; INTERNAL_ERROR"),
        ("cut: ", "", "sumdb-stream-error", r'Get "https://\S+": stream error: .*; INTERNAL_ERROR'),
        (
            "cut: {after: 50%, by: reset}",
            "",
            "sumdb-connection-reset",
            r"reading https://\S+: .*connection reset by peer",
        ),
        ("cut: {by: reset}", "", "sumdb-connection-reset", r'Get "https://\S+": .*connection reset by peer'),
        ("goaway: ENHANCE_YOUR_CALM", "", "sumdb-goaway", r"server sent GOAWAY"),
        ("redirect: itself", "", "sumdb-redirect-loop", r"stopped after 10 redirects"),
        ("redirect: http", "", "sumdb-redirect-insecure", r"to insecure URL"),
        (
            'http: {status: 302, headers: {Location: "::bad::"}}',
            "",
            "sumdb-redirect-invalid",
            r"to parse Location header",
        ),
        ('http: {status: 302, headers: {Location: "https:///x"}}', "", "sumdb-redirect-invalid", r"http: no Host"),
        (
            "http: {status: 200, headers: {Content-Length: abc}}",
            H1,
            "sumdb-content-length-invalid",
            r'bad Content-Length "abc"',
        ),
        (GARBLED, "", "sumdb-unreachable", r"reading https://\S+: gzip: invalid header"),
    ],
)
def test_wherever_its_answer_breaks_off_it_is_the_database_that_is_named(
    fault: str, setting: str, diagnosis: str, text: str, session: Session, tmp_path: Path
) -> None:
    history, came = broken(f"{fault}, match: {{host: sumdb, file: lookup}}", setting, tmp_path, session)
    assert (came.outcome, came.diagnosis) == ("failed", diagnosis), came.reasons
    assert re.search(text, said(history))


@pytest.mark.parametrize(
    ("fault", "setting", "diagnosis"),
    [
        ("cut: 50%, match: {host: sumdb, file: tile}", "", "sumdb-stream-error"),
        ("reset: 1900, match: {host: sumdb}", H1, "sumdb-connection-reset"),
    ],
)
def test_the_proof_of_a_record_breaks_off(
    fault: str, setting: str, diagnosis: str, session: Session, tmp_path: Path
) -> None:
    history, came = broken(fault, setting, tmp_path, session)
    assert (came.outcome, came.diagnosis) == ("failed", diagnosis), came.reasons
    # Which of the answers it is that a reset after so many bytes meets depends on how many connections Go makes.
    what = "tile" if "tile" in fault else "(?:tile|lookup)"
    assert re.search(rf"https://\S+/{what}/", said(history))
