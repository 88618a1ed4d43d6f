"""The database against its judge: the real client in cmd/go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from chaosmod.upstream.base import NOT_FOUND, Reply, public_sums
from chaosmod.upstream.corpus import Corpus
from chaosmod.upstream.sumdb.database import SumDB, lookup_reply, record_text, tree_head
from chaosmod.upstream.sumdb.note import Signer
from chaosmod.upstream.sumdb.tree import Tree, leaf_hash
from tests.upstream.harness import Go, World, serving

SIGNER = Signer("sum.lab.example", bytes(range(32)))
WORDS, SHARED, OLD = (f"corpus.example/{m}@v1.0.0" for m in ("words", "shared", "old"))


def filler(count: int, text: str = "filler") -> Iterator[bytes]:
    for n in range(count):
        yield record_text(f"{text}.example", f"v1.0.{n}", ("h1:A=", "h1:B="))


def database(corpus: Corpus, seeds: Iterable[bytes] = ()) -> SumDB:
    return SumDB(SIGNER.name, public_sums(corpus), seeds, SIGNER)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "go.mod").write_text("module scratch.example\n\ngo 1.21\n")
    return tmp_path / "scratch"


def refusal(go: Go, world: World, folder: Path, module: str = WORDS) -> str:
    done = go.run(world, folder, "mod", "download", module)
    assert done.returncode == 1
    return done.stderr


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 105_020])
def test_trees_of_every_shape_are_accepted(size: int, corpus: Corpus, go: Go, scratch: Path) -> None:
    with serving(corpus, database(corpus, filler(size - 1))) as world:
        go.ok(world, scratch, "mod", "download", WORDS)
        assert len(world.db.records()) == size
        assert any(r.startswith("/db/tile/") for r in world.requests)


@pytest.mark.parametrize("before", [1, 254, 255, 65_534])
def test_a_client_that_remembers_accepts_growth(before: int, corpus: Corpus, go: Go, scratch: Path) -> None:
    with serving(corpus, database(corpus, filler(before))) as world:
        for module in (WORDS, SHARED, OLD):
            go.ok(world, scratch, "mod", "download", module)
        assert len(world.db.records()) == before + 3
        remembered = next((go.home / "gopath/pkg/sumdb").rglob("latest")).read_text()
        assert remembered.splitlines()[1] == str(before + 3)


def test_a_continued_database_is_accepted_by_a_client_that_remembers(corpus: Corpus, go: Go, scratch: Path) -> None:
    with serving(corpus, database(corpus, filler(300))) as world:
        go.ok(world, scratch, "mod", "download", WORDS)
    with serving(corpus, database(corpus, world.db.records())) as again:
        go.ok(again, scratch, "mod", "download", SHARED)


def test_wrong_hash(corpus: Corpus, go: Go, scratch: Path) -> None:
    def wrong(module: str, version: str) -> tuple[str, str] | None:
        found = corpus.sums(module, version)
        return found and (found[1], found[1])

    with serving(corpus, SumDB(SIGNER.name, wrong, signer=SIGNER)) as world:
        assert "SECURITY ERROR" in refusal(go, world, scratch)


def lying(world: World, change: Callable[[str, bytes], bytes]) -> None:
    """Let every answer of the database pass through ``change`` (path, body)."""

    def fetch(path: str) -> Reply:
        reply = world.db.fetch(path)
        return Reply(reply.status, change(path, reply.read()), content_type=reply.content_type)

    world.db_fetch = fetch


def test_altered_record(world: World, go: Go, scratch: Path) -> None:
    lying(world, lambda path, body: body.replace(b" h1:", b" h1:x", 1) if "/lookup/" in path else body)
    assert "cannot authenticate record data" in refusal(go, world, scratch)


def test_altered_signature(world: World, go: Go, scratch: Path) -> None:
    lying(world, lambda path, body: body[:-12] + b"AAAAAAAA" + body[-4:] if "/lookup/" in path else body)
    assert "invalid signature for key" in refusal(go, world, scratch)


def test_hyphen_for_the_em_dash(world: World, go: Go, scratch: Path) -> None:
    lying(world, lambda path, body: body.replace("\u2014".encode(), b"-"))
    assert "malformed note" in refusal(go, world, scratch)


def test_altered_tile(world: World, go: Go, scratch: Path) -> None:
    world.db.fetch("/lookup/corpus.example/shared@v1.0.0")
    lying(world, lambda path, body: bytes(len(body)) if "/tile/" in path else body)
    assert "inconsistent tile" in refusal(go, world, scratch)


def test_missing_tile(world: World, go: Go, scratch: Path) -> None:
    world.db.fetch("/lookup/corpus.example/shared@v1.0.0")
    world.db_fetch = lambda path: NOT_FOUND if "/tile/" in path else world.db.fetch(path)
    assert "/tile/8/0/000.p/2: 404 Not Found" in refusal(go, world, scratch)


def test_another_key(corpus: Corpus, go: Go, scratch: Path) -> None:
    with serving(corpus, database(corpus)) as world:
        key = Signer(SIGNER.name, bytes(32)).verifier_key
        done = go.run(world, scratch, "mod", "download", WORDS, GOSUMDB=f"{key} {world.url}/db")
        assert "no verifiable signatures" in done.stderr


def test_fork_is_noticed_by_a_client_that_remembers(corpus: Corpus, go: Go, scratch: Path) -> None:
    with serving(corpus, database(corpus, filler(10))) as world:
        go.ok(world, scratch, "mod", "download", WORDS)
    with serving(corpus, database(corpus, filler(20, "forked"))) as forked:
        assert "SECURITY ERROR" in refusal(go, forked, scratch, SHARED)


def test_the_pure_functions_make_what_the_database_serves(corpus: Corpus) -> None:
    """So a lying database needs no more than other arguments for them."""
    db = database(corpus, filler(3))
    record = list(filler(3))[1]
    head = tree_head(Tree(map(leaf_hash, filler(3))).at(3), SIGNER)
    assert db.fetch("/lookup/filler.example@v1.0.1").read() == lookup_reply(1, record, head)
