"""From the corpus's source trees to the files of a module proxy, the same bytes on every machine."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from chaosmod.upstream import modpath
from chaosmod.upstream.zipping import module_files, write_zip

__all__ = ["MODULES", "build", "sources", "sources_digest"]

MODULES = Path(__file__).parent / "corpus" / "modules"
"""Where the sources are: ``MODULES/PATH@VERSION/``."""

_FORMAT = b"1"
"""Counted up whenever this file makes other output of the same sources."""

_EPOCH = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
_GENERATE = ".generate"


def sources(root: Path = MODULES) -> list[tuple[str, str]]:
    """Every (module, version) of the corpus, by path and then by version."""
    found = []
    for folder, folders, _ in os.walk(root):
        for name in [d for d in folders if "@" in d]:
            folders.remove(name)  # the inside of a module version is not searched for more
            path, _, version = Path(folder, name).relative_to(root).as_posix().rpartition("@")
            found.append((path, version))
    return sorted(found, key=lambda mv: (mv[0], modpath.version_key(mv[1])))


def sources_digest(root: Path = MODULES) -> str:
    """Hex digest of all sources: names and contents."""
    total = hashlib.sha256(_FORMAT)
    for file in sorted(f for f in root.rglob("*") if f.is_file()):
        content = file.read_bytes()
        total.update(f"{file.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def build(cache_dir: Path, root: Path = MODULES) -> Path:
    """The proxy folder of the sources in ``root``, made below ``cache_dir`` unless it is there already.

    Processes that build at the same time do no harm: each works in a folder of its own, and the first to rename wins.
    """
    target = cache_dir / f"corpus-{sources_digest(root)[:24]}"
    if target.is_dir():
        return target
    cache_dir.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="corpus-building-", dir=cache_dir))
    try:
        ordinal: dict[str, int] = {}
        for module, version in sources(root):
            ordinal[module] = ordinal.get(module, 0) + 1
            _publish(root / f"{module}@{version}", module, version, ordinal[module], work)
        work.chmod(0o755)
        try:
            work.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def _publish(source: Path, module: str, version: str, ordinal: int, out: Path) -> None:
    folder = out / modpath.escape(module) / "@v"
    folder.mkdir(parents=True, exist_ok=True)
    stem = modpath.escape(version)
    files = dict(_contents(module_files(source)))
    # Without a go.mod the go command, and so a proxy, makes one up (modfetch.LegacyGoMod).
    gomod = (source / "go.mod").read_bytes() if "go.mod" in files else f"module {module}\n".encode()
    info = {"Version": version, "Time": _time(version, ordinal)}
    (folder / f"{stem}.info").write_text(json.dumps(info, separators=(",", ":")), encoding="utf-8")
    (folder / f"{stem}.mod").write_bytes(gomod)
    write_zip(folder / f"{stem}.zip", module, version, files)


def _contents(files: dict[str, Path]) -> Iterator[tuple[str, Path | bytes]]:
    for name, file in files.items():
        if name.endswith(_GENERATE):
            yield name.removesuffix(_GENERATE), _generated(file.read_text(encoding="utf-8"))
        else:
            yield name, file


def _generated(directive: str) -> bytes:
    """The content that ``bytes N`` and ``seed TEXT`` ask for: it does not compress, as a real binary would not."""
    wanted = dict(line.split(" ", 1) for line in directive.splitlines())
    return hashlib.shake_256(wanted["seed"].encode()).digest(int(wanted["bytes"]))


def _time(version: str, ordinal: int) -> str:
    """When the version was made: a pseudo-version says it itself, of the others each is a day younger than the last."""
    if modpath.is_pseudo(version):
        stamp = re.search(r"\d{14}", version)
        assert stamp is not None
        moment = datetime.datetime.strptime(stamp[0], "%Y%m%d%H%M%S").replace(tzinfo=datetime.UTC)
    else:
        moment = _EPOCH + datetime.timedelta(days=ordinal)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
