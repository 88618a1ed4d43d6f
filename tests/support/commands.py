"""The harness's end of a process that starts commands: of a supervisor alone, or of a whole warden."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chaosmod.lab.host.channel import Channel

__all__ = ["Harness", "harness_of"]

_LIMIT = 20.0
"""Seconds to wait for what has to come."""


@dataclass
class Harness:
    """What a test says to the process, and what it is told."""

    channel: Channel
    process: subprocess.Popen[bytes]
    folder: Path
    """Where commands run, and where their output lies as ``NUMBER.stdout`` and ``NUMBER.stderr``."""
    told: list[dict[str, Any]] = field(default_factory=list)

    def run(self, number: int, script: str, **fields: Any) -> dict[str, Any]:
        """Start a command; what is told of its start. ``fields`` replace those of the message."""
        outputs = {name: str(self.folder / f"{number}.{name}") for name in ("stdout", "stderr")}
        for name in outputs.values():
            Path(name).touch()
        message = {"op": "run", "id": number, "argv": ["sh", "-c", script], "env": dict(os.environ)}
        self.channel.send({**message, "cwd": str(self.folder), **outputs, **fields})
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

    def kill(self, number: int, signal: int) -> None:
        """Have a command sent a signal."""
        self.channel.send({"op": "kill", "id": number, "signal": signal})

    def exit(self, number: int) -> int:
        """The status that a command has ended with."""
        status: int = self.hear("ended", number)["exit"]
        return status

    def output(self, number: int, stream: str = "stdout") -> str:
        """What a command has printed so far."""
        return (self.folder / f"{number}.{stream}").read_text()

    def end(self) -> int:
        """Close the socket; the exit status of the process."""
        self.channel.socket.close()
        return self.process.wait(_LIMIT)


@contextlib.contextmanager
def harness_of(program: str, folder: Path, *arguments: str) -> Iterator[Harness]:
    """``program`` in a Python of its own, given the number of its socket and ``arguments``; ended with the context."""
    ours, theirs = socket.socketpair()
    ours.settimeout(_LIMIT)
    with ours:
        with theirs:
            command = [sys.executable, "-c", program, str(theirs.fileno()), *arguments]
            process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        try:
            yield Harness(Channel(ours), process, folder)
        finally:
            with contextlib.suppress(OSError):
                ours.shutdown(socket.SHUT_RDWR)
            process.wait(_LIMIT)
