from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

import pytest

from chaosmod.errors import UpstreamError
from chaosmod.upstream.dirhash import hash1, hash_dir, hash_gomod, hash_zip


def by_hand(*files: tuple[bytes, bytes]) -> str:
    """The definition, spelt out: the sha256 of the sorted lines that sha256sum prints."""
    lines = b"".join(hashlib.sha256(c).hexdigest().encode() + b"  " + n + b"\n" for n, c in sorted(files))
    return "h1:" + base64.b64encode(hashlib.sha256(lines).digest()).decode()


def test_gomod() -> None:
    assert hash_gomod(b"module a.example\n") == by_hand((b"go.mod", b"module a.example\n"))


def test_zip_and_tree_agree(tmp_path: Path) -> None:
    files = {"b.go": b"b", "B.go": b"B", "sub/ü.go": b"u" * 3_000_000, "empty": b""}
    for name, content in files.items():
        file = tmp_path / "tree" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    with zipfile.ZipFile(tmp_path / "m.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"a.example@v1.0.0/{name}", content)
    expected = by_hand(*((f"a.example@v1.0.0/{n}".encode(), c) for n, c in files.items()))
    assert hash_zip(tmp_path / "m.zip") == expected
    assert hash_dir(tmp_path / "tree", "a.example@v1.0.0") == expected


def test_name_without_the_utf8_flag_counts_as_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "m.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a@v1.0.0/_.go", b"x")
    file.write_bytes(file.read_bytes().replace(b"/_.go", b"/\x81.go"))
    assert hash_zip(file) == by_hand((b"a@v1.0.0/\x81.go", b"x"))


def test_newline_in_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="newline"):
        hash1({b"a\nb": "00"})


@pytest.mark.parametrize("damage", ["empty", "text", "truncated", "flipped", "missing"])
def test_bad_zip(damage: str, tmp_path: Path) -> None:
    file = tmp_path / "m.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a@v1.0.0/a.go", b"package a" * 100)
    good = file.read_bytes()
    bad = {"empty": b"", "text": b"<html>", "truncated": good[:-30], "flipped": good.replace(b"package", b"pAckage", 1)}
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(bad[damage])
    with pytest.raises(UpstreamError, match="not a good module zip"):
        hash_zip(file)
