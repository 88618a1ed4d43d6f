"""The parent of a lab's commands alone: what it starts, tells and leaves running."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chaosmod.lab.host.channel import Channel

PROGRAM = """
import os, socket, sys
from chaosmod.lab.host.channel import Channel
from chaosmod.lab.supervisor import Supervisor

channel = Channel(socket.socket(fileno=int(sys.argv[1])))
os.set_inheritable(int(sys.argv[1]), False)

def prepare(message, fds):
    os.dup2(os.open(message["stdout"], os.O_WRONLY | os.O_CREAT), 1)

def hear():
    messages = channel.receive()
    if messages is None:
        os._exit(0)
    for message in messages:
        supervisor.handle(message)

supervisor = Supervisor(channel.send, prepare)
supervisor.serve(channel.socket, hear)
"""


@dataclass
class Harness:
    """The other end of the socket."""

    channel: Channel
    folder: Path
    told: list[dict[str, Any]] = field(default_factory=list)

    def run(self, number: int, script: str, **fields: Any) -> dict[str, Any]:
        """Start a command; what is told of its start."""
        message = {"op": "run", "id": number, "argv": ["sh", "-c", script], "env": dict(os.environ)}
        self.channel.send({**message, "cwd": str(self.folder), "stdout": str(self.folder / f"{number}"), **fields})
        return self.hear("started", number)

    def hear(self, event: str, number: int) -> dict[str, Any]:
        """The message ``event`` about a command."""
        while True:
            for message in self.told:
                if (message["event"], message["id"]) == (event, number):
                    self.told.remove(message)
                    return message
            messages = self.channel.receive()
            assert messages is not None, "it has ended"
            self.told += messages

    def exit(self, number: int) -> int:
        """The status that a command has ended with."""
        status: int = self.hear("ended", number)["exit"]
        return status


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    ours, theirs = socket.socketpair()
    ours.settimeout(20)
    with ours:
        with theirs:
            arguments = [sys.executable, "-c", PROGRAM, str(theirs.fileno())]
            process = subprocess.Popen(arguments, pass_fds=[theirs.fileno()])
        try:
            yield Harness(Channel(ours), tmp_path)
        finally:
            with contextlib.suppress(OSError):
                ours.shutdown(socket.SHUT_RDWR)
            process.wait(20)


def test_start_and_end_are_told(harness: Harness) -> None:
    started = harness.run(7, "echo $$; exit 3")
    assert started["failure"] == ""
    assert harness.exit(7) == 3
    assert (harness.folder / "7").read_text() == f"{started['pid']}\n"


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
    harness.channel.send({"op": "kill", "id": 1, "signal": signal.SIGTERM})
    assert harness.exit(1) == -signal.SIGTERM
    harness.channel.send({"op": "kill", "id": 2, "signal": signal.SIGKILL})
    assert harness.exit(2) == -signal.SIGKILL


def test_what_a_command_left_running_ends_with_it(harness: Harness) -> None:
    harness.run(1, "sleep 60 & echo $!")
    assert harness.exit(1) == 0
    left = (harness.folder / "1").read_text().strip()
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
    assert (harness.folder / "1").read_text() == "0\n"
