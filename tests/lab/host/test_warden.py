"""The warden alone, spoken to over its socket: what it starts, tells and leaves."""

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

START = "import sys; from chaosmod.lab.host.warden import main; main(int(sys.argv[1]), sys.argv[2])"


@dataclass
class Harness:
    """The other end of a warden's socket."""

    channel: Channel
    process: subprocess.Popen[bytes]
    directory: Path
    output: Path
    told: list[dict[str, Any]] = field(default_factory=list)

    def run(self, number: int, script: str, program: str = "sh") -> dict[str, Any]:
        """Start a command; what the warden says of its start."""
        outputs = {name: str(self.output / f"{number}.{name}") for name in ("stdout", "stderr")}
        for name in outputs.values():
            Path(name).touch()
        argv, place = [program, "-c", script], str(self.directory)
        self.channel.send({"op": "run", "id": number, "argv": argv, "env": dict(os.environ), "cwd": place, **outputs})
        return self.hear("started", number)

    def hear(self, event: str, number: int) -> dict[str, Any]:
        """The message ``event`` about a command."""
        while True:
            for message in self.told:
                if (message["event"], message["id"]) == (event, number):
                    self.told.remove(message)
                    return message
            messages = self.channel.receive()
            assert messages is not None, "the warden has ended"
            self.told += messages

    def end(self) -> int:
        """Close the socket; the warden's exit status."""
        self.channel.socket.close()
        return self.process.wait(20)


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    ours, theirs = socket.socketpair()
    ours.settimeout(20)
    directory, output = tmp_path / "lab", tmp_path / "output"
    directory.mkdir()
    output.mkdir()
    (directory / "file").touch()
    with ours:
        with theirs:
            arguments = [sys.executable, "-c", START, str(theirs.fileno()), str(directory)]
            process = subprocess.Popen(arguments, pass_fds=[theirs.fileno()])
        try:
            yield Harness(Channel(ours), process, directory, output)
        finally:
            with contextlib.suppress(OSError):
                ours.shutdown(socket.SHUT_RDWR)
            process.wait(20)


def test_a_command_is_started_and_its_end_told(harness: Harness) -> None:
    started = harness.run(7, "echo out; echo err >&2; pwd; exit 3")
    assert started["failure"] == ""
    assert harness.hear("ended", 7)["exit"] == 3
    assert (harness.output / "7.stdout").read_text() == f"out\n{harness.directory}\n"
    assert (harness.output / "7.stderr").read_text() == "err\n"


def test_a_program_that_is_not_there(harness: Harness) -> None:
    assert harness.run(1, "", program="/no/such")["failure"] == "/no/such: No such file or directory"


def test_one_command_is_killed_and_the_other_lives(harness: Harness) -> None:
    harness.run(1, "sleep 60")
    harness.run(2, "read line; exit 4", program="sh")
    harness.run(3, "sleep 60")
    harness.channel.send({"op": "kill", "id": 1, "signal": signal.SIGTERM})
    assert harness.hear("ended", 1)["exit"] == -signal.SIGTERM
    assert harness.hear("ended", 2)["exit"] == 4, "its input is empty"
    harness.channel.send({"op": "kill", "id": 3, "signal": signal.SIGKILL})
    assert harness.hear("ended", 3)["exit"] == -signal.SIGKILL


def test_what_a_command_left_running_ends_with_it(harness: Harness) -> None:
    harness.run(1, "sleep 60 & echo $!")
    harness.hear("ended", 1)
    pid = int((harness.output / "1.stdout").read_text())
    harness.run(2, f"while kill -0 {pid}; do sleep 0.02; done")  # it is there until the warden has waited for it
    assert harness.hear("ended", 2)["exit"] == 0


def test_at_the_end_nothing_runs_and_nothing_is_left(harness: Harness) -> None:
    pid = harness.run(1, "trap '' TERM; while true; do sleep 1; done")["pid"]
    assert harness.end() == 0
    assert not harness.directory.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_is_to_be_kept_stays(harness: Harness) -> None:
    harness.channel.send({"op": "keep"})
    assert harness.end() == 0
    assert (harness.directory / "file").exists()


def test_signals_of_the_terminal_do_not_end_it(harness: Harness) -> None:
    harness.run(1, "true")
    harness.hear("ended", 1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(harness.process.pid, number)
    harness.run(2, "exit 5")
    assert harness.hear("ended", 2)["exit"] == 5
    assert os.getsid(harness.process.pid) == harness.process.pid
