"""The server that the proxy is compared with, running in the same lab."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from chaosmod.lab.authority import Authority
from chaosmod.lab.base import Job
from chaosmod.lab.gorelease import Toolchain
from chaosmod.lab.stage import Stage
from tests.bench.labs import inside, run
from tests.support.projects import private_environment

__all__ = ["build", "serving"]

_SOURCE = Path(__file__).with_name("server.go")
_ADDRESS = "127.0.1.9"
_PORT = 8443
"""No command in a lab may listen on a port below 1024."""


def build(go: Toolchain, folder: Path) -> Path:
    """The server as a program; kept in ``folder``, since building net/http takes longer than all that is measured."""
    key = hashlib.sha256(_SOURCE.read_bytes() + go.version.encode()).hexdigest()[:16]
    program = folder / f"server-{key}"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        environment = {**private_environment(folder / "home"), "CGO_ENABLED": "0", "GOPROXY": "off"}
        subprocess.run([go.go, "build", "-o", program, _SOURCE], env=environment, cwd=folder, check=True)
    return program


@contextlib.contextmanager
def serving(stage: Stage, program: Path, served: Path, authority: Authority) -> Iterator[str]:
    """The server at work in the lab on ``served``; the address to put into GOPROXY."""
    credentials = authority.issue(_ADDRESS)
    key = credentials.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    places = {name: inside(stage, name) for name in ("program", "files", "certificate", "key")}
    shutil.copy(program, places["program"][1])
    shutil.copytree(served, places["files"][1])
    places["certificate"][1].write_bytes(credentials.certificate.public_bytes(serialization.Encoding.PEM))
    places["key"][1].write_bytes(key)
    program_inside, *files = (place for place, _ in places.values())
    argv = [program_inside, f"{_ADDRESS}:{_PORT}", *files]
    process = stage.lab.start(Job(argv, stage.bench.environment(), stage.lab.places.out))
    try:
        _await(stage)
        yield f"https://{_ADDRESS}:{_PORT}"
    finally:
        process.kill(9)
        stage.lab.wait([process], 10)


def _await(stage: Stage) -> None:
    """Until it listens: its port is in the network namespace's table (proc_net_tcp(5))."""
    deadline = time.monotonic() + 30
    while f":{_PORT:04X} " not in run(stage, ["cat", "/proc/net/tcp"]).stdout:
        if time.monotonic() > deadline:
            raise RuntimeError("the Go server does not listen")
        time.sleep(0.02)
