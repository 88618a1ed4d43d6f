from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from chaosmod.upstream.corpus_build import build, sources, sources_digest


def source(root: Path) -> Path:
    for name, files in {
        "a.example/m@v1.10.0": {"go.mod": "module a.example/m\n", "m.go": "package m\n"},
        "a.example/m@v1.9.0": {"go.mod": "module a.example/m\n", "data.generate": "bytes 1000\nseed x\n"},
        "a.example/Old@v2.0.0+incompatible": {"old.go": "package old\n"},
        "a.example/p@v0.0.0-20240305112233-5f3c9a1e7b42": {"go.mod": "module a.example/p\n"},
    }.items():
        for file, text in files.items():
            path = root / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return root


@pytest.fixture
def built(tmp_path: Path) -> Path:
    return build(tmp_path / "cache", source(tmp_path / "src"))


def test_sources_are_in_the_order_of_versions(tmp_path: Path) -> None:
    assert [v for m, v in sources(source(tmp_path)) if m == "a.example/m"] == ["v1.9.0", "v1.10.0"]


def test_info_times(built: Path) -> None:
    def time(file: str) -> str:
        return str(json.loads((built / file).read_text())["Time"])

    assert time("a.example/m/@v/v1.9.0.info") < time("a.example/m/@v/v1.10.0.info")
    assert time("a.example/p/@v/v0.0.0-20240305112233-5f3c9a1e7b42.info") == "2024-03-05T11:22:33Z"


def test_gomod_is_made_up_where_there_is_none(built: Path) -> None:
    stem = built / "a.example/!old/@v/v2.0.0+incompatible"
    assert Path(f"{stem}.mod").read_text() == "module a.example/Old\n"
    with zipfile.ZipFile(f"{stem}.zip") as archive:
        assert archive.namelist() == ["a.example/Old@v2.0.0+incompatible/old.go"]


def test_generated_content(built: Path) -> None:
    with zipfile.ZipFile(built / "a.example/m/@v/v1.9.0.zip") as archive:
        assert len(archive.read("a.example/m@v1.9.0/data")) == 1000


def test_same_sources_are_built_once_and_others_anew(tmp_path: Path) -> None:
    root = source(tmp_path / "src")
    first = build(tmp_path / "cache", root)
    stamp = first.stat().st_mtime_ns
    assert build(tmp_path / "cache", root) == first
    assert first.stat().st_mtime_ns == stamp
    before = sources_digest(root)
    (root / "a.example/m@v1.10.0/m.go").write_text("package m // changed\n")
    assert sources_digest(root) != before
    assert build(tmp_path / "cache", root) != first


def test_failed_build_leaves_nothing(tmp_path: Path) -> None:
    root = source(tmp_path / "src")
    (root / "a.example/m@v1.9.0/data.generate").write_text("bytes many\nseed x\n")
    with pytest.raises(ValueError, match="many"):
        build(tmp_path / "cache", root)
    assert list((tmp_path / "cache").iterdir()) == []


def test_two_builds_are_the_same_bytes(tmp_path: Path) -> None:
    root = source(tmp_path / "src")
    one, two = build(tmp_path / "one", root), build(tmp_path / "two", root)
    files = [f.relative_to(one) for f in sorted(one.rglob("*")) if f.is_file()]
    assert len(files) == 12
    assert all((one / f).read_bytes() == (two / f).read_bytes() for f in files)
