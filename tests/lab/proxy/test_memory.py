"""A zip of 256 MiB passes, and is damaged and cut, in little memory: the host runs in a process of its own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .wire import H1, H2, Client

PATH = "/example.test/huge/@v/v1.0.0.zip"
SIZE = 256 << 20
LIMIT = 64 << 20
HOST = f"""
import json, re, sys
from pathlib import Path
from chaosmod.upstream.base import Reply
from tests.lab.proxy.wire import AUTHORITY, serving

def resident(key):
    return int(re.search(key + r":\\s+([0-9]+) kB", Path("/proc/self/status").read_text())[1]) << 10

file, fault = Path(sys.argv[1]), json.loads(sys.argv[2])
with serving({{{PATH!r}: Reply(200, file=file), "/small": Reply(200, b"small")}}, fault, skip=int(fault is not None and fault[0] == "cut")) as host:
    print(json.dumps([*host.address, AUTHORITY.pem().decode()]), flush=True)
    sys.stdin.readline()
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here (proc(5))
    idle = resident("VmRSS")
    print(json.dumps(idle), flush=True)
    sys.stdin.readline()
    print(json.dumps(resident("VmHWM") - idle), flush=True)
"""


@pytest.fixture(scope="module")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A module zip whose one large file is of zeros."""
    file = tmp_path_factory.mktemp("huge") / "huge.zip"
    with zipfile.ZipFile(file, "w") as archive, archive.open("example.test/huge@v1.0.0/blob.bin", "w") as blob:
        for _ in range(SIZE >> 20):
            blob.write(bytes(1 << 20))
    yield file
    file.unlink()


def counted(client: Client) -> int:
    """The body bytes that come, of which none is kept."""
    total = 0
    if isinstance(client, H1):
        client.send(f"GET {PATH} HTTP/1.1\r\nHost: proxy.test\r\n\r\n".encode())
        answer = client.read()
        assert isinstance(answer, bytes)
        head, _, begin = answer.partition(b"\r\n\r\n")
        length, total = int(head.lower().partition(b"content-length: ")[2].split()[0]), len(begin)
        while total < length and not isinstance(piece := client.read(), str):
            total += len(piece)
        return total
    assert isinstance(client, H2)
    stream = client.ask(PATH)
    while not (got := client.got[stream]).end:
        got.end = client.see()
        total += len(got.body)
        got.body = b""
    return total


@contextlib.contextmanager
def hosted(huge: Path, fault: Any, protocol: str) -> Iterator[tuple[Client, Callable[[], int]]]:
    """A client, and a function that says how far the host's memory has grown above idle, at its peak."""
    command = [sys.executable, "-c", HOST, str(huge), json.dumps(fault)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdin is not None
        assert host.stdout is not None

        def tell() -> Any:
            print(file=host.stdin, flush=True)
            return json.loads(host.stdout.readline()) if host.stdout is not None else None

        name, port, authority = json.loads(host.stdout.readline())
        client = (H2 if protocol == "h2" else H1)((name, port), secure=True, authority=authority)
        assert client.get("/small").end == "whole"  # what is imported and made once is idle memory
        tell()
        yield client, tell
        client.close()


@pytest.mark.parametrize(
    ("fault", "protocol", "size"),
    [
        (None, "h2", SIZE),
        (None, "h1", SIZE),
        (("cut", "50%"), "h2", SIZE // 2),
        (("zip", {"damage": "flipped-at", "at": "50%"}), "h1", SIZE),
        (("zip", "flipped-crc"), "h1", SIZE),
        (("zip", {"damage": "truncated", "at": "90%"}), "h1", SIZE * 9 // 10),
    ],
)
def test_little_memory(huge: Path, fault: Any, protocol: str, size: int) -> None:
    with hosted(huge, fault, protocol) as (client, grown):
        assert counted(client) == pytest.approx(size, rel=1e-3)
        assert grown() < LIMIT


@pytest.mark.parametrize("protocol", ["h2", "h1"])
def test_a_client_that_does_not_read_is_waited_for(huge: Path, protocol: str) -> None:
    with hosted(huge, None, protocol) as (client, grown):
        if isinstance(client, H2):
            client.ask(PATH)
        else:
            client.send(f"GET {PATH} HTTP/1.1\r\nHost: proxy.test\r\n\r\n".encode())
        while isinstance(client.read(0.5), bytes) and isinstance(client, H2):
            pass  # all that the flow-control window allows; no more of it is granted
        assert grown() < LIMIT
