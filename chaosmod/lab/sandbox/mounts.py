"""What a lab sees of the file system: everything that the machine has, read-only, and the lab's own places.

``/lab`` is the lab's directory. Over places that hold sockets of the machine's services or that everybody writes to
(``/run``, ``/tmp``, ``/var/tmp``, ``/dev/shm``) lie empty ones, since path-based Unix sockets cross network namespaces.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chaosmod.lab.sandbox import kernel

MASKED = ("/tmp", "/var/tmp")  # noqa: S108 - the names of what is covered, not places to write to
EMPTY = ("/run", "/dev/shm")  # noqa: S108


@dataclass(frozen=True)
class Overlay:
    """A copy-on-write view: ``lower`` directories (topmost first) under what the lab writes."""

    target: str
    """Below ``/lab``, for example ``gopath``."""
    lower: tuple[str, ...]
    tmpfs: str = ""
    """Options of a tmpfs to keep the written part in (``size=8m,nr_inodes=100``); empty: the lab's directory."""


@dataclass(frozen=True)
class Layout:
    """What to mount. All paths are the harness's."""

    directory: str
    """The lab's directory, writable inside as ``/lab``."""
    overlays: tuple[Overlay, ...] = ()
    etc: str = ""
    """A directory laid over ``/etc``."""
    visible: tuple[str, ...] = ()
    """Paths that stay visible at their own place even below a masked one."""

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Layout:
        """The inverse of ``dataclasses.asdict``."""
        overlays = tuple(Overlay(o["target"], tuple(o["lower"]), o["tmpfs"]) for o in data["overlays"])
        return cls(data["directory"], overlays, data["etc"], tuple(data["visible"]))


@dataclass
class Root:
    """A new root under construction at ``path``."""

    layout: Layout
    path: str = field(init=False)

    def __post_init__(self) -> None:
        self.path = os.path.join(self.layout.directory, "root")

    def build(self) -> None:
        """Mount everything and make it the root of this mount namespace."""
        kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
        os.makedirs(self.path, exist_ok=True)
        kernel.mount("chaosmod", self.path, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=755,size=1m")
        self._machine()
        kernel.restrict_tree(self.path, kernel.MOUNT_ATTR_RDONLY | kernel.MOUNT_ATTR_NOSUID)
        self._writable()
        self._visible()
        os.chdir(self.path)
        kernel.pivot_root(".", ".")
        kernel.umount(".", kernel.MNT_DETACH)
        os.chdir("/")

    def _machine(self) -> None:
        for entry in os.scandir("/"):
            target = os.path.join(self.path, entry.name)
            if entry.is_symlink():
                os.symlink(os.readlink(entry.path), target)
            elif entry.is_dir():
                os.mkdir(target)
                if entry.path not in MASKED + EMPTY:
                    kernel.mount(entry.path, target, flags=kernel.MS_BIND | kernel.MS_REC)
        os.makedirs(self.path + "/lab")
        if self.layout.etc:
            lower = _options([self.layout.etc, "/etc"])
            kernel.mount("chaosmod-etc", self.path + "/etc", "overlay", kernel.MS_NOSUID, f"lowerdir={lower},userxattr")

    def _writable(self) -> None:
        lab = os.path.join(self.layout.directory, "lab")
        kernel.mount(lab, self.path + "/lab", flags=kernel.MS_BIND)
        for place in MASKED:
            if os.path.isdir(self.path + place):
                own = os.path.join(lab, "tmp")
                kernel.mount(own, self.path + place, flags=kernel.MS_BIND)
        for place in EMPTY:
            if os.path.isdir(self.path + place):
                kernel.mount("chaosmod", self.path + place, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=755")
        for overlay in self.layout.overlays:
            self.overlay(overlay)
        self._proc()

    def overlay(self, overlay: Overlay) -> None:
        """Mount one overlay; its written part is ``upper/TARGET`` of the lab's directory."""
        upper, work = (os.path.join(self.layout.directory, part, overlay.target) for part in ("upper", "work"))
        if overlay.tmpfs:
            store = os.path.join(self.layout.directory, "tmpfs", overlay.target)
            os.makedirs(store, exist_ok=True)
            kernel.mount("chaosmod-disk", store, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, overlay.tmpfs)
            upper, work = store + "/upper", store + "/work"
        target = f"{self.path}/lab/{overlay.target}"
        for directory in (upper, work, target):
            os.makedirs(directory, exist_ok=True)
        # volatile: else every overlay of a lab that ends waits until all of the machine's file system is on disk.
        places = f"lowerdir={_options(overlay.lower)},upperdir={_options([upper])},workdir={_options([work])}"
        options = f"{places},userxattr,volatile"
        kernel.mount("chaosmod-" + overlay.target, target, "overlay", kernel.MS_NOSUID | kernel.MS_NODEV, options)

    def _proc(self) -> None:
        # In a container whose own /proc is masked the kernel refuses a fresh one; the bound one serves as well.
        with contextlib.suppress(PermissionError):
            kernel.mount("proc", self.path + "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV)

    def _visible(self) -> None:
        for path in self.layout.visible:
            if not _below(path, MASKED + EMPTY):
                continue
            target = self.path + path
            source = Path(path)
            if source.is_dir():
                os.makedirs(target, exist_ok=True)
            else:
                os.makedirs(os.path.dirname(target), exist_ok=True)
                Path(target).touch()
            kernel.mount(path, target, flags=kernel.MS_BIND | kernel.MS_REC)
            kernel.restrict_tree(target, kernel.MOUNT_ATTR_RDONLY | kernel.MOUNT_ATTR_NOSUID)


def _below(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(place + "/") for place in places)


def _options(paths: Sequence[str]) -> str:
    """Paths as overlayfs takes them: a backslash before what would end a path or an option."""
    escaped = []
    for path in paths:
        for special in ("\\", ":", ","):
            path = path.replace(special, "\\" + special)
        escaped.append(path)
    return ":".join(escaped)
