"""File trees: copy, remove, hash and publish them without ever following a symbolic link.

A lab holds trees that are hard to handle: a module cache whose directories are 0555, the ``work`` folder of an overlay
with mode 0000, files that Go is still writing while we remove them, and whatever a damaged zip was unpacked to.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

__all__ = ["FROZEN", "copy_file", "copy_tree", "freeze", "hash_file", "publish", "remove_tree"]

FROZEN = 2_114_380_800
"""2037-01-01 in seconds since 1970: far ahead, and still inside the 32 bits that some file systems have for times."""

_FICLONE = 0x40049409  # <linux/fs.h>: share the blocks of another file (btrfs, XFS, bcachefs)
_OPEN_DIR = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_DEEP = 100
_PASSES = 50


def remove_tree(path: Path) -> None:
    """Remove ``path`` and all beneath it; nothing happens where it does not exist.

    Modes are no obstacle (a directory's are changed first), symbolic links are removed and not followed, also where one
    takes a directory's place while we look. Entries that appear or vanish meanwhile are tolerated. Another file system
    mounted beneath is not entered: that raises OSError (EBUSY), as does anything else that cannot be removed.
    """
    try:
        parent = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        _Removal(path).entry(parent, path.name)
    finally:
        os.close(parent)


class _Removal:
    """One run of ``remove_tree``: what it has to know at every depth."""

    def __init__(self, top: Path) -> None:
        self._top = top
        self._device: int | None = None
        self._root = -1
        self._moved = 0

    def entry(self, parent: int, name: str, depth: int = 0) -> None:
        """Remove the entry ``name`` of the open directory ``parent``."""
        for _ in range(_PASSES):
            try:
                os.unlink(name, dir_fd=parent)
                return
            except FileNotFoundError:
                return
            except (IsADirectoryError, PermissionError):  # unlink of a directory: EISDIR on Linux, EPERM elsewhere
                with contextlib.suppress(FileNotFoundError):
                    if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
                        raise
            try:
                self._directory(parent, name, depth)
                return
            except FileNotFoundError:
                return
            except OSError as e:  # replaced by something else, or filled again, while we were in it
                if e.errno not in (errno.ENOTDIR, errno.ELOOP, errno.ENOTEMPTY, errno.EEXIST):
                    raise
        raise OSError(errno.ENOTEMPTY, "still being written to; stop what writes there", str(self._top))

    def _directory(self, parent: int, name: str, depth: int) -> None:
        if depth > _DEEP:  # keeps open files and Python's stack bounded: go on at the top
            self._moved += 1
            with _opened(parent, name):  # a directory is moved only if it may be written to
                pass
            moved = f".chaosmod-{os.getpid()}-{self._moved}"
            os.rename(name, moved, src_dir_fd=parent, dst_dir_fd=self._root)
            return
        with _opened(parent, name) as here:
            device = os.fstat(here).st_dev
            if self._device is None:
                self._device, self._root = device, here
            if device != self._device:
                raise OSError(errno.EBUSY, "another file system is mounted here", str(self._top))
            for child in os.listdir(here):
                self.entry(here, child, depth + 1)
        os.rmdir(name, dir_fd=parent)


@contextlib.contextmanager
def _opened(parent: int, name: str) -> Iterator[int]:
    """A descriptor of a directory that its owner may read, write and search from now on."""
    try:
        here = os.open(name, _OPEN_DIR, dir_fd=parent)
    except PermissionError:
        _unlock(parent, name)
        here = os.open(name, _OPEN_DIR, dir_fd=parent)
    try:
        if stat.S_IMODE(os.fstat(here).st_mode) & 0o700 != 0o700:
            os.fchmod(here, 0o700)
        yield here
    finally:
        os.close(here)


def _unlock(parent: int, name: str) -> None:
    """Mode 0700 for a directory that cannot even be opened; never for what a link points to."""
    if not hasattr(os, "O_PATH"):
        os.chmod(name, 0o700, dir_fd=parent, follow_symlinks=False)
        return
    handle = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    try:
        os.chmod(f"/proc/self/fd/{handle}", 0o700)  # fchmod refuses O_PATH descriptors
    finally:
        os.close(handle)


def copy_tree(source: Path, dest: Path) -> None:
    """Copy the directory ``source`` to ``dest``, which must not exist, with modes, links and modification times.

    Data is shared where the file system can (reflink), else copied; never hard-linked, because through a hard link
    damage done to a copy reaches the original. Sockets, pipes and devices are left out. Raises OSError.
    """
    os.mkdir(dest, 0o700)
    with os.scandir(source) as entries:
        for entry in entries:
            target = dest / entry.name
            if entry.is_symlink():
                os.symlink(os.readlink(entry.path), target)
            elif entry.is_dir():
                copy_tree(Path(entry.path), target)
            elif entry.is_file():
                copy_file(Path(entry.path), target)
    shutil.copystat(source, dest)


def copy_file(source: Path, dest: Path) -> None:
    """Copy one regular file to ``dest``, which must not exist, with mode and modification time. Raises OSError."""
    with source.open("rb") as reader, open(dest, "xb", buffering=0) as writer:
        _copy_data(reader.fileno(), writer.fileno())
        info = os.fstat(reader.fileno())
        os.fchmod(writer.fileno(), stat.S_IMODE(info.st_mode))
        os.utime(writer.fileno(), ns=(info.st_atime_ns, info.st_mtime_ns))


def _copy_data(reader: int, writer: int) -> None:
    try:
        fcntl.ioctl(writer, _FICLONE, reader)
        return
    except OSError:
        pass  # another file system, or one that cannot share blocks
    if hasattr(os, "copy_file_range"):
        with contextlib.suppress(OSError):  # EXDEV on old kernels, ENOSYS in some containers: go on from here by hand
            while os.copy_file_range(reader, writer, 1 << 30):
                pass
    while block := os.read(reader, 1 << 20):
        view = memoryview(block)
        while view:
            view = view[os.write(writer, view) :]


def freeze(path: Path) -> None:
    """Set the modification times of ``path`` and all beneath it to :data:`FROZEN`.

    Go touches a build-cache file that is more than an hour old when it uses it (``mtimeInterval`` in
    cmd/go/internal/cache/cache.go), and beneath an overlay every touch copies the file up. A time ahead is never old.
    """
    for folder, names, files in os.walk(path):
        for name in (*files, *names):
            os.utime(os.path.join(folder, name), (FROZEN, FROZEN), follow_symlinks=False)
    os.utime(path, (FROZEN, FROZEN))


def hash_file(path: Path) -> str:
    """The sha256 of a file's contents, as hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def publish(made: Path, final: Path) -> bool:
    """Give the finished directory ``made`` its name ``final`` at one stroke.

    Returns False where another process was first: then its result stands and ``made`` is removed. Raises OSError where
    ``final`` is something else than a directory. All data is on disk first: a name that outlives a power failure which
    its contents did not would be trusted for ever. Where labs and caches lie on two file systems (in a container: an overlay,
    and a /tmp of its own) it is copied over first.
    """
    if made.stat().st_dev != final.parent.stat().st_dev:
        beside = final.with_name(f".{final.name}")
        remove_tree(beside)  # of one that was killed while it copied
        copy_tree(made, beside)
        remove_tree(made)
        made = beside
    os.sync()
    try:
        os.rename(made, final)
    except OSError as e:
        if e.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        remove_tree(made)
        return False
    return True
