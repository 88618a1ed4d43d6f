"""The harness's side of the sandbox runner."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import chaosmod
from chaosmod.errors import LabError
from chaosmod.lab.base import NAMESERVER, PLACES, ROLE_ADDRESSES, Ended, Job, Lab, Listener, Process, Tree
from chaosmod.lab.links import resolve
from chaosmod.lab.running import Running, wait
from chaosmod.lab.sandbox import wire
from chaosmod.lab.sandbox.mounts import Layout, Overlay
from chaosmod.lab.trees import remove_tree

_LISTEN = [
    *(("tcp", role, address, port) for role, address in ROLE_ADDRESSES.items() for port in (443, 80)),
    ("udp", "dns", NAMESERVER, 53),
    ("tcp", "dns", NAMESERVER, 53),
]
_ATTEMPTS = [("tap", "", "", 0), ("raw", "", "", 0)]


_ENDED = "the process that starts labs has ended; run the case again"


class Spawner:
    """The small process that forks labs for this worker, started at first need."""

    def __init__(self, held: Path | None = None) -> None:
        """``held``: what the paths of all this process's lab directories begin with; what is left of them when this
        process has died is removed."""
        ours, theirs = wire.pair()
        source = str(Path(chaosmod.__file__).parent.parent)
        code = (
            f"import sys; sys.path.insert(0, {source!r}); "
            "from chaosmod.lab.sandbox.spawner import main; main(int(sys.argv[1]), sys.argv[2])"
        )
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", code, str(theirs.fileno()), str(held or "")],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # from its first moment on: Ctrl-C in a terminal goes to the whole group
            )
        self._socket = ours

    @property
    def pid(self) -> int:
        """Process id of the spawner."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can be asked; not after it was killed, nor where an interruption came between question and answer."""
        return self._socket.fileno() >= 0 and self._process.poll() is None

    def start(self, layout: Layout, listen: Sequence[tuple[str, str, str, int]]) -> tuple[socket.socket, int]:
        """Fork a lab; its control socket, and the process id of its keeper."""
        ours, theirs = wire.pair()
        with theirs:
            request = {
                "op": "start",
                "layout": dataclasses.asdict(layout),
                "listen": [(kind, address, port) for kind, _, address, port in listen],
            }
            reply = self._ask(request, [theirs.fileno()])
        return ours, reply["pid"]

    def stop(self, directory: Path, keep: bool = False) -> None:
        """End the lab in ``directory``; remove the directory unless it is to be kept."""
        try:
            self._ask({"op": "stop", "directory": str(directory), "keep": keep})
        except LabError:  # the kernel has ended its labs with it
            self._process.wait()
            if not keep:
                remove_tree(directory)

    def close(self) -> None:
        """End the spawner with all its labs."""
        self._socket.close()
        self._process.wait()

    def _ask(self, message: dict[str, Any], fds: Sequence[int] = ()) -> dict[str, Any]:
        """The answer to a question. Raises LabError where the spawner is gone."""
        try:
            wire.send(self._socket, message, fds)
            reply, _ = wire.receive(self._socket)
        except OSError as e:
            raise LabError(f"{_ENDED} ({e.strerror})") from e
        except BaseException:
            self._socket.close()  # interrupted: a later question would get the answer to this one
            raise
        if reply is None:
            raise LabError(_ENDED)
        return reply


class Sandbox(Lab):
    """One lab in namespaces of its own."""

    abilities = frozenset({"attempts", "names", "tls", "sockets", "overlay", "offline", "disk"})
    environment: Mapping[str, str] = MappingProxyType({})

    def __init__(
        self,
        spawner: Spawner,
        directory: Path,
        trees: Sequence[Tree],
        visible: Sequence[Path] = (),
        *,
        attempts: bool = False,
    ) -> None:
        """Make a lab in ``directory`` (new, and the lab's own). Raises LabError with what the kernel said.

        With ``attempts`` it has the packet sockets by which attempts to connect are decided on. To close one takes as
        long as half a lab (synchronize_net in net/packet/af_packet.c), so only a case that wants them has them.
        """
        self.places = PLACES
        self._spawner = spawner
        self._directory = directory
        self._processes: dict[int, Running] = {}
        self._number = 0
        for name in ("lab/home", "lab/tmp", "lab/out", "etc"):
            (directory / name).mkdir(parents=True, exist_ok=True)
        (directory / "lab" / "tmp").chmod(0o1777)
        _write_etc(directory / "etc")
        overlays = tuple(self._overlay(tree) for tree in trees)
        layout = Layout(
            directory=str(directory),
            overlays=overlays,
            etc=str(directory / "etc"),
            visible=tuple(str(p) for p in visible),
        )
        try:
            listen = [*_LISTEN, *(_ATTEMPTS if attempts else ())]
            self._control, self._keeper = spawner.start(layout, listen)
            message, fds = wire.receive(self._control)
        except BaseException:
            self.close()
            raise
        if message is None or message["event"] != "ready":
            self.close()
            reason = "it ended without a word" if message is None else message["text"]
            raise LabError(
                f"the sandbox could not be made: {reason}. `chaosmod doctor` says what to do about it; "
                "--chaos-runner=host does without, and skips what it cannot express"
            )
        self.init = self._init_pid()
        self.listeners = [
            Listener(kind, role, port, socket.socket(fileno=fd))
            for (kind, role, _, port), fd in zip(listen, fds, strict=True)
        ]

    def _overlay(self, tree: Tree) -> Overlay:
        lower = tuple(str(p) for p in tree.lower)
        if not lower:
            empty = self._directory / "empty"
            empty.mkdir(exist_ok=True)
            lower = (str(empty),)
        return Overlay(tree.name, lower, tree.limit)

    def _init_pid(self) -> int:
        children = Path(f"/proc/{self._keeper}/task/{self._keeper}/children").read_text().split()
        return int(children[0])

    def address(self, role: str, name: str) -> str:
        """Every role is found under its own name."""
        return f"https://{name}"

    def path(self, inside: str) -> Path:
        """The file that commands know as ``inside``, through the root directory of the lab's init.

        Links on the way are the lab's: none of them leads to the machine's own files.
        """
        return resolve(Path(f"/proc/{self.init}/root"), inside)

    def send(self, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
        """Send to the lab's init. Raises LabError where it is gone."""
        try:
            wire.send(self._control, message, fds)
        except OSError as e:
            raise LabError(f"the lab has ended unexpectedly: {e}") from e

    def start(self, job: Job, streams: Sequence[int] | None = None) -> Running:
        """Start a command in the lab. With ``streams`` (stdin, stdout, stderr) its output is theirs and is not kept."""
        self._number += 1
        outputs = (tempfile.TemporaryFile(), tempfile.TemporaryFile())  # noqa: SIM115 - closed once read
        process = Running(self._number, outputs, self._signal)
        message = {
            "op": "run",
            "id": process.number,
            "argv": list(job.argv),
            "env": dict(job.environment),
            "cwd": job.directory,
            "offline": job.offline,
            "network_admin": job.network_admin,
        }
        with open(os.devnull, "rb") as null:
            self.send(message, streams or [null.fileno(), *(f.fileno() for f in outputs)])
        self._processes[process.number] = process
        started = self._await_start(process.number)
        if failure := started.get("failure"):
            raise FileNotFoundError(failure)
        process.pid = started["pid"]
        return process

    def _signal(self, number: int, signal: int) -> None:
        self.send({"op": "kill", "id": number, "signal": signal})

    def _await_start(self, number: int) -> dict[str, Any]:
        while True:
            message = self._receive(None)
            if message is not None and message["event"] == "started" and message["id"] == number:
                return message

    def _receive(self, timeout: float | None) -> dict[str, Any] | None:
        """One message from init, None after ``timeout`` seconds; ends of commands are noted."""
        self._control.settimeout(timeout)
        try:
            message, _ = wire.receive(self._control)
        except TimeoutError:
            return None
        finally:
            self._control.settimeout(None)
        if message is None:
            raise LabError("the lab has ended unexpectedly")
        if message["event"] == "ended":
            self._processes.pop(message["id"]).end(message["exit"])
        return message

    def wait(self, processes: Sequence[Process], timeout: float) -> list[Ended]:
        """Wait for all of ``processes`` for ``timeout`` seconds at most; what still runs then is killed."""
        return wait(processes, timeout, self._receive)

    def close(self, keep: bool = False) -> Path | None:
        """End everything in the lab and remove its directory, or return where it is kept."""
        if hasattr(self, "_control"):
            self._control.close()
        for listener in getattr(self, "listeners", ()):
            listener.socket.close()
        self._spawner.stop(self._directory, keep)
        return self._directory if keep else None


def _write_etc(etc: Path) -> None:
    """The files of /etc that decide how names are resolved and who the user is."""
    uid, gid = os.getuid() or 1000, os.getgid() or 1000
    (etc / "resolv.conf").write_text(f"nameserver {NAMESERVER}\noptions timeout:2 attempts:2\n")
    (etc / "hosts").write_text("127.0.0.1 localhost lab\n")
    (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n")
    (etc / "passwd").write_text(f"go:x:{uid}:{gid}:Go:{PLACES.home}:/bin/sh\n")
    (etc / "group").write_text(f"go:x:{gid}:\n")
