"""Where chaosmod keeps what outlives a run, and where its labs live.

``CHAOSMOD_CACHE_DIR``, or else ``chaosmod`` in the user's cache directory::

    std/  steady/  corpus/  live/     built once and kept: only ever published whole, then read
    labs/                             one directory a running lab
    locks/                            one empty file a lock; never removed, or two processes could hold the same lock
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import platformdirs

from chaosmod.errors import LabError
from chaosmod.lab.holder import Holder
from chaosmod.lab.trees import remove_tree

__all__ = ["VARIABLE", "Cleaned", "Entry", "Kind", "StateDir", "file_system"]

VARIABLE = "CHAOSMOD_CACHE_DIR"
Kind = Literal["std", "steady", "corpus", "live"]

_UNFIT = re.compile(r"overlay|aufs|nfs.*|cifs|smb.*|9p|v9fs|virtiofs|vfat|msdos|exfat|ntfs.*|ecryptfs|fuse.*|ceph|afs")
"""File systems that the kernel refuses as the upper layer of an overlay, or that lack what it needs there."""

_KEPT = "kept-"

_UNKNOWN_FOR = 24 * 3600.0
"""Seconds after which a lab whose holder cannot be seen counts as left over."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is kept."""

    kind: str
    """A :data:`Kind`, or ``labs``."""
    path: Path
    size: int
    """Bytes of all files in it."""
    used: float
    """Its modification time, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a clean-up did."""

    removed: tuple[Entry, ...]
    kept: tuple[Entry, ...]
    """What is still in use by a running chaosmod."""


class StateDir:
    """chaosmod's own directory. Safe to use from several processes and threads at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def default(cls, environ: Mapping[str, str] | None = None) -> StateDir:
        """The directory of this user: CHAOSMOD_CACHE_DIR, else in the user's cache directory."""
        named = (os.environ if environ is None else environ).get(VARIABLE)
        return cls(Path(named).expanduser().absolute() if named else Path(platformdirs.user_cache_dir("chaosmod")))

    def folder(self, kind: Kind) -> Path:
        """The directory of ``kind``, made where missing. Raises LabError where it is not, or cannot be, ours."""
        return self._own(kind)

    def _own(self, name: str) -> Path:
        _own(self.root)
        return _own(self.root / name)

    def labs(self) -> Path:
        """The directory that labs live in: beside the caches, or in the system's temporary directory.

        A lab is the upper layer of overlays, which is not to be had everywhere (in a container the home directory is an
        overlay itself). Where neither place will do it is the first: the runner then copies. Raises LabError.
        """
        if not _UNFIT.fullmatch(file_system(self.root)):
            return self._own("labs")
        temporary = Path(tempfile.gettempdir())
        if _UNFIT.fullmatch(file_system(temporary)):
            return self._own("labs")
        return _own(_own(temporary / f"chaosmod-{os.geteuid()}") / "labs")

    def new_lab(self) -> Path:
        """A new empty directory, 0700, whose name says that this process holds it. Raises LabError."""
        path = self.labs() / Holder.me().name()
        try:
            path.mkdir(mode=0o700)
        except OSError as e:
            raise LabError(f"cannot make a lab directory: {e}") from e
        return path

    def held(self) -> Path:
        """What the paths of all labs of this process begin with. Raises LabError."""
        return self.labs() / Holder.me().prefix

    def keep(self, lab: Path) -> Path:
        """Keep the directory of a lab that has ended, under a name that only :meth:`clean` removes."""
        kept = lab.with_name(f"{_KEPT}{lab.name.rpartition('-')[2]}")
        lab.rename(kept)
        return kept

    def leftovers(self) -> list[Path]:
        """The lab directories whose holders are dead, oldest first, and those that were kept on purpose."""
        now = time.time()
        left = []
        for path in _children(self.labs()):
            with contextlib.suppress(OSError):  # another process has just removed it
                used = path.lstat().st_mtime
                holder = Holder.of(path.name)
                state = holder.state() if holder else "dead"
                if state == "dead" or (state == "unknown" and now - used > _UNKNOWN_FOR):
                    left.append((used, path))
        return [path for _, path in sorted(left)]

    def reap(self) -> None:
        """Remove what runs that were killed have left; what cannot be removed stays for :meth:`clean` to report."""
        for path in self.leftovers():
            if not path.name.startswith(_KEPT):
                with contextlib.suppress(OSError):
                    remove_tree(path)

    @contextlib.contextmanager
    def lock(self, name: str, timeout: float | None = None, *, shared: bool = False) -> Iterator[None]:
        """Hold the lock ``name`` against all other threads and processes of this user; it ends with its holder.

        A ``shared`` one is held only against those that are not. Waits, at most ``timeout`` seconds where that is given, and then raises LabError. Not re-entrant.
        """
        if not re.fullmatch(r"[\w.+=-]{1,200}", name) or name.startswith("."):
            raise ValueError(f"not a name for a lock: {name!r}")
        path = self._own("locks") / f"{name}.lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            _flock(descriptor, path, timeout, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(
                    descriptor, fcntl.LOCK_UN
                )  # closing is not enough: a child forked meanwhile has it open too
        finally:
            os.close(descriptor)

    def entries(self) -> list[Entry]:
        """All that is kept, by kind and name."""
        found = [_entry(kind, path) for kind in get_args(Kind) for path in _children(self.root / kind)]
        return [e for e in found if e is not None] + self._labs()

    def _labs(self) -> list[Entry]:
        found = (_entry("labs", path) for path in _children(self.labs()))
        return [e for e in found if e is not None]

    def clean(self, kinds: Sequence[str] = (*get_args(Kind), "labs")) -> Cleaned:
        """Remove what is kept of ``kinds``. Labs of living processes stay, and with them all that they may be using."""
        left = set(self.leftovers())
        entries = self.entries()
        busy = any(e.kind == "labs" and e.path not in left for e in entries)
        removed, kept = [], []
        for entry in entries:
            if entry.kind not in kinds:
                continue
            if entry.path in left or (entry.kind != "labs" and not busy):
                remove_tree(entry.path)
                removed.append(entry)
            else:
                kept.append(entry)
        return Cleaned(tuple(removed), tuple(kept))


def file_system(path: Path) -> str:
    """The type of the file system that holds ``path`` (``ext4``, ``overlay`` …), whether or not it exists yet.

    Empty where it cannot be told: there is no /proc/self/mountinfo (see proc_pid_mountinfo(5)).
    """
    try:
        lines = Path("/proc/self/mountinfo").read_text(errors="surrogateescape").splitlines()
    except OSError:
        return ""
    real, best, kind = os.path.realpath(path), "", ""
    for line in lines:
        left, _, right = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), left.split()[4])
        if (real == point or real.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
            best, kind = point, right.split()[0]
    return kind


def _own(path: Path) -> Path:
    """The directory ``path``, made with mode 0700 where missing. Raises LabError where it is another user's, or a link."""
    remedy = f"set {VARIABLE} to a directory of your own"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = path.lstat()
        if not stat.S_ISDIR(info.st_mode):
            raise LabError(f"{path} is a link: {remedy}")
        if info.st_uid != os.geteuid():
            raise LabError(f"{path} belongs to user {info.st_uid}, not to you ({os.geteuid()}): {remedy}")
        if stat.S_IMODE(info.st_mode) & 0o077:
            path.chmod(0o700)
    except OSError as e:
        raise LabError(f"{path} cannot be used: {e.strerror}; {remedy}") from e
    return path


def _children(folder: Path) -> list[Path]:
    try:
        return [folder / name for name in sorted(os.listdir(folder))]
    except OSError:
        return []


def _entry(kind: str, path: Path) -> Entry | None:
    """What is at ``path``; None where another process has just removed it."""
    try:
        info = path.lstat()
    except OSError:
        return None
    size = info.st_size if stat.S_ISREG(info.st_mode) else 0
    for folder, _, files in os.walk(path):
        for name in files:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(folder, name)).st_size
    return Entry(kind, path, size, info.st_mtime)


def _flock(descriptor: int, path: Path, timeout: float | None, kind: int) -> None:
    if timeout is None:
        fcntl.flock(descriptor, kind)
        return
    until = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise LabError(f"another chaosmod has held {path} for more than {timeout:g} s") from None
            time.sleep(0.02)
