"""Module zips from source trees, byte for byte the same on every machine.

What goes into a zip is what golang.org/x/mod/zip.CreateFromDir takes: regular files, without version-control folders,
nested modules and vendored packages.
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["module_files", "write_zip"]

_VCS = {".git", ".hg", ".svn", ".bzr"}
_VENDORED = re.compile(r"(?:^|/)vendor/(?:modules\.txt$|.*/)")


def module_files(root: Path) -> dict[str, Path]:
    """The files of the module at ``root``, by slash-separated name relative to it, sorted."""
    files = {}
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = [d for d in folders if d not in _VCS and not (here / d / "go.mod").exists()]
        for name in names:
            file = here / name
            relative = file.relative_to(root).as_posix()
            if file.is_file() and not file.is_symlink() and not _VENDORED.search(relative):
                files[relative] = file
    return dict(sorted(files.items()))


def write_zip(out: Path, module: str, version: str, files: Mapping[str, Path | bytes]) -> None:
    """Write ``files`` (name in the module -> a file, or the content itself) as the zip of ``module@version``.

    Entries are sorted, dated 1980 and stored uncompressed: the output of deflate depends on the zlib that Python was
    built with, and the bytes of a zip are compared when a module cache is checked against its upstream.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{module}@{version}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3  # Unix, also where Python would write the machine's own
            info.external_attr = 0o100644 << 16
            source = files[name]
            with archive.open(info, "w") as entry:
                if isinstance(source, bytes):
                    entry.write(source)
                else:
                    with source.open("rb") as stream:
                        shutil.copyfileobj(stream, entry, 1 << 20)
