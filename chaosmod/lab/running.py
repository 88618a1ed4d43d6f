"""Commands that run in a lab, as the harness sees them: what is known of each, and waiting for several at once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO

from chaosmod.lab.base import Ended, Process

__all__ = ["Running", "wait"]

_OUTPUT_LIMIT = 1 << 20
"""Bytes kept of each output stream of a command: the first half and the last."""


@dataclass(eq=False)
class Running(Process):
    """A command that a process of the lab has started, or is about to."""

    number: int
    """The harness's own number for it."""
    streams: tuple[IO[bytes], IO[bytes]]
    """Files that receive its stdout and stderr; closed when the command's end has been told."""
    send_signal: Callable[[int, int], None]
    """Has the lab send the command of a number a signal."""
    pid: int = 0
    """Process id inside the lab."""
    began: float = field(default_factory=time.monotonic)
    exit: int | None = None
    ended_at: float | None = None

    def kill(self, signal: int) -> None:
        """Send ``signal`` to its process group."""
        self.send_signal(self.number, signal)

    def end(self, exit: int) -> None:
        """It has ended, with this exit status (negative for a signal)."""
        self.exit, self.ended_at = exit, time.monotonic()


def wait(processes: Sequence[Process], timeout: float, receive: Callable[[float | None], object]) -> list[Ended]:
    """Wait for all of ``processes`` for ``timeout`` seconds at most; what still runs then is killed.

    ``receive`` takes one message of the lab, waiting at most so many seconds, and has told a command its end when it
    returns.
    """
    mine = [p for p in processes if isinstance(p, Running)]
    deadline = time.monotonic() + timeout
    while any(p.ended_at is None for p in mine) and (left := deadline - time.monotonic()) > 0:
        receive(left)
    hung = [p for p in mine if p.ended_at is None]
    for process in hung:
        process.kill(9)
    while any(p.ended_at is None for p in hung):
        receive(None)
    return [_ended(p, p in hung) for p in mine]


def _ended(process: Running, hung: bool) -> Ended:
    stdout, stderr = (_text(stream) for stream in process.streams)
    seconds = (process.ended_at or process.began) - process.began
    if hung:
        return Ended("hung", None, seconds, stdout, stderr)
    return Ended("ok" if process.exit == 0 else "failed", process.exit, seconds, stdout, stderr)


def _text(stream: IO[bytes]) -> str:
    with stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        if size <= _OUTPUT_LIMIT:
            return stream.read().decode(errors="replace")
        head = stream.read(_OUTPUT_LIMIT // 2)
        stream.seek(size - _OUTPUT_LIMIT // 2)
        left_out = size - _OUTPUT_LIMIT
        return (head + b"\n[... %d bytes left out ...]\n" % left_out + stream.read()).decode(errors="replace")
