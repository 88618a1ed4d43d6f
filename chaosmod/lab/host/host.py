"""The harness's side of the host runner."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import chaosmod
from chaosmod.errors import LabError, NotHere, UsageError
from chaosmod.lab.base import Ended, Job, Lab, Listener, Places, Process, Tree
from chaosmod.lab.host.channel import Channel
from chaosmod.lab.host.layers import lay, written
from chaosmod.lab.host.tunnel import Tunnel
from chaosmod.lab.proxy.loop import LoopThread
from chaosmod.lab.running import Running, wait
from chaosmod.lab.state import VARIABLE
from chaosmod.lab.trees import remove_tree

__all__ = ["Host"]

_TRUSTS_FILE = sys.platform != "darwin"
"""Whether Go takes authorities from SSL_CERT_FILE (crypto/x509/root_unix.go; root_darwin.go asks the system only)."""

_ROLES = ("primary", "mirror", "sumdb", "vcs")
_BY_ADDRESS = ("primary", "mirror")
"""Roles that stand in GOPROXY: asked at their own loopback address, so that faults of the link act on Go's own connection."""

_ENDING = 15.0
"""Seconds that the warden has to end what runs and to remove the directory."""

_Told = Callable[[str], object]


class Host(Lab):
    """One lab among the machine's own processes."""

    abilities = frozenset({"tls", "sockets"} if _TRUSTS_FILE else set())

    def __init__(
        self,
        directory: Path,
        trees: Sequence[Tree],
        names: Mapping[str, str],
        thread: LoopThread,
        told: _Told,
    ) -> None:
        """Make a lab in ``directory`` (new, and the lab's own). ``names``: host name -> role; ``told`` hears what the
        history should have of it.

        Raises NotHere for a tree of limited size, UsageError where Go would read a file that lies above the lab.
        """
        self.places = Places.under(str(directory / "lab"))
        self._directory = directory
        self._number = 0
        self._processes: dict[int, Running] = {}
        self._started: dict[int, str] = {}
        """What became of starting a command, by its number: empty, or why it was not to be started."""
        self._trees = {tree.name: tree for tree in trees}
        self._laid: set[str] = set()
        self.listeners: list[Listener] = []
        self._closed = socket.socket()
        _nothing_above(directory)
        if limited := [tree.name for tree in trees if tree.limit]:
            raise NotHere(f"the host runner has no disks of limited size ({', '.join(limited)})")
        for name in ("lab/home", "lab/tmp", "lab/out", "streams"):
            (directory / name).mkdir(parents=True)
        tls = "tls" in self.abilities
        self._channel, self._warden = _warden(directory)
        self._ports = {role: self._listen(role, tls) for role in _ROLES}
        self._scheme = "https" if tls else "http"
        self._tunnel = Tunnel(thread, names, self._ports if tls else {}, lambda asked: told(_REFUSED.format(asked)))
        # Bound and not listening: nobody answers there, and nobody else can come to listen.
        self._closed.bind(("127.0.0.1", 0))
        # The lab may lie in a repository: the search for one ends at the lab, as it does in a mount namespace.
        self.environment = {**_ways(self._tunnel.port), "GIT_CEILING_DIRECTORIES": self.places.root}
        told(_OFFLINE)

    def _listen(self, role: str, tls: bool) -> int:
        server = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.listeners.append(Listener("tcp", role, 443 if tls else 80, server))
        port: int = server.getsockname()[1]
        return port

    def address(self, role: str, name: str) -> str:
        """Module proxies are found at a loopback address, everything else by its name through the tunnel."""
        host = f"127.0.0.1:{self._ports[role]}" if role in _BY_ADDRESS else name
        return f"{self._scheme}://{host}"

    def path(self, inside: str) -> Path:
        """The same: both sides see the same files."""
        self._lay_out(inside)
        return Path(inside)

    def _lay_out(self, *texts: str) -> None:
        """Copy the trees of which ``texts`` speak. Nobody can come to one otherwise, and copying costs time."""
        for name, tree in self._trees.items():
            place = f"{self.places.root}/{name}"
            if name not in self._laid and any(place in text for text in texts):
                self._laid.add(name)
                lay(tree.lower, Path(place))

    def start(self, job: Job) -> Running:
        """Start a command, as a process of this user's."""
        environment = dict(job.environment)
        if job.offline:
            environment |= {**_ways(self._closed.getsockname()[1]), "GOPROXY": "off", "GIT_ALLOW_PROTOCOL": "none"}
        self._lay_out(job.directory, *environment.values(), *job.argv)
        self._number += 1
        files = [self._directory / "streams" / f"{self._number}.{name}" for name in ("stdout", "stderr")]
        out, err = (file.open("w+b") for file in files)
        process = Running(self._number, (out, err), self._signal)
        self._send(
            {
                "op": "run",
                "id": process.number,
                "argv": list(job.argv),
                "env": environment,
                "cwd": job.directory,
                "stdout": str(files[0]),
                "stderr": str(files[1]),
            }
        )
        self._processes[process.number] = process
        while process.number not in self._started:
            self._receive(None)
        for file in files:
            file.unlink()
        if failure := self._started.pop(process.number):
            out.close()
            err.close()
            raise FileNotFoundError(failure)
        return process

    def _signal(self, number: int, signal: int) -> None:
        self._send({"op": "kill", "id": number, "signal": signal})

    def _send(self, message: dict[str, object]) -> None:
        try:
            self._channel.send(message)
        except OSError as e:
            raise LabError(f"the process that starts the lab's commands has ended unexpectedly: {e}") from e

    def _receive(self, timeout: float | None) -> None:
        self._channel.socket.settimeout(timeout)
        try:
            messages = self._channel.receive()
        except TimeoutError:
            return
        finally:
            self._channel.socket.settimeout(None)
        if messages is None:
            raise LabError("the process that starts the lab's commands has ended unexpectedly")
        for message in messages:
            number: int = message["id"]
            if message["event"] == "started":
                self._processes[number].pid = message["pid"]
                self._started[number] = message["failure"]
            elif message["event"] == "ended":
                self._processes.pop(number).end(message["exit"])

    def wait(self, processes: Sequence[Process], timeout: float) -> list[Ended]:
        """Wait for all of ``processes`` for ``timeout`` seconds at most; what still runs then is killed."""
        return wait(processes, timeout, self._receive)

    def close(self, keep: bool = False) -> Path | None:
        """End everything in the lab and remove its directory, or return where it is kept."""
        self._tunnel.close()
        for listener in self.listeners:
            listener.socket.close()
        self._closed.close()
        with contextlib.suppress(OSError):  # a warden that was killed; its commands were with it
            if keep:
                self._channel.send({"op": "keep"})
        self._channel.socket.close()
        try:
            self._warden.wait(_ENDING)
        except subprocess.TimeoutExpired:
            raise LabError(f"the commands of the lab in {self._directory} do not end") from None
        if not keep:
            remove_tree(self._directory)  # done already, but for a warden that was killed
            return None
        (self._directory / "upper").mkdir()
        for name in sorted(self._laid):
            tree = Path(self.places.root, name)
            written(self._trees[name].lower, tree)
            tree.rename(self._directory / "upper" / name)
        return self._directory


_REFUSED = "a command asked for {}, which this lab does not have: refused"
_OFFLINE = (
    "the host runner has no network of its own to take away: where the network is to be gone, GOPROXY is off, the way "
    "to other hosts is closed, and git may fetch from nowhere"
)


def _ways(port: int) -> dict[str, str]:
    """The settings with which Go and git ask the tunnel at ``port`` for every host but loopback addresses.

    Go leaves those out by itself (golang.org/x/net/http/httpproxy, useProxy), curl and others by NO_PROXY.
    """
    names = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
    return {
        **dict.fromkeys(names, f"http://127.0.0.1:{port}"),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "GIT_ALLOW_PROTOCOL": "https:file",  # git's other transports do not ask a proxy
        "GIT_SSH_COMMAND": "false",
    }


def _nothing_above(directory: Path) -> None:
    """Raises UsageError where the search for go.work or go.mod, which goes up to the root, would end outside the lab."""
    for above in directory.parents:
        for name in ("go.work", "go.mod"):
            if (above / name).is_file():
                raise UsageError(
                    f"Go would read {above / name}, which lies above the lab's directory: "
                    f"set {VARIABLE} to a directory with no Go module above it"
                )


def _warden(directory: Path) -> tuple[Channel, subprocess.Popen[bytes]]:
    source = str(Path(chaosmod.__file__).parent.parent)
    code = (
        f"import sys; sys.path.insert(0, {source!r}); "
        "from chaosmod.lab.host.warden import main; main(int(sys.argv[1]), sys.argv[2])"
    )
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", code, str(theirs.fileno()), os.fspath(directory)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
    return Channel(ours), process
