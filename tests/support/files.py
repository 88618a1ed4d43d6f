"""Trees for tests, written down as dictionaries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Write ``files`` (path -> contents) below ``root``, which is made where missing, and return ``root``."""
    root.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def snapshot(root: Path) -> dict[str, tuple[int, int, str]]:
    """Everything below ``root``: path -> (mode, modification time in ns, contents or link target)."""
    found = {}
    for path in sorted(root.rglob("*")):
        info = path.lstat()
        text = f"-> {path.readlink()}" if path.is_symlink() else path.read_text() if path.is_file() else ""
        found[path.relative_to(root).as_posix()] = (info.st_mode, info.st_mtime_ns, text)
    return found
