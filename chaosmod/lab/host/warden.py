"""The warden of a host lab: starts its commands, ends them with all that they have started, and is the lab's janitor.

One small single-threaded process for each lab, so that forking is safe and whatever is beneath it belongs to that lab.
When its socket ends, because the harness has closed the lab or has died, it kills what still runs, removes the lab's
directory and ends. It has a session of its own, so that Ctrl-C does not reach it first.

Messages from the harness: ``run``, ``kill`` and ``keep`` (do not remove the directory). Messages to it: ``started`` and
``ended``. It imports nothing heavy: one is started for every lab.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from chaosmod.lab.host.channel import Channel
from chaosmod.lab.supervisor import Supervisor, kill_group, nothing
from chaosmod.lab.trees import remove_tree

__all__ = ["Warden", "main"]

_LINUX = sys.platform == "linux"
if _LINUX:
    from chaosmod.lab.sandbox import kernel


class Warden:
    """The commands of one lab."""

    def __init__(self, harness: Channel, directory: Path) -> None:
        self._harness = harness
        self._directory = directory
        self._keep = False
        self._supervisor = Supervisor(harness.send, _prepare)

    def main(self) -> NoReturn:
        """Serve until the harness closes the socket or is gone; then clean up and end."""
        with contextlib.suppress(OSError):  # the harness has died while we spoke to it
            self._supervisor.serve(self._harness.socket, self._hear)
        self._end()

    def _hear(self) -> None:
        messages = self._harness.receive()
        if messages is None:
            self._end()
        for message in messages:
            if message["op"] == "keep":
                self._keep = True
            else:
                self._supervisor.handle(message)

    def _end(self) -> NoReturn:
        commands = self._supervisor.commands
        while children := set(commands) | _children():
            for pid in children:
                commands.pop(pid, None)
                kill_group(pid, signal.SIGKILL)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)
        if not self._keep:
            remove_tree(self._directory)
        os._exit(0)


def _children() -> set[int]:
    """Our children. Where we are no subreaper, an orphan that has left its group is not among them."""
    try:
        return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}
    except OSError:
        return set()


def _prepare(message: dict[str, Any], _: Sequence[int]) -> None:
    """In the child that becomes a command."""
    if _LINUX:
        kernel.die_with_parent(signal.SIGKILL)
        kernel.no_new_privileges()
    for target, (name, flags) in enumerate(
        ((os.devnull, os.O_RDONLY), (message["stdout"], os.O_WRONLY), (message["stderr"], os.O_WRONLY))
    ):
        os.dup2(os.open(name, flags), target)


def main(fd: int, directory: str) -> NoReturn:
    """The entry point: ``fd`` is the socket to the harness."""
    os.setsid()
    os.umask(0o022)
    os.set_inheritable(fd, False)  # it was, to get here; a command that held it would hide our end from the harness
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, nothing)
    if _LINUX:
        kernel.adopt_orphans()
    # Nothing of the harness's terminal or files may be held open by what outlives it.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    Warden(Channel(socket.socket(fileno=fd)), Path(directory)).main()
