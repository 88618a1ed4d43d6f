"""The parent of a lab's commands alone: what it starts, tells and leaves running."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Harness, harness_of

PROGRAM = """
import os, socket, sys
from chaosmod.lab.host.channel import Channel
from chaosmod.lab.supervisor import Supervisor

channel = Channel(socket.socket(fileno=int(sys.argv[1])))
os.set_inheritable(int(sys.argv[1]), False)

def prepare(message, fds):
    os.dup2(os.open(message["stdout"], os.O_WRONLY), 1)

def hear():
    messages = channel.receive()
    if messages is None:
        os._exit(0)
    for message in messages:
        supervisor.handle(message)

supervisor = Supervisor(channel.send, prepare)
supervisor.serve(channel.socket, hear)
"""


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    with harness_of(PROGRAM, tmp_path) as harness:
        yield harness


def test_start_and_end_are_told(harness: Harness) -> None:
    started = harness.run(7, "echo $$; exit 3")
    assert started["failure"] == ""
    assert harness.exit(7) == 3
    assert harness.output(7) == f"{started['pid']}\n"


@pytest.mark.parametrize(
    ("fields", "failure"),
    [
        ({"argv": ["/no/such/program"]}, "/no/such/program: No such file or directory"),
        ({"cwd": "/no/such"}, "sh: No such file or directory"),
        ({"stdout": "/"}, "sh: Is a directory"),
    ],
)
def test_what_cannot_begin_says_why(harness: Harness, fields: dict[str, Any], failure: str) -> None:
    assert harness.run(1, "true", **fields)["failure"] == failure
    assert harness.exit(1) == 127
    assert harness.run(2, "true")["failure"] == ""


def test_only_the_command_that_is_meant_is_killed(harness: Harness) -> None:
    harness.run(1, "sleep 60 & wait")
    harness.run(2, "sleep 60")
    harness.kill(1, signal.SIGTERM)
    assert harness.exit(1) == -signal.SIGTERM
    harness.kill(2, signal.SIGKILL)
    assert harness.exit(2) == -signal.SIGKILL


def test_what_a_command_left_running_ends_with_it(harness: Harness) -> None:
    harness.run(1, "sleep 60 & echo $!")
    assert harness.exit(1) == 0
    left = harness.output(1).strip()
    harness.run(2, f"until ! kill -0 {left} || grep -q 'State:.Z' /proc/{left}/status; do :; done")
    assert harness.exit(2) == 0


def test_a_command_finds_no_signal_ignored(harness: Harness) -> None:
    harness.run(1, "kill -PIPE $$")
    assert harness.exit(1) == -signal.SIGPIPE


def test_a_command_leads_a_session(harness: Harness) -> None:
    pid = harness.run(1, "sleep 60")["pid"]
    assert os.getsid(pid) == pid
    os.killpg(pid, signal.SIGKILL)
    assert harness.exit(1) == -signal.SIGKILL


def test_there_are_no_core_files(harness: Harness) -> None:
    harness.run(1, "ulimit -c")
    assert harness.exit(1) == 0
    assert harness.output(1) == "0\n"
