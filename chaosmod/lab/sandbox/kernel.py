"""The system calls that Python 3.11 does not wrap, by ctypes. Each raises OSError with the call and its arguments."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_REMOUNT = 32
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 47, 2
_CAP_NET_ADMIN = 12
_CAPABILITY_VERSION = 0x20080522
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}
_SYS_MOUNT_SETATTR = 442  # the same on every architecture: added after the tables were unified
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
MOUNT_ATTR_RDONLY = 0x1
MOUNT_ATTR_NOSUID = 0x2

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """unshare(2)."""
    _check(_libc.unshare(ctypes.c_int(flags)), f"unshare({flags:#x})")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """mount(2)."""
    result = _libc.mount(
        os.fsencode(source),
        os.fsencode(target),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        os.fsencode(options) or None,
    )
    _check(result, f"mount({source!r}, {target!r}, {kind!r}, {flags:#x}, {options!r})")


def umount(target: str, flags: int = 0) -> None:
    """umount2(2)."""
    _check(_libc.umount2(os.fsencode(target), ctypes.c_int(flags)), f"umount({target!r})")


def pivot_root(new: str, old: str) -> None:
    """pivot_root(2)."""
    number = _SYS_PIVOT_ROOT[os.uname().machine]
    _check(_libc.syscall(ctypes.c_long(number), os.fsencode(new), os.fsencode(old)), f"pivot_root({new!r}, {old!r})")


def restrict_tree(target: str, attributes: int) -> None:
    """mount_setattr(2): set ``attributes`` on the mount at ``target`` and on all below it (Linux 5.12)."""
    attr = struct.pack("QQQQ", attributes, 0, 0, 0)
    result = _libc.syscall(
        ctypes.c_long(_SYS_MOUNT_SETATTR),
        ctypes.c_int(_AT_FDCWD),
        os.fsencode(target),
        ctypes.c_uint(_AT_RECURSIVE),
        ctypes.create_string_buffer(attr, len(attr)),
        ctypes.c_size_t(len(attr)),
    )
    _check(result, f"mount_setattr({target!r}, {attributes:#x})")


def die_with_parent(signal: int) -> None:
    """Have the kernel send ``signal`` when the thread that forked this process ends (PR_SET_PDEATHSIG)."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal), 0, 0, 0), "prctl(PR_SET_PDEATHSIG)")


def adopt_orphans() -> None:
    """From now on be the parent of every descendant whose own parent has died (PR_SET_CHILD_SUBREAPER)."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(1), 0, 0, 0), "prctl(PR_SET_CHILD_SUBREAPER)")


def no_new_privileges() -> None:
    """From now on no exec grants anything: set-user-id programs are plain programs (PR_SET_NO_NEW_PRIVS)."""
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)")


def keep_network_admin() -> None:
    """Let the program that is executed next have CAP_NET_ADMIN, though it is not root: as an ambient capability, which
    has to be an inheritable one first (capabilities(7))."""
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    held = ctypes.create_string_buffer(24)
    _check(_libc.capget(header, held), "capget")
    # Two halves of 32 capabilities, each with the effective, permitted and inheritable set.
    sets = list(struct.unpack("6I", held.raw))
    sets[2] |= 1 << _CAP_NET_ADMIN
    _check(_libc.capset(header, struct.pack("6I", *sets)), "capset")
    result = _libc.prctl(_PR_CAP_AMBIENT, ctypes.c_ulong(_PR_CAP_AMBIENT_RAISE), ctypes.c_ulong(_CAP_NET_ADMIN), 0, 0)
    _check(result, "prctl(PR_CAP_AMBIENT_RAISE)")


def map_identity(uid: int, gid: int) -> None:
    """In a new user namespace: map the caller to itself, or root to 1000, so that no command in it is root.

    A process that execs as another user than 0 keeps no capabilities (capabilities(7)), so mode bits hold as in life.
    """
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid or 1000} {uid} 1\n")
    Path("/proc/self/gid_map").write_text(f"{gid or 1000} {gid} 1\n")


def link_up(interface: str = "lo") -> None:
    """Bring a network interface up (SIOCSIFFLAGS)."""
    siocgifflags, siocsifflags, iff_up = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        name = interface.encode()
        reply = fcntl.ioctl(s, siocgifflags, struct.pack("16sH14x", name, 0))
        flags = struct.unpack("16sH14x", reply)[1]
        fcntl.ioctl(s, siocsifflags, struct.pack("16sH14x", name, flags | iff_up))
