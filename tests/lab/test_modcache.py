"""A module cache against its upstream: each kind of entry has a test in which it is bad, and one in which it is fine."""

from __future__ import annotations

import os
import shutil
import socket
import zipfile
from pathlib import Path

import pytest

from chaosmod.lab.links import resolve
from chaosmod.lab.modcache import compare
from chaosmod.upstream.dirhash import hash_gomod, hash_zip
from tests.support.users import ORDINARY_UID, as_ordinary_user

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

    found = compare(str(cache), sums)
    assert {(b.module, b.version) for b in found.bad} <= {(MODULE, VERSION)}
    return [(b.path, b.problem) for b in found.bad]


def test_a_good_cache(cache: Path, true: tuple[str, str]) -> None:
    assert bad(cache, true) == []
    assert compare(str(cache), lambda *_: true).versions == 1


def test_an_empty_cache(tmp_path: Path) -> None:
    assert compare(str(tmp_path / "none"), lambda *_: None).versions == 0


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
    assert compare(str(cache), lambda *_: None).bad == ()


PLACE = "cache/download/example.test/!big/@v"


def put(odd: str, path: Path) -> None:
    """Something that is no file, in the place of ``path``."""
    path.unlink(missing_ok=True)
    if odd == "a folder":
        path.mkdir()
    elif odd == "a FIFO":
        os.mkfifo(path)
    elif odd == "a socket":
        here = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)  # the path itself is too long for an address
        try:
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(f"/proc/self/fd/{here}/{path.name}")
        finally:
            os.close(here)
    else:
        path.symlink_to("elsewhere" if odd == "a symbolic link to nothing" else "/etc/hosts")


ODD = ["a folder", "a FIFO", "a socket", "a symbolic link", "a symbolic link to nothing"]


@pytest.mark.parametrize("suffix", ["info", "mod", "zip", "ziphash"])
@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_file_is_bad_and_not_opened(cache: Path, true: tuple[str, str], odd: str, suffix: str) -> None:
    put(odd, download(cache) / f"v1.0.0.{suffix}")
    said = f"is not a file: {odd.removesuffix(' to nothing')}"
    assert bad(cache, true) == [(f"{PLACE}/v1.0.0.{suffix}", said)]


@pytest.mark.parametrize("odd", ODD[1:])
def test_an_extracted_tree_holds_only_files(cache: Path, true: tuple[str, str], odd: str) -> None:
    put(odd, cache / "example.test" / "!big@v1.0.0" / "big.go")
    said = f"is not a file: {odd.removesuffix(' to nothing')}"
    assert bad(cache, true) == [("example.test/!big@v1.0.0/big.go", said)]


def test_a_linked_folder_in_an_extracted_tree_is_not_followed(cache: Path, true: tuple[str, str]) -> None:
    (cache / "example.test" / "!big@v1.0.0" / "more").symlink_to("/etc")
    assert bad(cache, true) == [("example.test/!big@v1.0.0/more", "is not a file: a symbolic link")]


@pytest.mark.parametrize("odd", ["a FIFO", "a symbolic link"])
def test_what_is_no_extracted_tree(cache: Path, true: tuple[str, str], odd: str) -> None:
    shutil.rmtree(cache / "example.test" / "!big@v1.0.0")
    put(odd, cache / "example.test" / "!big@v1.0.0")
    assert bad(cache, true) == [("example.test/!big@v1.0.0", f"is not a folder: {odd}")]


def test_a_tree_that_is_not_there_is_extracted_by_go(cache: Path, true: tuple[str, str]) -> None:
    shutil.rmtree(cache / "example.test")
    assert bad(cache, true) == []


def test_a_name_that_no_zip_can_hold(cache: Path, true: tuple[str, str]) -> None:
    (cache / "example.test" / "!big@v1.0.0" / "new\nline.go").touch()
    assert bad(cache, true) == [("example.test/!big@v1.0.0", "is not what the upstream's zip holds")]


def test_a_link_does_not_make_a_tree_an_unfinished_one(cache: Path, true: tuple[str, str]) -> None:
    (cache / "example.test" / "!big@v1.0.0" / "big.go").unlink()
    (download(cache) / "v1.0.0.partial").symlink_to("nowhere")
    assert bad(cache, true) == [("example.test/!big@v1.0.0", "is not what the upstream's zip holds")]


def test_an_encrypted_zip(cache: Path, true: tuple[str, str]) -> None:
    archive = download(cache) / "v1.0.0.zip"
    content = bytearray(archive.read_bytes())
    for head, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = content.find(head)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(head, at + 4)
    archive.write_bytes(content)
    assert bad(cache, true) == [(f"{PLACE}/v1.0.0.zip", "is not a readable zip")]


def test_an_info_that_nests_without_end_is_none_that_go_can_read(cache: Path, true: tuple[str, str]) -> None:
    (download(cache) / "v1.0.0.info").write_text("[" * 200_000)
    assert bad(cache, true) == []


def test_a_name_that_is_not_utf8_is_none_of_gos(cache: Path, true: tuple[str, str]) -> None:
    (download(cache) / os.fsdecode(b"v1.0.0\xff.mod")).write_bytes(b"?")
    assert compare(str(cache), lambda *_: true).versions == 1


def test_what_is_closed_to_us(cache: Path, true: tuple[str, str], ordinary_dir: Path) -> None:
    shutil.copytree(cache, ordinary_dir, dirs_exist_ok=True)
    for path in (ordinary_dir, *ordinary_dir.rglob("*")):
        if os.geteuid() == 0:
            os.chown(path, ORDINARY_UID, ORDINARY_UID)

    def check() -> None:
        place, tree = download(ordinary_dir), ordinary_dir / "example.test" / "!big@v1.0.0"
        for name in ("v1.0.0.mod", "v1.0.0.info"):
            (place / name).chmod(0)
        tree.chmod(0)
        refused = "cannot be read: Permission denied"
        assert bad(ordinary_dir, true) == [
            (f"{PLACE}/v1.0.0.info", refused),
            (f"{PLACE}/v1.0.0.mod", refused),
            ("example.test/!big@v1.0.0", refused),
        ]
        place.chmod(0)
        assert [(b.path, b.problem) for b in compare(str(ordinary_dir), lambda *_: true).bad] == [(PLACE, refused)]

    as_ordinary_user(check)


def found(root: Path, true: tuple[str, str]) -> tuple[int, list[tuple[str, str]]]:
    """How many versions the cache at ``/go/mod`` of the root directory ``root`` has, and what is bad in it."""
    compared = compare("/go/mod", lambda *_: true, lambda inside: resolve(root, inside))
    return compared.versions, [(b.path, b.problem) for b in compared.bad]


@pytest.fixture
def root(cache: Path, true: tuple[str, str]) -> Path:
    """A root directory with the cache at ``/home/m``."""
    made = cache / "root"
    (made / "home" / "m").mkdir(parents=True)
    (made / "go").mkdir()
    for name in ("cache", "example.test"):
        (cache / name).rename(made / "home" / "m" / name)
    return made


def move(root: Path, moved: str) -> None:
    """Let the cache at /go/mod be, or have, an absolute link to what ``moved`` says."""
    mod = root / "go" / "mod"
    if moved == "mod":
        mod.symlink_to("/home/m")
        return
    (root / "home" / "m").rename(mod)
    (mod / moved).rename(root / "home" / "elsewhere")
    (mod / moved).symlink_to("/home/elsewhere")


FOLDERS = ["mod", "cache", "cache/download", "cache/download/example.test", PLACE, "example.test"]


@pytest.mark.parametrize("moved", FOLDERS)
def test_a_cache_that_was_moved_is_compared(root: Path, true: tuple[str, str], moved: str) -> None:
    move(root, moved)
    assert found(root, true) == (1, [])
    edited = root / "home" / "m" / "example.test"
    if moved == "example.test":
        edited = root / "home" / "elsewhere"
    elif moved != "mod":
        edited = root / "go" / "mod" / "example.test"
    (edited / "!big@v1.0.0" / "big.go").write_text("package evil\n")
    assert found(root, true) == (1, [("example.test/!big@v1.0.0", "is not what the upstream's zip holds")])


@pytest.mark.parametrize("moved", FOLDERS[:-1])
def test_a_link_that_leads_nowhere(root: Path, true: tuple[str, str], moved: str) -> None:
    move(root, moved)
    (root / "home").rename(root / "gone")
    at = moved if len(moved) > len("cache/download") else "cache/download"
    assert found(root, true) == (0, [(at, "is behind a symbolic link that leads nowhere")])


def test_a_link_to_itself(root: Path, true: tuple[str, str]) -> None:
    (root / "go" / "mod").symlink_to("/go/mod")
    assert found(root, true) == (0, [("cache/download", "cannot be read: Too many levels of symbolic links")])


def test_a_link_to_a_folder_above(root: Path, true: tuple[str, str]) -> None:
    move(root, "mod")
    (root / "home" / "m" / "cache" / "download" / "back").symlink_to("/home/m/cache/download")
    said = "is a symbolic link to a folder that it is in"
    assert found(root, true) == (1, [("cache/download/back", said)])


def test_what_is_no_cache(root: Path, true: tuple[str, str]) -> None:
    (root / "go" / "mod").write_text("")
    assert found(root, true) == (0, [("cache/download", "cannot be read: Not a directory")])
    (root / "go" / "mod").unlink()
    (root / "go" / "mod" / "cache").mkdir(parents=True)
    (root / "go" / "mod" / "cache" / "download").write_text("")
    assert found(root, true) == (0, [("cache/download", "is not a folder: a file")])


def test_a_link_to_a_file_beside_the_folders(root: Path, true: tuple[str, str]) -> None:
    move(root, "mod")
    (root / "home" / "lock").touch()
    (root / "home" / "m" / "cache" / "download" / "lock").symlink_to("/home/lock")
    assert found(root, true) == (1, [])
