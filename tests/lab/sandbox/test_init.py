"""PID 1 of a lab: commands, their ends, and what they may do."""

from __future__ import annotations

import sys

import pytest

from chaosmod.lab.base import PLACES, Job
from chaosmod.lab.sandbox.sandbox import Sandbox
from tests.support.shell import ENVIRONMENT, sh

pytestmark = pytest.mark.namespaces


def test_reports_exit_status_and_output(lab: Sandbox) -> None:
    ended = sh(lab, "echo out; echo err >&2; exit 3")
    assert (ended.outcome, ended.exit, ended.stdout, ended.stderr) == ("failed", 3, "out\n", "err\n")


def test_reports_a_signal_as_a_negative_status(lab: Sandbox) -> None:
    assert sh(lab, "kill -TERM $$").exit == -15


def test_a_missing_program_is_told_from_a_failing_one(lab: Sandbox) -> None:
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        lab.start(Job(["no-such-program"], ENVIRONMENT, PLACES.work))
    assert sh(lab, "true").outcome == "ok", "the lab must go on after that"


def test_a_command_past_its_limit_is_killed_with_its_children(lab: Sandbox) -> None:
    ended = sh(lab, "sleep 1000 & sleep 1000", timeout=0.2)
    assert (ended.outcome, ended.exit) == ("hung", None)
    assert "sleep" not in sh(lab, "cat /proc/[0-9]*/comm").stdout


def test_what_a_command_leaves_in_the_background_is_ended(lab: Sandbox) -> None:
    sh(lab, "sleep 1000 &")
    assert "sleep" not in sh(lab, "cat /proc/[0-9]*/comm").stdout


def test_commands_at_once(lab: Sandbox) -> None:
    scripts = ["echo one > a; until [ -e b ]; do sleep 0.01; done", "until [ -e a ]; do sleep 0.01; done; echo two > b"]
    processes = [lab.start(Job(["sh", "-c", s], ENVIRONMENT, PLACES.work)) for s in scripts]
    assert [e.outcome for e in lab.wait(processes, 30)] == ["ok", "ok"], "each waits for the other's file"


def test_commands_have_no_capabilities_and_are_not_root(lab: Sandbox) -> None:
    said = sh(lab, "grep -E '^(CapEff|CapPrm|CapInh|CapAmb|NoNewPrivs)' /proc/self/status; id -u").stdout.split()
    caps = dict(zip(said[0:-1:2], said[1:-1:2], strict=True))
    assert {int(caps[name], 16) for name in ("CapEff:", "CapPrm:", "CapInh:", "CapAmb:")} == {0}
    assert caps["NoNewPrivs:"] == "1"
    assert said[-1] != "0"


def test_offline_has_not_even_the_labs_network(lab: Sandbox) -> None:
    connect = f"{sys.executable} -c 'import socket; socket.create_connection((\"127.0.1.1\", 443), 5)'"
    assert sh(lab, connect).outcome == "ok", "the primary proxy's socket is there"
    assert "Network is unreachable" in sh(lab, connect, offline=True).stderr


def test_the_environment_is_exactly_what_was_given(lab: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAOSMOD_LEAK", "1")
    names = {line.partition("=")[0] for line in sh(lab, "env").stdout.splitlines()}
    assert names - {"PWD", "_", "OLDPWD", "SHLVL"} == set(ENVIRONMENT)
