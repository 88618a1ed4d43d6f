"""The parent of a lab's commands: starts, kills and reaps them, and tells the harness of it.

The init of a sandbox and the warden of a host lab are one each; how they are spoken to, and what a command has to give
up before it begins, is their own. Single-threaded, so that forking is safe. It imports nothing heavy: there is one for
every lab.

Messages from the harness: ``run`` (``id``, ``argv``, ``env``, ``cwd``) and ``kill`` (``id``, ``signal``). Messages to it:
``started`` (``id``, ``pid``, and ``failure``, which is empty where the command runs) and ``ended`` (``id``, ``exit``,
negative for a signal).
"""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import selectors
import signal
import socket
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

__all__ = ["Supervisor", "kill_group", "nothing"]

Message = dict[str, Any]

_DEFAULT = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGPIPE, signal.SIGHUP)
"""What a command finds as any program does; SIGPIPE, which Python ignores, it would find ignored."""


class Supervisor:
    """The commands of one lab."""

    def __init__(self, tell: Callable[[Message], None], prepare: Callable[[Message, Sequence[int]], None]) -> None:
        """``tell`` sends a message; ``prepare`` is called in the child with the ``run`` message and its descriptors.

        It connects stdin, stdout and stderr and gives up what is to be given up; an OSError of it is told as a failure.
        """
        self._tell = tell
        self._prepare = prepare
        self.commands: dict[int, int] = {}
        """Process id of a command's leader -> the harness's number for the command."""

    def serve(self, control: socket.socket, hear: Callable[[], None]) -> NoReturn:
        """Call ``hear`` whenever ``control`` can be read, and reap. Ends with the process, or what ``hear`` raises."""
        # A child's death arrives as a byte on this pipe, so that one select waits for both.
        wake_read, wake_write = os.pipe()
        os.set_blocking(wake_read, False)
        os.set_blocking(wake_write, False)
        signal.signal(signal.SIGCHLD, nothing)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        ready = selectors.DefaultSelector()
        ready.register(control, selectors.EVENT_READ)
        ready.register(wake_read, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fileobj == wake_read:
                    os.read(wake_read, 4096)
                    self._reap()
                else:
                    hear()

    def handle(self, message: Message, fds: Sequence[int] = ()) -> None:
        """Do what ``message`` says; of other messages than ``run`` and ``kill``, nothing."""
        if message["op"] == "run":
            self._run(message, fds)
        elif message["op"] == "kill":
            for pid, number in self.commands.items():
                if number == message["id"]:
                    kill_group(pid, message["signal"])

    def _run(self, message: Message, fds: Sequence[int]) -> None:
        failure_read, failure_write = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._become(message, fds, failure_write)
        os.close(failure_write)
        with os.fdopen(failure_read, errors="replace") as report:
            failure = report.read()  # empty once exec has closed the other end
        self.commands[pid] = message["id"]
        self._tell({"event": "started", "id": message["id"], "pid": pid, "failure": failure})

    def _become(self, message: Message, fds: Sequence[int], failure: int) -> NoReturn:
        """In the forked child: become the command."""
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            for number in _DEFAULT:
                signal.signal(number, signal.SIG_DFL)
            self._prepare(message, fds)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os.chdir(message["cwd"])
            os.execvpe(message["argv"][0], message["argv"], message["env"])  # noqa: S606
        except OSError as e:
            os.write(failure, f"{message['argv'][0]}: {os.strerror(e.errno or errno.EIO)}".encode())
        finally:
            os._exit(127)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            number = self.commands.pop(pid, None)
            if number is None:
                continue  # an orphan that fell to us
            kill_group(pid, signal.SIGKILL)  # what it left running in the background
            self._tell({"event": "ended", "id": number, "exit": os.waitstatus_to_exitcode(status)})


def kill_group(pid: int, number: int) -> None:
    """Send a signal to a command and all that it has started, as far as there is anything left of it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def nothing(*_: object) -> None:
    """A handler, and not SIG_IGN, which the commands would inherit."""
