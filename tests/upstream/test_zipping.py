from __future__ import annotations

import os
import zipfile
from pathlib import Path

from chaosmod.upstream.zipping import module_files, write_zip


def put(root: Path, *names: str) -> None:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)


def test_what_is_a_modules_own(tmp_path: Path) -> None:
    put(tmp_path, "go.mod", "a.go", "sub/b.go", "vendor/c.go", "sub/vendor/d.go")
    put(
        tmp_path,
        "vendor/modules.txt",
        "vendor/x.example/x.go",
        "sub/vendor/y/y.go",
        ".git/config",
        "nested/go.mod",
        "nested/n.go",
    )
    (tmp_path / "link.go").symlink_to("a.go")
    assert list(module_files(tmp_path)) == ["a.go", "go.mod", "sub/b.go", "sub/vendor/d.go", "vendor/c.go"]


def test_same_bytes_whatever_the_files_times_modes_and_order(tmp_path: Path) -> None:
    put(tmp_path / "tree", "go.mod", "a.go")
    files: dict[str, Path | bytes] = dict(module_files(tmp_path / "tree"))
    write_zip(tmp_path / "one.zip", "a.example/A", "v1.0.0", files | {"made": b"up"})
    os.utime(tmp_path / "tree" / "a.go", (1, 1))
    (tmp_path / "tree" / "a.go").chmod(0o700)
    write_zip(tmp_path / "two.zip", "a.example/A", "v1.0.0", {"made": b"up"} | dict(reversed(files.items())))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        prefix = "a.example/A@v1.0.0/"
        assert archive.namelist() == [prefix + "a.go", prefix + "go.mod", prefix + "made"]
        assert archive.read(prefix + "made") == b"up"
        assert archive.read(prefix + "a.go") == b"a.go"
