"""The corpus as the real go command sees it."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest

from chaosmod.errors import WorkspaceError
from chaosmod.upstream.base import Upstream
from chaosmod.upstream.corpus import Corpus, main, workspace_dir, workspaces, write_go_sums
from chaosmod.upstream.dirhash import hash_dir
from tests.upstream.harness import Go, World

Copy = Callable[[str], Path]

MODULE_DIRS = {"app": ".", "big": ".", "lib": ".", "service": "multi/service", "tool": "multi/tool", "vendored": "."}


def module(name: str, workspace: Copy) -> Path:
    """A writable copy of one module of the workspaces, with its siblings."""
    inside = MODULE_DIRS[name]
    return workspace(name) if inside == "." else workspace("multi") / inside.removeprefix("multi/")


def test_is_an_upstream(corpus: Corpus) -> None:
    assert isinstance(corpus, Upstream)
    assert corpus.name == "corpus"
    assert not corpus.blocking
    assert ("corpus.example/Upper/Case", "v1.1.0") in corpus.modules()


def test_cold_build_with_the_committed_go_sum_asks_no_database(world: World, go: Go, workspace: Copy) -> None:
    app = workspace("app")
    go.ok(world, app, "build", "-o", str(app.parent / "app.out"), ".")
    assert "/corpus.example/!upper/!case/@v/v1.1.0.zip" in world.requests
    assert not [r for r in world.requests if r.startswith("/db/")]


def test_built_program_runs_every_part(world: World, go: Go, workspace: Copy) -> None:
    assert go.ok(world, workspace("app"), "run", ".", "ada", "bob") == "HELLO, BOB!\nHELLO, ADA!\n"


@pytest.mark.parametrize("name", MODULE_DIRS)
def test_tidy_without_go_sum_gives_the_committed_one(name: str, world: World, go: Go, workspace: Copy) -> None:
    folder = module(name, workspace)
    committed = {f: (folder / f).read_bytes() for f in ("go.mod", "go.sum")}
    (folder / "go.sum").unlink()
    go.ok(world, folder, "mod", "tidy")
    assert {f: (folder / f).read_bytes() for f in committed} == committed
    assert [r for r in world.requests if r.startswith("/db/lookup/")]
    assert go.ok(world, folder, "mod", "verify") == "all modules verified\n"


def test_go_sum_by_a_bare_key_through_the_proxy(world: World, go: Go, workspace: Copy) -> None:
    app = workspace("app")
    committed = (app / "go.sum").read_bytes()
    (app / "go.sum").unlink()
    go.ok(world, app, "mod", "tidy", GOSUMDB=world.db.verifier_key)
    assert (app / "go.sum").read_bytes() == committed
    assert f"/sumdb/{world.db.name}/supported" in world.requests


def test_committed_go_sums_are_what_python_computes(corpus: Corpus, workspace: Copy) -> None:
    for name in workspaces():
        assert write_go_sums(workspace(name), corpus) == []


def test_command_finds_nothing_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    assert capsys.readouterr().out == ""


def test_go_sums_are_mended(corpus: Corpus, workspace: Copy) -> None:
    app = workspace("app")
    good = (app / "go.sum").read_bytes()
    (app / "go.sum").write_text("nothing\n")
    assert write_go_sums(app, corpus) == [app / "go.sum"]
    assert (app / "go.sum").read_bytes() == good


def test_multi_builds_with_a_local_replace(world: World, go: Go, workspace: Copy) -> None:
    multi = workspace("multi")
    go.ok(world, multi, "vet", "./service/...", "./tool/...")
    assert not (multi / "go.work.sum").exists()


def test_vendored_builds_without_a_proxy_and_is_what_go_would_vendor(world: World, go: Go, workspace: Copy) -> None:
    vendored = workspace("vendored")
    assert go.ok(None, vendored, "run", ".") == "hello, Rodnev!\n"
    before = hash_dir(vendored / "vendor", "vendor")
    go.ok(world, vendored, "mod", "vendor")
    assert hash_dir(vendored / "vendor", "vendor") == before


def scratch(tmp_path: Path, *requires: str) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    lines = "".join(f"require {r}\n" for r in requires)
    (folder / "go.mod").write_text(f"module scratch.example\n\ngo 1.21\n\n{lines}")
    return folder


def listed(go: Go, world: World, folder: Path, *args: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(go.ok(world, folder, "list", "-m", "-json", *args))
    return found


def test_retracted_and_deprecated_are_seen(world: World, go: Go, tmp_path: Path) -> None:
    folder = scratch(tmp_path, "corpus.example/careful v1.1.0", "corpus.example/old v1.0.0")
    careful = listed(go, world, folder, "-u", "-retracted", "corpus.example/careful@v1.1.0")
    assert careful["Retracted"] == ["Check fails for every input"]
    out = go.ok(world, folder, "list", "-mod=mod", "-m", "-u", "all")
    assert "corpus.example/careful v1.1.0 (retracted) [v1.1.1]" in out
    assert "corpus.example/old v1.0.0 [v1.0.1] (deprecated)" in out


@pytest.mark.parametrize(
    ("query", "version"),
    [
        ("corpus.example/greet@latest", "v1.2.0"),
        ("corpus.example/greet@v1.3.0-rc.1", "v1.3.0-rc.1"),
        ("corpus.example/stack/v2@latest", "v2.1.0"),
        ("corpus.example/legacy@v2.1.0+incompatible", "v2.1.0+incompatible"),
        ("corpus.example/snap@latest", "v0.0.0-20240305112233-5f3c9a1e7b42"),
        ("corpus.example/Upper/Case@latest", "v1.1.0"),
    ],
)
def test_queries(query: str, version: str, world: World, go: Go, tmp_path: Path) -> None:
    assert listed(go, world, scratch(tmp_path), query)["Version"] == version


def test_every_version_is_downloaded_and_verified(world: World, go: Go, tmp_path: Path, corpus: Corpus) -> None:
    public = [f"{m}@{v}" for m, v in corpus.modules() if not m.startswith("private.")]
    go.ok(world, scratch(tmp_path), "mod", "download", *public)


def test_private_module_is_unknown_to_the_database(world: World, go: Go, tmp_path: Path) -> None:
    folder, secret = scratch(tmp_path), "private.example/team/secret@v1.0.0"
    refused = go.run(world, folder, "mod", "download", secret)
    assert refused.returncode == 1
    assert "404 Not Found" in refused.stderr
    go.ok(world, folder, "mod", "download", secret, GONOSUMDB="private.example")


def test_unknown_module_is_404(world: World, go: Go, tmp_path: Path) -> None:
    done = go.run(world, scratch(tmp_path), "mod", "download", "corpus.example/nothing@v1.0.0")
    assert "404 Not Found" in done.stderr


def test_unknown_workspace_gets_a_hint() -> None:
    assert workspace_dir("app").joinpath("go.mod").is_file()
    with pytest.raises(WorkspaceError, match="did you mean corpus:vendored"):
        workspace_dir("vendor")
    with pytest.raises(WorkspaceError, match="there are app, big, lib, multi, vendored"):
        workspace_dir("../modules")


def _construct(folder: Path) -> str:
    return Corpus(folder).digest()


def test_processes_that_build_at_once_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        digests = pool.map(_construct, [tmp_path] * 4)
    assert len(set(digests)) == 1
    assert len(list(tmp_path.iterdir())) == 1
