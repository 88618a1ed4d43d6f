"""What an overlay mount would show, as real files: copied together from layers, and taken apart again."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

from chaosmod.lab.trees import copy_file

__all__ = ["lay", "written"]


def lay(layers: Sequence[Path], dest: Path) -> None:
    """Make the directory ``dest`` with all that ``layers`` hold, topmost first: of one name the topmost file counts.

    Modes, links and modification times are kept. Files are copied, never hard-linked: damage must not reach the layer.
    """
    os.mkdir(dest, 0o755)
    if not layers:
        return
    dest.chmod(0o700)  # whatever its mode is going to be: it has to be filled first
    named: dict[str, list[os.DirEntry[str]]] = {}
    for layer in layers:
        with os.scandir(layer) as entries:
            for entry in entries:
                named.setdefault(entry.name, []).append(entry)
    for name, same in named.items():
        top, target = same[0], dest / name
        if top.is_dir(follow_symlinks=False):
            lay([Path(e.path) for e in same if e.is_dir(follow_symlinks=False)], target)
        elif top.is_symlink():
            os.symlink(os.readlink(top.path), target)
        elif top.is_file():
            copy_file(Path(top.path), target)
    shutil.copystat(layers[0], dest)


def written(layers: Sequence[Path], dest: Path) -> None:
    """Leave in ``dest``, which :func:`lay` has made from ``layers``, what has been written to it since.

    A file is unwritten where its type, mode, size and modification time are those of the layer's. Directories are left
    where something is in them.
    """
    for layer in layers:
        for folder, _, files in os.walk(layer, topdown=False):
            here = dest / os.path.relpath(folder, layer)
            if here.is_symlink() or not here.is_dir():
                continue
            mode = here.stat().st_mode
            here.chmod(stat.S_IMODE(mode) | stat.S_IRWXU)
            for name in files:
                with contextlib.suppress(FileNotFoundError):
                    if _same(os.lstat(os.path.join(folder, name)), (here / name).lstat()):
                        (here / name).unlink()
            if here != dest and not any(os.scandir(here)):
                here.rmdir()
            else:
                here.chmod(stat.S_IMODE(mode))


def _same(a: os.stat_result, b: os.stat_result) -> bool:
    return (a.st_mode, a.st_size, a.st_mtime_ns) == (b.st_mode, b.st_size, b.st_mtime_ns)
