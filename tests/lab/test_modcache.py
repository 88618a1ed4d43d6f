"""A module cache against its upstream: each kind of entry has a test in which it is bad, and one in which it is fine."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from chaosmod.lab.modcache import compare
from chaosmod.upstream.dirhash import hash_gomod, hash_zip

MODULE, VERSION = "example.test/Big", "v1.0.0"
GOMOD = b"module example.test/Big\n"
SOURCE = b"package big\n"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    download = tmp_path / "cache" / "download" / "example.test" / "!big" / "@v"
    download.mkdir(parents=True)
    (download / "v1.0.0.mod").write_bytes(GOMOD)
    (download / "v1.0.0.info").write_text('{"Version":"v1.0.0"}')
    (download / "list").write_text("v1.0.0\n")
    (download / "v1.0.0.lock").touch()
    with zipfile.ZipFile(download / "v1.0.0.zip", "w") as out:
        out.writestr(f"{MODULE}@{VERSION}/go.mod", GOMOD)
        out.writestr(f"{MODULE}@{VERSION}/big.go", SOURCE)
    (download / "v1.0.0.ziphash").write_text(hash_zip(download / "v1.0.0.zip"))
    tree = tmp_path / "example.test" / "!big@v1.0.0"
    tree.mkdir(parents=True)
    (tree / "go.mod").write_bytes(GOMOD)
    (tree / "big.go").write_bytes(SOURCE)
    return tmp_path


@pytest.fixture
def true(cache: Path) -> tuple[str, str]:
    return hash_zip(download(cache) / "v1.0.0.zip"), hash_gomod(GOMOD)


def download(cache: Path) -> Path:
    return cache / "cache" / "download" / "example.test" / "!big" / "@v"


def bad(cache: Path, true: tuple[str, str]) -> list[tuple[str, str]]:
    def sums(module: str, version: str) -> tuple[str, str] | None:
        return true if (module, version) == (MODULE, VERSION) else None

    found = compare(cache, sums)
    assert {(b.module, b.version) for b in found.bad} <= {(MODULE, VERSION)}
    return [(b.path, b.problem) for b in found.bad]


def test_a_good_cache(cache: Path, true: tuple[str, str]) -> None:
    assert bad(cache, true) == []
    assert compare(cache, lambda *_: true).versions == 1


def test_an_empty_cache(tmp_path: Path) -> None:
    assert compare(tmp_path, lambda *_: None).versions == 0


def test_a_coherent_tamper_that_go_mod_verify_passes(cache: Path, true: tuple[str, str]) -> None:
    archive = download(cache) / "v1.0.0.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr(f"{MODULE}@{VERSION}/go.mod", GOMOD)
        out.writestr(f"{MODULE}@{VERSION}/big.go", b"package evil\n")
    (download(cache) / "v1.0.0.ziphash").write_text(hash_zip(archive))
    (cache / "example.test" / "!big@v1.0.0" / "big.go").write_bytes(b"package evil\n")
    assert bad(cache, true) == [
        ("cache/download/example.test/!big/@v/v1.0.0.zip", "differs from the upstream's zip"),
        ("cache/download/example.test/!big/@v/v1.0.0.ziphash", "is not the hash of the upstream's zip"),
        ("example.test/!big@v1.0.0", "is not what the upstream's zip holds"),
    ]


def test_a_zip_that_is_none(cache: Path, true: tuple[str, str]) -> None:
    (download(cache) / "v1.0.0.zip").write_bytes(b"<html>")
    assert bad(cache, true) == [("cache/download/example.test/!big/@v/v1.0.0.zip", "is not a readable zip")]


def test_an_edited_go_mod(cache: Path, true: tuple[str, str]) -> None:
    (download(cache) / "v1.0.0.mod").write_bytes(GOMOD + b"// \n")
    assert bad(cache, true) == [
        ("cache/download/example.test/!big/@v/v1.0.0.mod", "differs from the upstream's go.mod")
    ]


def test_an_info_of_another_version(cache: Path, true: tuple[str, str]) -> None:
    (download(cache) / "v1.0.0.info").write_text('{"Version":"v1.0.1"}')
    assert bad(cache, true) == [("cache/download/example.test/!big/@v/v1.0.0.info", "says 'v1.0.1'")]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_an_info_that_go_asks_for_again_is_no_bad_entry(cache: Path, true: tuple[str, str], text: str) -> None:
    (download(cache) / "v1.0.0.info").write_text(text)
    assert bad(cache, true) == []


@pytest.mark.parametrize("change", ["edit", "delete", "add"])
def test_an_extracted_tree_that_differs(cache: Path, true: tuple[str, str], change: str) -> None:
    tree = cache / "example.test" / "!big@v1.0.0"
    if change == "delete":
        (tree / "big.go").unlink()
    else:
        (tree / ("big.go" if change == "edit" else "more.go")).write_text("package other\n")
    assert bad(cache, true) == [("example.test/!big@v1.0.0", "is not what the upstream's zip holds")]


def test_an_unfinished_tree_is_extracted_again_by_go(cache: Path, true: tuple[str, str]) -> None:
    (cache / "example.test" / "!big@v1.0.0" / "big.go").unlink()
    (download(cache) / "v1.0.0.partial").touch()
    assert bad(cache, true) == []


def test_an_empty_ziphash_is_recomputed_by_go(cache: Path, true: tuple[str, str]) -> None:
    (download(cache) / "v1.0.0.ziphash").write_text("")
    assert bad(cache, true) == []


def test_a_version_that_the_upstream_does_not_know_is_passed_over(cache: Path, true: tuple[str, str]) -> None:
    (download(cache) / "v1.0.0.mod").write_bytes(b"?")
    assert compare(cache, lambda *_: None).bad == ()
