"""PID 1 of a lab: builds the lab's world, then starts commands in it and reports their end.

It forks and never execs, so it keeps every capability in its own namespaces; the commands, which exec as a user other
than 0, have none.

Messages from the harness: ``run`` (with stdin, stdout, stderr), ``kill``, and the closed socket, which ends the lab.
Messages to it: ``ready`` (with the listening sockets), ``failed``, ``started``, ``ended``.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import resource
import select
import signal
import socket
import termios
from typing import Any, NoReturn

from chaosmod.lab.sandbox import kernel, wire
from chaosmod.lab.sandbox.mounts import Layout, Root


class Init:
    """The state of PID 1: which process group belongs to which command."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._commands: dict[int, int] = {}
        """Process id of a command's leader -> the harness's number for the command."""

    def main(self, config: dict[str, Any]) -> NoReturn:
        """Set the lab up and serve until the harness closes the control socket."""
        try:
            self._set_up(config)
        except OSError as e:
            wire.send(self._control, {"event": "failed", "errno": e.errno, "text": str(e.strerror or e)})
            os._exit(1)
        try:
            self._serve()
        except (BrokenPipeError, ConnectionResetError):  # the harness is gone, which the next message would have said
            os._exit(0)

    def _set_up(self, config: dict[str, Any]) -> None:
        socket.sethostname("lab")
        kernel.link_up()
        listeners = [_listen(*spec) for spec in config["listen"]]
        Root(Layout.from_json(config["layout"])).build()
        os.umask(0o022)
        wire.send(self._control, {"event": "ready"}, [s.fileno() for s in listeners])
        for listener in listeners:
            listener.close()

    def _serve(self) -> NoReturn:
        # A child's death arrives as a byte on this pipe, so that one poll waits for both.
        wake_read, wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(wake_read, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == wake_read:
                    os.read(wake_read, 4096)
                    self._reap()
                else:
                    message, fds = wire.receive(self._control)
                    if message is None:
                        os._exit(0)  # the kernel ends everything else in this PID namespace
                    self._handle(message, fds)

    def _handle(self, message: dict[str, Any], fds: list[int]) -> None:
        if message["op"] == "run":
            self._run(message, fds)
        elif message["op"] == "kill":
            for pid, number in self._commands.items():
                if number == message["id"]:
                    _kill_group(pid, message["signal"])
        for fd in fds:
            os.close(fd)

    def _run(self, message: dict[str, Any], fds: list[int]) -> None:
        failure_read, failure_write = os.pipe2(os.O_CLOEXEC)
        pid = os.fork()
        if pid == 0:
            _exec(message, fds, failure_write)
        os.close(failure_write)
        failure = os.read(failure_read, 4096)  # empty once exec closed the other end
        os.close(failure_read)
        self._commands[pid] = message["id"]
        event: dict[str, Any] = {"event": "started", "id": message["id"], "pid": pid}
        if failure:
            event["failure"] = failure.decode(errors="replace")
        wire.send(self._control, event)

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
                continue  # an orphan that fell to PID 1
            _kill_group(pid, signal.SIGKILL)  # what it left running in the background
            wire.send(self._control, {"event": "ended", "id": number, "exit": os.waitstatus_to_exitcode(status)})


def _kill_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _exec(message: dict[str, Any], fds: list[int], failure: int) -> NoReturn:
    """In the forked child: become the command."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGPIPE, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        if message.get("offline"):
            kernel.unshare(kernel.CLONE_NEWNET)  # a network with nothing in it, not even a running loopback
        for target, fd in enumerate(fds):
            os.dup2(fd, target)
        if os.isatty(0):
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # the leader of a new session has to ask for its terminal
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        kernel.no_new_privileges()
        if message.get("network_admin"):
            kernel.keep_network_admin()
        os.chdir(message["cwd"])
        os.execvpe(message["argv"][0], message["argv"], message["env"])  # noqa: S606
    except OSError as e:
        os.write(failure, f"{message['argv'][0]}: {os.strerror(e.errno or errno.EIO)}".encode())
    finally:
        os._exit(127)


def _listen(kind: str, address: str, port: int) -> socket.socket:
    if kind == "tap":
        return socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)  # protocol 0: it sees nothing until it is bound
    if kind == "raw":
        return socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((address, port))
    if kind == "tcp":
        s.listen(1024)
    return s
