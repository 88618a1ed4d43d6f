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
import resource
import selectors
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from chaosmod.lab.host.channel import Channel
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
        self._commands: dict[int, int] = {}
        """Process id of a command's leader -> the harness's number for the command."""

    def main(self) -> NoReturn:
        """Serve until the harness closes the socket or is gone; then clean up and end."""
        # A child's death arrives as a byte on this pipe, so that one select waits for both.
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_read, False)
        os.set_blocking(wake_write, False)
        signal.signal(signal.SIGCHLD, _nothing)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        ready = selectors.DefaultSelector()
        ready.register(self._harness.socket, selectors.EVENT_READ)
        ready.register(wake_read, selectors.EVENT_READ)
        with contextlib.suppress(OSError):  # the harness has died while we spoke to it
            while True:
                for key, _ in ready.select():
                    if key.fileobj == wake_read:
                        os.read(wake_read, 4096)
                        self._reap()
                    elif (messages := self._harness.receive()) is None:
                        self._end()
                    else:
                        for message in messages:
                            self._handle(message)
        self._end()

    def _handle(self, message: dict[str, Any]) -> None:
        if message["op"] == "run":
            self._run(message)
        elif message["op"] == "kill":
            for pid, number in self._commands.items():
                if number == message["id"]:
                    _kill_group(pid, message["signal"])
        elif message["op"] == "keep":
            self._keep = True

    def _run(self, message: dict[str, Any]) -> None:
        failure_read, failure_write = os.pipe()
        pid = os.fork()
        if pid == 0:
            _exec(message, failure_write)
        os.close(failure_write)
        with os.fdopen(failure_read) as report:
            failure = report.read()  # empty once exec has closed the other end
        self._commands[pid] = message["id"]
        self._harness.send({"event": "started", "id": message["id"], "pid": pid, "failure": failure})

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            number = self._commands.pop(pid, None)
            if number is None:
                continue  # an orphan that fell to us
            _kill_group(pid, signal.SIGKILL)  # what it left running in the background
            self._harness.send({"event": "ended", "id": number, "exit": os.waitstatus_to_exitcode(status)})

    def _end(self) -> NoReturn:
        while children := set(self._commands) | _children():
            for pid in children:
                self._commands.pop(pid, None)
                _kill_group(pid, signal.SIGKILL)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)
        if not self._keep:
            remove_tree(self._directory)
        os._exit(0)


def _nothing(*_: object) -> None:
    """A handler, and not SIG_IGN, which the commands would inherit."""


def _children() -> set[int]:
    """Our children. Where we are no subreaper, an orphan that has left its group is not among them."""
    try:
        return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}
    except OSError:
        return set()


def _kill_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _exec(message: dict[str, Any], failure: int) -> NoReturn:
    """In the forked child: become the command."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        if _LINUX:
            kernel.die_with_parent(signal.SIGKILL)
            kernel.no_new_privileges()
        for target, (name, flags) in enumerate(
            ((os.devnull, os.O_RDONLY), (message["stdout"], os.O_WRONLY), (message["stderr"], os.O_WRONLY))
        ):
            os.dup2(os.open(name, flags), target)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.chdir(message["cwd"])
        os.execvpe(message["argv"][0], message["argv"], message["env"])  # noqa: S606
    except OSError as e:
        os.write(failure, f"{message['argv'][0]}: {e.strerror}".encode())
    finally:
        os._exit(127)


def main(fd: int, directory: str) -> NoReturn:
    """The entry point: ``fd`` is the socket to the harness."""
    os.setsid()
    os.umask(0o022)
    os.set_inheritable(fd, False)  # it was, to get here; a command that held it would hide our end from the harness
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, _nothing)
    if _LINUX:
        kernel.adopt_orphans()
    # Nothing of the harness's terminal or files may be held open by what outlives it.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    Warden(Channel(socket.socket(fileno=fd)), Path(directory)).main()
