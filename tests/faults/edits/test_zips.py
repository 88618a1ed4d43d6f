"""Edits of module zips, read again by Python's own implementation, which checks every CRC."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest

from chaosmod.faults.actions import Edit
from chaosmod.faults.edits import zips
from chaosmod.faults.edits.common import CHUNK

PREFIX = "example.test/lib/v2@v2.1.0+incompatible/"
FILES = {"go.mod": b"module example.test/lib/v2\n", "lib.go": b"package lib\n" * 40, "data/x.txt": b"x"}
EDITS = [getattr(zips, name) for name in zips.__all__]


def packed(how: int = zipfile.ZIP_STORED, prefix: str = PREFIX, files: dict[str, bytes] = FILES) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(prefix + name, content)
    return target.getvalue()


def edit(how: Edit, body: bytes) -> tuple[zipfile.ZipFile, str]:
    target = io.BytesIO()
    words = how(io.BytesIO(body), target)
    return zipfile.ZipFile(target), words


def contents(archive: zipfile.ZipFile) -> dict[str, bytes]:
    return {name.removeprefix(PREFIX): archive.read(name) for name in archive.namelist()}


both = pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])


@both
def test_flipped_data_cannot_be_read(how: int) -> None:
    archive, words = edit(zips.flip_data, packed(how))
    assert words.startswith("flipped a bit of lib.go at byte ")
    assert words.endswith("its CRC is wrong")
    with pytest.raises((zipfile.BadZipFile, zlib.error)):
        archive.read(PREFIX + "lib.go")
    assert archive.read(PREFIX + "go.mod") == FILES["go.mod"]


@both
def test_flipped_content_can_be_read(how: int) -> None:
    archive, words = edit(zips.flip_content, packed(how))
    assert words == "flipped a bit of lib.go, its CRC is right"
    assert contents(archive) == {**FILES, "lib.go": b"q" + FILES["lib.go"][1:]}


def test_flipped_content_of_a_large_file() -> None:
    archive, _ = edit(zips.flip_content, packed(files={"go.mod": b"module m", "blob.bin": bytes(3 * CHUNK)}))
    assert archive.read(PREFIX + "blob.bin") == b"\x01" + bytes(3 * CHUNK - 1)


def test_overwritten_sources_and_nothing_else() -> None:
    archive, words = edit(zips.overwrite, packed())
    assert words == "served other sources under the same version"
    found = contents(archive)
    assert found["lib.go"].startswith(FILES["lib.go"])
    assert b"func init()" in found["lib.go"][len(FILES["lib.go"]) :]
    assert {**found, "lib.go": FILES["lib.go"]} == FILES


def test_wrong_prefix_is_another_version_of_the_same_module() -> None:
    archive, words = edit(zips.wrong_prefix, packed())
    assert words == "served the files under the name of another version"
    other = "example.test/lib/v2@v0.0.0-19700101000000-000000000000/"
    assert archive.namelist() == [other + name for name in FILES]


def test_path_traversal_leads_out() -> None:
    archive, words = edit(zips.path_traversal, packed())
    assert words == "added a file whose path leads out of the module"
    assert archive.namelist() == [PREFIX + name for name in (*FILES, "../../escaped.txt")]


def test_case_collision_with_the_largest_file() -> None:
    archive, words = edit(zips.case_collision, packed())
    assert words == "added a file whose name differs from another one's in case alone"
    assert archive.namelist() == [PREFIX + name for name in (*FILES, "LIB.GO")]


def test_oversized_is_small_on_the_wire() -> None:
    archive, words = edit(zips.oversize, packed())
    assert words == "added a file of 501 MiB of zeros"
    added = archive.getinfo(PREFIX + "oversized.bin")
    assert added.file_size > 500 << 20
    assert added.compress_size < 4 << 20
    assert archive.read(PREFIX + "lib.go") == FILES["lib.go"]


@pytest.mark.parametrize("how", EDITS)
@pytest.mark.parametrize("body", [b"", b"<html>", packed()[:-30], packed()[:100]], ids=["empty", "page", "cut", "head"])
def test_no_zip(how: Edit, body: bytes) -> None:
    with pytest.raises(ValueError, match="what should be a module zip cannot be read"):
        edit(how, body)


@pytest.mark.parametrize("how", EDITS)
@pytest.mark.parametrize("body", [packed(files={}), packed(prefix="")])
def test_no_module_zip(how: Edit, body: bytes) -> None:
    with pytest.raises(ValueError, match="has no files named MODULE@VERSION/NAME"):
        edit(how, body)
