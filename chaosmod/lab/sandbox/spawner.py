"""The spawner: a small single-threaded process that forks labs on request, and the janitor of its worker.

A process with threads must not fork and go on in Python; the harness has threads (mitmproxy's loop, pytest's own), so
it asks this one. When the harness dies, whatever the reason, its end of the socket closes: the spawner then kills every
lab, removes all directories that the harness held and ends. It has a session of its own, so that Ctrl-C does not reach
it first.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

from chaosmod.lab.sandbox import kernel, wire
from chaosmod.lab.sandbox.init import Init
from chaosmod.lab.trees import remove_tree

_NAMESPACES = (
    kernel.CLONE_NEWUSER
    | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWNS
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
)

_PATIENCE = 2.0
"""Seconds that a lab has to end by itself."""


class Spawner:
    """The labs of one worker."""

    def __init__(self, harness: socket.socket, held: Path | None = None) -> None:
        """``held``: what the paths of all the harness's lab directories begin with."""
        self._harness = harness
        self._held = held
        self._labs: dict[str, int] = {}
        """Lab directory -> process id of its keeper."""

    def main(self) -> NoReturn:
        """Serve until the harness is gone; then clean up and end."""
        while True:
            message, fds = wire.receive(self._harness)
            if message is None:
                break
            if message["op"] == "start":
                self._start(message, fds)
            elif message["op"] == "stop":
                self._stop(message["directory"], message["keep"])
                self._tell({"event": "stopped"})
            for fd in fds:
                os.close(fd)
        for directory in tuple(self._labs):
            self._stop(directory, patience=0)
        if self._held is not None:  # a directory is made before its lab is, and may have none yet
            for path in self._held.parent.glob(f"{self._held.name}*"):
                remove_tree(path)
        os._exit(0)

    def _tell(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # the harness has died meanwhile, as the next message will say
            wire.send(self._harness, message)

    def _start(self, message: dict[str, Any], fds: list[int]) -> None:
        directory = message["layout"]["directory"]
        pid = os.fork()
        if pid == 0:
            self._harness.close()
            with socket.socket(fileno=fds[0]) as control:
                _keep(control, message)
        self._labs[directory] = pid
        self._tell({"event": "forked", "pid": pid})

    def _stop(self, directory: str, keep: bool = False, patience: float = _PATIENCE) -> None:
        pid = self._labs.pop(directory, None)
        if pid is not None:
            _await_end(pid, patience)
        if not keep:
            remove_tree(Path(directory))


def _await_end(keeper: int, patience: float) -> None:
    """Wait until a lab is gone, and make it go after ``patience`` seconds.

    Init ends by itself once the harness has closed the control socket. The keeper reaps it when everything in the PID
    namespace is dead, and the mounts with it; so init is killed and not the keeper, whose end would say nothing.
    """
    descriptor = os.pidfd_open(keeper)
    try:
        if not select.select([descriptor], [], [], patience)[0]:
            _kill(_children(keeper) or [keeper])
        os.waitpid(keeper, 0)
    finally:
        os.close(descriptor)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _keep(control: socket.socket, message: dict[str, Any]) -> NoReturn:
    """In the forked child: make the namespaces, fork init, and wait for it."""
    try:
        kernel.die_with_parent(signal.SIGKILL)
        if os.getppid() == 1:
            os._exit(1)  # the spawner died before the line above
        uid, gid = os.getuid(), os.getgid()
        kernel.unshare(_NAMESPACES)
        kernel.map_identity(uid, gid)
        alive_read, alive_write = os.pipe2(os.O_CLOEXEC)
        pid = os.fork()
        if pid == 0:
            os.close(alive_write)
            kernel.die_with_parent(signal.SIGKILL)
            if not os.read(alive_read, 1):
                os._exit(1)  # the keeper died before the line above
            Init(control).main(message)
        control.close()
        os.write(alive_write, b"1")
        _, status = os.waitpid(pid, 0)
        os._exit(max(os.waitstatus_to_exitcode(status), 0))
    except OSError as e:
        wire.send(control, {"event": "failed", "errno": e.errno, "text": str(e.strerror or e)})
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def main(fd: int, held: str = "") -> NoReturn:
    """The entry point: ``fd`` is the socket to the harness, ``held`` the beginning of its lab directories' paths."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    # Nothing of the harness's terminal or files may be held open by what outlives it.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    Spawner(socket.socket(fileno=fd), Path(held) if held else None).main()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
