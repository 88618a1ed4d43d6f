from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaosmod.upstream.blobs import BlobStore


def files(root: Path) -> list[Path]:
    return [f for f in root.rglob("*") if f.is_file()]


def test_kept_for_the_next_session(tmp_path: Path) -> None:
    assert BlobStore(tmp_path).get("/a") is None
    stored = BlobStore(tmp_path).put("/a", [b"con", b"tent"])
    assert BlobStore(tmp_path).get("/a") == stored
    assert stored.read_bytes() == b"content"


def test_same_content_is_kept_once(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    assert store.put("/a", [b"x"]) == store.put("/b", [b"x"])


@pytest.mark.parametrize("session", ["same", "next"])
@pytest.mark.parametrize("damage", [b"contenT", b"", None])
def test_damaged_content_is_not_believed_and_can_be_stored_anew(
    damage: bytes | None, session: str, tmp_path: Path
) -> None:
    store = BlobStore(tmp_path)
    blob = store.put("/a", [b"content"])
    assert store.get("/a") == blob
    if damage is None:
        blob.unlink()
    else:
        blob.write_bytes(damage)
    if session == "next":
        store = BlobStore(tmp_path)
    assert store.get("/a") is None
    store.put("/a", [b"content"])
    assert store.get("/a") == blob


@pytest.mark.parametrize("entry", [b"", b"\xff", b"../../etc"])
def test_damaged_entry(entry: bytes, tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    store.put("/a", [b"content"])
    next(f for f in files(tmp_path / "entries")).write_bytes(entry)
    assert store.get("/a") is None


def test_broken_off_download_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    store = BlobStore(tmp_path)
    with pytest.raises(ConnectionResetError):
        store.put("/a", broken())
    assert files(tmp_path) == []
    assert store.get("/a") is None


def test_a_file_system_without_nameless_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "O_TMPFILE")
    store = BlobStore(tmp_path)
    assert store.put("/a", [b"one"]).read_bytes() == b"one"
    with pytest.raises(ConnectionResetError):
        store.put("/b", _broken())
    assert [f.name[:7] for f in files(tmp_path)].count("writing") == 0


def test_nothing_is_left_of_a_process_that_is_killed(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)

    def killed() -> Iterator[bytes]:
        yield b"half"
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        try:
            store.put("/a", killed())
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert files(tmp_path) == []


def _broken() -> Iterator[bytes]:
    yield b"half"
    raise ConnectionResetError
