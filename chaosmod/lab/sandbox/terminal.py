"""A command in a sandbox with the user's own terminal, or with the pipes and files that stand in its place."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chaosmod.lab.base import Job

if TYPE_CHECKING:
    from chaosmod.lab.sandbox.sandbox import Sandbox

__all__ = ["attend"]

_FOREVER = 1e8
"""Seconds: nobody waits longer, and the kernel's own types hold it."""


def attend(sandbox: Sandbox, job: Job) -> int:
    """Run ``job`` on our standard streams until it ends; its exit status as a shell reports it (128 + a signal's number).

    Where stdin is a terminal the command gets one of its own, with job control, as it is in a session of its own: two
    sessions cannot have the same one.
    """
    with _streams() as streams:
        process = sandbox.start(job, streams)
        sandbox.wait([process], _FOREVER)
    status = process.exit or 0
    return 128 - status if status < 0 else status


@contextlib.contextmanager
def _streams() -> Iterator[tuple[int, int, int]]:
    if not sys.stdin.isatty():
        yield sys.stdin.fileno(), sys.stdout.fileno(), sys.stderr.fileno()
        return
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(0)
    termios.tcsetwinsize(theirs, termios.tcgetwinsize(0))
    stop_read, stop_write = os.pipe()
    relay = threading.Thread(target=_relay, args=(ours, stop_read), daemon=True)
    try:
        tty.setraw(0, termios.TCSANOW)  # not TCSAFLUSH, which drops what has been typed already
        relay.start()
        yield theirs, theirs, theirs
    finally:
        os.close(theirs)
        os.close(stop_write)
        relay.join()
        termios.tcsetattr(0, termios.TCSADRAIN, before)
        for fd in (ours, stop_read):
            os.close(fd)


def _relay(terminal: int, stop: int) -> None:
    """Copy between our terminal and theirs, until ``stop`` is closed and theirs has nothing more to say."""
    sources = [terminal, 0, stop]
    with contextlib.suppress(OSError):  # EIO: the last one that had their end open is gone
        while True:
            ready = select.select(sources, [], [])[0]
            if terminal in ready:
                os.write(1, os.read(terminal, 1 << 16))
            elif stop in ready:
                return
            if 0 in ready:
                os.write(terminal, os.read(0, 1 << 16))
