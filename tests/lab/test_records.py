"""What a module cache says that the checksum database has vouched for."""

from __future__ import annotations

import errno
from pathlib import Path

from chaosmod.lab.records import held


def test_the_records_of_all_databases_under_their_true_names(tmp_path: Path) -> None:
    for name in ("one.example/lookup/dep.example/!upper/x@v1.0.0-!r!c1", "two.example/lookup/b.example@v2.0.0"):
        file = tmp_path / "cache" / "download" / "sumdb" / name
        file.parent.mkdir(parents=True)
        file.write_text("1\n")
    assert held(str(tmp_path)) == ["b.example@v2.0.0", "dep.example/Upper/x@v1.0.0-RC1"]


def test_other_files_are_no_records(tmp_path: Path) -> None:
    tile = tmp_path / "cache" / "download" / "sumdb" / "one.example" / "tile" / "8" / "0" / "000.p" / "1"
    tile.parent.mkdir(parents=True)
    tile.write_bytes(b"x")
    (tmp_path / "cache" / "download" / "dep.example" / "@v").mkdir(parents=True)
    assert held(str(tmp_path)) == []


def test_no_module_cache_at_all(tmp_path: Path) -> None:
    assert held(str(tmp_path / "nowhere")) == []


def test_a_cache_that_links_lead_away_from(tmp_path: Path) -> None:
    def circle(name: str) -> Path:
        raise OSError(errno.ELOOP, "Too many levels of symbolic links", name)

    assert held("/lab/cache", circle) == []
