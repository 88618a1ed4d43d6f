from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chaosmod.errors import UpstreamError
from chaosmod.upstream.base import Upstream
from chaosmod.upstream.corpus import Corpus
from chaosmod.upstream.snapshot import Snapshot
from chaosmod.upstream.sumdb.database import SumDB
from chaosmod.upstream.zipping import write_zip
from tests.upstream.harness import Go, World, serving

Copy = Callable[[str], Path]


def contents(root: Path) -> dict[str, tuple[int, int]]:
    return {str(f): (f.stat().st_size, f.stat().st_mtime_ns) for f in root.rglob("*")}


def test_build_from_a_filled_cache_that_stays_untouched(world: World, go: Go, workspace: Copy, tmp_path: Path) -> None:
    app, filled = workspace("app"), tmp_path / "filled"
    (app / "go.sum").unlink()
    go.ok(world, app, "mod", "tidy", GOMODCACHE=str(filled))
    go.ok(world, app, "mod", "download", GOMODCACHE=str(filled))
    before = contents(filled)
    snapshot = Snapshot(filled)
    with serving(snapshot, SumDB("sum.other.example", snapshot.sums)) as again:
        (app / "go.sum").unlink()
        go.ok(again, app, "mod", "tidy")
        go.ok(again, app, "build", "-o", str(tmp_path / "out"), ".")
        go.ok(again, app, "mod", "download")
    assert contents(filled) == before
    assert Snapshot(filled / "cache" / "download").digest() == snapshot.digest()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache/download/a.example/@v"
    folder.mkdir(parents=True)
    write_zip(folder / "v1.0.0.zip", "a.example", "v1.0.0", {"a.go": b"package a\n"})
    (folder / "v1.0.0.mod").write_text("module a.example\n")
    (folder / "v1.1.0.mod").write_text("module a.example\n")
    return tmp_path


def test_is_an_upstream(cache: Path) -> None:
    snapshot = Snapshot(cache, public=("a.example",))
    assert isinstance(snapshot, Upstream)
    assert snapshot.name == f"snapshot:{cache}"
    assert not snapshot.blocking
    assert snapshot.public == ("a.example",)
    assert snapshot.fetch("/a.example/@v/list").read() == b"v1.0.0\n"


def test_digest_tells_what_is_served_and_no_more(cache: Path) -> None:
    folder = cache / "cache/download/a.example/@v"
    before = Snapshot(cache).digest()
    (folder / "v1.0.0.lock").touch()
    (folder / "list").write_text("v1.0.0\n")
    assert Snapshot(cache).digest() == before
    (folder / "v1.1.0.info").write_text('{"Version":"v1.1.0"}')
    assert Snapshot(cache).digest() != before


def test_sums_of_a_version_with_only_a_go_mod_come_from_its_database_record(cache: Path) -> None:
    snapshot = Snapshot(cache)
    assert snapshot.sums("a.example", "v1.0.0") is not None
    assert snapshot.sums("a.example", "v1.1.0") is None
    record = cache / "cache/download/sumdb/sum.example/lookup/a.example@v1.1.0"
    record.parent.mkdir(parents=True)
    record.write_text("junk")
    assert snapshot.sums("a.example", "v1.1.0") is None
    record.write_text("7\na.example v1.1.0 h1:zip=\na.example v1.1.0/go.mod h1:mod=\n\nhead")
    assert snapshot.sums("a.example", "v1.1.0") == ("h1:zip=", "h1:mod=")


def test_a_folder_that_is_no_module_cache(tmp_path: Path, corpus: Corpus) -> None:
    (tmp_path / "file").touch()
    for path, reason in (
        (tmp_path, "holds no module"),
        (tmp_path / "gone", "does not exist"),
        (tmp_path / "file", "no folder"),
    ):
        with pytest.raises(UpstreamError, match=f"{reason}.*go env GOMODCACHE"):
            Snapshot(path)
