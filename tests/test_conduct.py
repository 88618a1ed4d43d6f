"""The provoke commands and the steps of recoveries, as the lab has seen them."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.history import (
    CommandFinished,
    FilesMeasured,
    History,
)
from chaosmod.session import Session
from tests.support.gone import BASE, asked, history_of

pytestmark = pytest.mark.namespaces


def commands(history: History, purpose: str) -> list[str]:
    return [c.argv[-1] for c in history.of(CommandFinished, purpose=purpose)]


def test_provoke_stops_at_the_first_failure(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path, provoke='"go version", "go build {packages}", "go env"')
    assert commands(history, "provoke") == ["go version", "go build ./..."]


def test_commands_in_parallel_after_those_in_a_row(session: Session, tmp_path: Path) -> None:
    text = BASE.replace("timeout: 60s", 'parallel: ["go list -m all", "go build {packages}"], timeout: 60s')
    history = history_of(session, tmp_path, provoke='"go version"', text=text)
    assert commands(history, "provoke") == ["go version", "go list -m all", "go build ./..."]
    assert len({request.invocation for request in asked(history, "provoke")}) == 1


def test_roles_in_commands(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path, provoke='"echo {direct} {mirror} {vcs} ${HOME}; exit 1"')
    said = history.of(CommandFinished, purpose="provoke")[0].stdout.split()
    assert said == [
        "corpus.example/Upper/Case@v1.1.0",
        "https://mirror.chaosmod.test",
        "vcs.chaosmod.test",
        "/lab/home",
    ]


def test_recoveries_one_after_the_other_in_one_lab(session: Session, tmp_path: Path) -> None:
    recovery = "{do: [{run: 'echo one > $HOME/f'}, {run: 'cat $HOME/f; go env GOPROXY'}, {switch-proxy: {to: mirror}}], verdict: restored}"
    history = history_of(session, tmp_path, recovery=recovery)
    second = history.of(CommandFinished, purpose="recover")[1]
    assert second.stdout.startswith("one\nhttps://")


def test_retry_runs_the_provoke_commands_again(session: Session, tmp_path: Path) -> None:
    history = history_of(session, tmp_path, recovery="{do: {retry: {times: 2}}, verdict: not-restored}")
    assert commands(history, "recover") == ["go build ./..."] * 2


def test_gosum_is_measured_after_provoke_and_after_each_step(session: Session, tmp_path: Path) -> None:
    back = '{run: {command: "mv /tmp/kept go.sum", changes: [go.sum]}}'
    recovery = f'{{name: back, do: [{{run: "true"}}, {back}], verdict: not-restored}}'
    history = history_of(session, tmp_path, provoke='"mv go.sum /tmp/kept; false"', recovery=recovery)
    measured = [(f.when, bool(f.gosum)) for f in history.of(FilesMeasured) if f.when in ("provoked", "recovered")]
    assert measured == [("provoked", False), ("recovered", False), ("recovered", True), ("recovered", True)]
