from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from chaosmod.errors import UpstreamError
from chaosmod.upstream import download
from chaosmod.upstream.base import Reply, Upstream
from chaosmod.upstream.corpus import Corpus
from chaosmod.upstream.live import Live, proxies
from chaosmod.upstream.sumdb.database import SumDB
from tests.upstream.harness import Go, World, serving

UNROUTABLE = "http://127.0.0.1:9"
GREET = "/corpus.example/greet/@v/v1.2.0"


@pytest.mark.parametrize(
    ("goproxy", "expected"),
    [
        ("https://a.example,direct", [("https://a.example", False)]),
        ("https://a.example/|b.example , http://c.example,off,d.example",
         [("https://a.example", True), ("https://b.example", False), ("http://c.example", False)]),
        (",https://a.example", [("https://a.example", False)]),
    ],
)  # fmt: skip
def test_lists(goproxy: str, expected: list[tuple[str, bool]]) -> None:
    assert proxies(goproxy) == expected


@pytest.mark.parametrize("goproxy", ["", "direct", "off", "direct,https://a.example", ","])
def test_nothing_to_fetch_from(goproxy: str) -> None:
    with pytest.raises(UpstreamError, match="names no proxy"):
        proxies(goproxy)


@pytest.mark.parametrize("goproxy", ["file:///var/proxy", "foo", "ftp://a.example"])
def test_addresses_that_cannot_be_asked(goproxy: str) -> None:
    with pytest.raises(UpstreamError, match="no http or https address"):
        proxies(goproxy)


class Source:
    """The corpus in the place of the public proxy: its versions can be taken away, its answers made errors."""

    def __init__(self, corpus: Corpus) -> None:
        self.name, self.blocking, self.public = corpus.name, corpus.blocking, corpus.public
        self.digest, self.sums = corpus.digest, corpus.sums
        self._fetch = corpus.fetch
        self.override: dict[str, Reply] = {}
        self.gate: threading.Event | None = None

    def fetch(self, path: str) -> Reply:
        if self.gate is not None:
            self.gate.wait(10)
        return self.override.get("*") or self.override.get(path) or self._fetch(path)


@pytest.fixture
def source(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setattr(download, "_PAUSE", 0.01)
    return Source(corpus)


@pytest.fixture
def origin(source: Source) -> Iterator[World]:
    with serving(source, SumDB("sum.origin.example", source.sums)) as world:
        yield world


def test_is_an_upstream(tmp_path: Path) -> None:
    live = Live("https://me:pw@a.example,direct", tmp_path, public=("a.example",))
    assert isinstance(live, Upstream)
    assert (live.name, live.blocking, live.public) == ("live", True, ("a.example",))
    assert live.digest() == Live("https://a.example", tmp_path).digest()
    assert live.digest() != Live("https://b.example", tmp_path).digest()


@pytest.mark.parametrize("suffix", ["info", "mod", "zip"])
def test_what_is_immutable_is_asked_once_for_ever(suffix: str, origin: World, corpus: Corpus, tmp_path: Path) -> None:
    expected = corpus.fetch(f"{GREET}.{suffix}")
    for goproxy in (origin.url, origin.url, UNROUTABLE):
        reply = Live(goproxy, tmp_path).fetch(f"{GREET}.{suffix}")
        assert (reply.read(), reply.content_type) == (expected.read(), expected.content_type)
    assert len(origin.requests) == 1


@pytest.mark.parametrize(
    "path", ["/corpus.example/greet/@v/list", "/corpus.example/greet/@latest", "/corpus.example/greet/@v/main.info"]
)
def test_what_may_change_is_frozen_for_a_session(path: str, origin: World, source: Source, tmp_path: Path) -> None:
    source.override[path] = Reply(200, b"first")
    live = Live(origin.url, tmp_path)
    assert live.fetch(path).read() == b"first"
    source.override[path] = Reply(200, b"second")
    assert live.fetch(path).read() == b"first"
    assert Live(origin.url, tmp_path).fetch(path).read() == b"second"


def test_absence_is_remembered_for_a_session_only(origin: World, source: Source, tmp_path: Path) -> None:
    source.override[f"{GREET}.zip"] = Reply(410, b"gone", content_type="text/plain")
    live = Live(origin.url, tmp_path)
    for _ in range(2):
        assert (live.fetch(f"{GREET}.zip").status, live.fetch(f"{GREET}.zip").read()) == (410, b"gone")
    assert len(origin.requests) == 1
    source.override.clear()
    assert Live(origin.url, tmp_path).fetch(f"{GREET}.zip").status == 200


def test_trouble_is_not_remembered(origin: World, source: Source, tmp_path: Path) -> None:
    live = Live(origin.url, tmp_path)
    source.override["*"] = Reply(503)
    with pytest.raises(UpstreamError, match="503"):
        live.fetch(f"{GREET}.mod")
    source.override.clear()
    assert live.fetch(f"{GREET}.mod").status == 200


def test_a_damaged_cache_is_mended(origin: World, corpus: Corpus, tmp_path: Path) -> None:
    file = Live(origin.url, tmp_path).fetch(f"{GREET}.zip").file
    assert file is not None
    file.write_bytes(b"damaged")
    assert Live(origin.url, tmp_path).fetch(f"{GREET}.zip").read() == corpus.fetch(f"{GREET}.zip").read()


@pytest.mark.parametrize(
    ("status", "separator", "expected"),
    [(404, ",", 200), (410, "|", 200), (503, "|", 200), (403, "|", 200), (503, ",", None), (403, ",", None)],
)
def test_next_proxy(
    status: int, separator: str, expected: int | None, origin: World, corpus: Corpus, tmp_path: Path
) -> None:
    bad = Source(corpus)
    bad.override["*"] = Reply(status)
    with serving(bad, SumDB("sum.bad.example", corpus.sums)) as first:
        live = Live(f"{first.url}{separator}{origin.url}", tmp_path)
        if expected is None:
            with pytest.raises(UpstreamError, match=str(status)):
                live.fetch(f"{GREET}.mod")
        else:
            assert live.fetch(f"{GREET}.mod").status == expected


def test_trouble_is_told_rather_than_the_404_after_it(origin: World, tmp_path: Path) -> None:
    with pytest.raises(UpstreamError, match="cannot be read"):
        Live(f"{UNROUTABLE}|{origin.url}", tmp_path).fetch("/corpus.example/none/@v/list")


def test_database_and_unknown_paths_are_not_passed_on(origin: World, tmp_path: Path) -> None:
    live = Live(origin.url, tmp_path)
    for path in ("/sumdb/sum.origin.example/supported", "/latest", "/favicon.ico"):
        assert live.fetch(path).status == 404
    assert origin.requests == []


def test_threads_that_ask_at_once_download_once(origin: World, source: Source, tmp_path: Path) -> None:
    source.gate = threading.Event()
    live = Live(origin.url, tmp_path)
    with ThreadPoolExecutor(4) as pool, ExitStack() as stack:
        stack.callback(source.gate.set)
        asked = [pool.submit(live.fetch, f"{GREET}.zip") for _ in range(4)]
        source.gate.set()
        assert {a.result().file for a in asked} == {asked[0].result().file}
    assert len(origin.requests) == 1


def test_sums_are_the_databases(origin: World, source: Source, tmp_path: Path) -> None:
    source.sums = lambda module, version: ("h1:recorded=", "h1:mod=")  # type: ignore[method-assign]
    origin.db._sums = source.sums
    live = Live(origin.url, tmp_path, sumdb="sum.origin.example", public=("corpus.example/greet",))
    assert live.sums("corpus.example/greet", "v1.2.0") == ("h1:recorded=", "h1:mod=")
    asked = len(origin.requests)
    assert live.sums("corpus.example/greet", "v1.2.0") is not None
    assert len(origin.requests) == asked
    again = Live(UNROUTABLE, tmp_path, sumdb="sum.origin.example")
    assert again.sums("corpus.example/greet", "v1.2.0") == ("h1:recorded=", "h1:mod=")


@pytest.mark.parametrize("sumdb", [None, "sum.unknown.example"])
def test_sums_are_computed_where_there_is_no_record(
    sumdb: str | None, origin: World, corpus: Corpus, tmp_path: Path
) -> None:
    live = Live(origin.url, tmp_path, sumdb=sumdb)
    assert live.sums("corpus.example/Upper/Case", "v1.1.0") == corpus.sums("corpus.example/Upper/Case", "v1.1.0")
    assert live.sums("corpus.example/Upper/Case", "v9.9.9") is None


def test_sums_are_computed_where_the_database_is_broken(
    origin: World, source: Source, corpus: Corpus, tmp_path: Path
) -> None:
    origin.db_fetch = lambda path: Reply(500)
    live = Live(origin.url, tmp_path, sumdb="sum.origin.example")
    assert live.sums("corpus.example/greet", "v1.2.0") == corpus.sums("corpus.example/greet", "v1.2.0")


def test_no_database_hears_of_a_module_that_is_not_public(origin: World, tmp_path: Path) -> None:
    live = Live(origin.url, tmp_path, sumdb="sum.origin.example", public=("corpus.example",))
    assert live.sums("private.example/team/secret", "v1.0.0") is not None
    assert not [r for r in origin.requests if "/sumdb/" in r]


MAIN = """\
package main

import "github.com/pkg/errors"

func main() { println(errors.New("from afar").Error()) }
"""


def own_settings(go: Go) -> tuple[str, str]:
    """GOPROXY and the name of the checksum database, as this machine's Go has them."""
    env = {"HOME": str(go.home), "PATH": os.defpath, "GOTELEMETRY": "off"}
    env |= {k: v for k, v in os.environ.items() if k in ("GOPROXY", "GOSUMDB")}
    out = subprocess.run([go.binary, "env", "GOPROXY", "GOSUMDB"], env=env, text=True, capture_output=True, check=True)
    goproxy, gosumdb = out.stdout.splitlines()
    return goproxy, gosumdb.split("+")[0].split()[0]


@pytest.mark.live
def test_public_module_is_built_and_the_second_time_without_the_network(go: Go, tmp_path: Path) -> None:
    goproxy, gosumdb = own_settings(go)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "main.go").write_text(MAIN)
    (folder / "go.mod").write_text("module project.example\n\ngo 1.21\n\nrequire github.com/pkg/errors v0.9.1\n")
    (folder / "go.sum").touch()
    for address in (goproxy, UNROUTABLE):
        live = Live(address, tmp_path / "cache", sumdb=gosumdb)
        # A GOPATH for each: in it Go remembers the head of the database, and the second database is another one.
        env = {"GOPATH": str(tmp_path / f"gopath-{address == goproxy}")}
        with serving(live, SumDB("sum.lab.example", live.sums)) as world:
            (folder / "go.sum").unlink()
            go.ok(world, folder, "mod", "tidy", **env)
            go.ok(world, folder, "mod", "download", **env)
            assert go.run(world, folder, "run", ".", **env).stderr.endswith("from afar\n")
        # The public database's record and the files, hashed here, say the same.
        computed = Live(address, tmp_path / "cache").sums("github.com/pkg/errors", "v0.9.1")
        assert live.sums("github.com/pkg/errors", "v0.9.1") == computed is not None
