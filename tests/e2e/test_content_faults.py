"""Faults of content, met by real Go: what it prints, and what it keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chaosmod.history import CommandFinished, ModCacheCompared
from chaosmod.session import Session

from .test_http_faults import fired, met, said

pytestmark = pytest.mark.namespaces

OUTSIDE = 'cd "$HOME" && go mod download {direct}'
"""Where no go.sum knows better."""
UNKNOWN = 'GOSUMDB: "off"'


@pytest.mark.parametrize(
    ("fault", "diagnosis", "message"),
    [
        ("zip: flipped", "zip-corrupt", "zip: checksum error"),
        ("zip: flipped-at", "zip-corrupt", "zip: checksum error"),
        (
            "zip: flipped-crc",
            "checksum-mismatch",
            r"verifying \S+@v1\.1\.0: checksum mismatch\n.*\n.*\n\nSECURITY ERROR",
        ),
        ("zip: truncated", "zip-invalid", "zip: not a valid zip file"),
        ("zip: {damage: truncated, at: 99%}", "zip-invalid", "zip: not a valid zip file"),
        ("zip: empty", "zip-invalid", "zip: not a valid zip file"),
        ("zip: not-a-zip", "zip-invalid", "zip: not a valid zip file"),
        ("zip: wrong-prefix", "zip-unexpected-file", r"zip for \S+@v1\.1\.0 has unexpected file \S+@v0\.0\.0-1970"),
        ("zip: path-traversal", "checksum-mismatch", "SECURITY ERROR"),
        ("zip: case-collision", "checksum-mismatch", "SECURITY ERROR"),
        ("zip: overwritten", "checksum-mismatch", "This download does NOT match an earlier download"),
        ("mod: other-path", "checksum-mismatch", r"verifying \S+/go\.mod: checksum mismatch"),
        ("mod: garbage", "checksum-mismatch", r"verifying \S+/go\.mod: checksum mismatch"),
        ("mod: empty", "checksum-mismatch", r"verifying \S+/go\.mod: checksum mismatch"),
    ],
)
def test_what_go_says_where_go_sum_knows_better(
    fault: str, diagnosis: str, message: str, tmp_path: Path, session: Session
) -> None:
    history, concluded = met(fault, tmp_path, session, match='module: "{direct}"', command="go mod download")
    assert (concluded.outcome, concluded.diagnosis, concluded.verdict) == ("failed", diagnosis, "not-restored")
    assert re.search(message, said(history))
    assert {r.file for r in fired(history)} == {fault.partition(":")[0]}


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("malformed", r'invalid response from proxy "\S+": invalid character .e. looking for beginning of value'),
        ("empty", r'invalid response from proxy "\S+": unexpected end of JSON input'),
        ("other-version", r"proxy returned info for version v1\.1\.99 instead of requested version"),
    ],
)
def test_info_is_needed_for_a_download_and_not_for_a_build(
    damage: str, message: str, tmp_path: Path, session: Session
) -> None:
    match = 'module: "{direct}"'
    history, concluded = met(f"info: {damage}", tmp_path, session, match=match, command="go mod download")
    assert (concluded.outcome, concluded.verdict) == ("failed", "restored")
    assert re.search(message, said(history))
    history, concluded = met(f"info: {damage}", tmp_path, session, match=match)
    assert (concluded.outcome, concluded.verdict) == ("ok", "survived")
    assert fired(history)


@pytest.mark.parametrize(
    ("damage", "diagnosis", "message"),
    [
        (
            "path-traversal",
            "zip-illegal-path",
            r'malformed file path "\.\./\.\./escaped\.txt": invalid path element "\.\."',
        ),
        ("case-collision", "zip-name-collision", r'case-insensitive file name collision: "\S+" and "\S+"'),
    ],
)
def test_what_cannot_be_unpacked_stays_in_the_cache(
    damage: str, diagnosis: str, message: str, tmp_path: Path, session: Session
) -> None:
    fault = f"zip: {damage}, heals: before-recovery"
    history, concluded = met(fault, tmp_path, session, setting=UNKNOWN, command=OUTSIDE)
    assert (concluded.outcome, concluded.diagnosis, concluded.verdict) == ("failed", diagnosis, "not-restored")
    assert re.search(message, said(history))
    kept = history.last(ModCacheCompared, when="verified")
    assert kept is not None
    assert [entry.problem for entry in kept.bad if entry.path.endswith(".zip")]


def test_an_overwritten_release_is_taken_in_where_nobody_knows_better(tmp_path: Path, session: Session) -> None:
    fault = "zip: overwritten, heals: before-recovery"
    _, concluded = met(fault, tmp_path, session, setting=UNKNOWN, command=OUTSIDE)
    assert concluded.outcome == "ok"
    assert concluded.verdict == "not-restored"
    assert any("checksum-mismatch" in reason for reason in concluded.reasons)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("other-path", r"module declares its path as: \S+-renamed"),
        ("garbage", r"parsing go\.mod: go\.mod:1: unexpected input character"),
        ("empty", r"parsing go\.mod: missing module line"),
    ],
)
def test_a_go_mod_where_nobody_knows_better(damage: str, message: str, tmp_path: Path, session: Session) -> None:
    command = 'cd "$HOME" && go mod init tool.example && go get {direct}'
    history, concluded = met(
        f"mod: {damage}", tmp_path, session, setting=UNKNOWN, match='module: "{direct}"', command=command
    )
    assert concluded.outcome == "failed"
    assert re.search(message, said(history))


@pytest.mark.parametrize(
    ("damage", "versions"), [("stale", " v1.0.0"), ("empty", ""), ("garbage", "")], ids=["stale", "empty", "garbage"]
)
def test_whoever_asks_for_versions_is_told_others(damage: str, versions: str, tmp_path: Path, session: Session) -> None:
    command = 'm={direct}; go list -m -versions "${m%@*}"'
    history, concluded = met(f"list: {damage}", tmp_path, session, match='module: "{direct}"', command=command)
    assert (concluded.outcome, concluded.verdict) == ("ok", "survived")
    listed = history.last(CommandFinished, purpose="provoke")
    assert listed is not None
    assert listed.stdout == f"corpus.example/Upper/Case{versions}\n"
    assert fired(history)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("missing-version", r"Case@v1\.1\.99: reading .*\.mod: 404 Not Found"),
        ("malformed", "invalid character 'e' looking for beginning of value"),
        ("empty", "unexpected end of JSON input"),
    ],
)
def test_latest_counts_where_the_list_has_nothing(damage: str, message: str, tmp_path: Path, session: Session) -> None:
    match = "{host: primary, module: '{direct}'}"
    fault = f"list: empty, match: {match}}}\n          - {{id: latest, latest: {damage}"
    command = 'm={direct}; cd "$HOME" && go mod download "${m%@*}@latest"'
    history, concluded = met(fault, tmp_path, session, match="", command=command)
    assert (concluded.outcome, concluded.verdict) == ("failed", "restored")
    assert re.search(message, said(history))
