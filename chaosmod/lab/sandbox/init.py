"""PID 1 of a lab: builds the lab's world, then starts commands in it and reports their end.

It forks and never execs, so it keeps every capability in its own namespaces; the commands, which exec as a user other
than 0, have none.

Messages from the harness: ``run`` (with stdin, stdout, stderr), ``kill``, and the closed socket, which ends the lab.
Messages to it: ``ready`` (with the listening sockets), ``failed``, ``started``, ``ended``.
"""

from __future__ import annotations

import fcntl
import os
import socket
import termios
from collections.abc import Sequence
from typing import Any, NoReturn

from chaosmod.lab.sandbox import kernel, wire
from chaosmod.lab.sandbox.mounts import Layout, Root
from chaosmod.lab.supervisor import Supervisor


class Init:
    """PID 1, and the socket to the harness."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._supervisor = Supervisor(lambda message: wire.send(control, message), _prepare)

    def main(self, config: dict[str, Any]) -> NoReturn:
        """Set the lab up and serve until the harness closes the control socket."""
        try:
            self._set_up(config)
        except OSError as e:
            wire.send(self._control, {"event": "failed", "errno": e.errno, "text": str(e.strerror or e)})
            os._exit(1)
        try:
            self._supervisor.serve(self._control, self._hear)
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

    def _hear(self) -> None:
        message, fds = wire.receive(self._control)
        if message is None:
            os._exit(0)  # the kernel ends everything else in this PID namespace
        self._supervisor.handle(message, fds)
        for fd in fds:
            os.close(fd)


def _prepare(message: dict[str, Any], fds: Sequence[int]) -> None:
    """In the child that becomes a command."""
    if message.get("offline"):
        kernel.unshare(kernel.CLONE_NEWNET)  # a network with nothing in it, not even a running loopback
    for target, fd in enumerate(fds):
        os.dup2(fd, target)
    if os.isatty(0):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # the leader of a new session has to ask for its terminal
    kernel.no_new_privileges()
    if message.get("network_admin"):
        kernel.keep_network_admin()


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
