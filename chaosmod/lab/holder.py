"""Who holds a lab directory, written into its name, so that the leftovers of dead processes are recognised.

A name reads ``lab-BOOT-PIDNS-PID-START-RANDOM``. Process ids come round again, so the start time belongs to them; they
mean nothing after a reboot or in another PID namespace (a container that shares the directory), so those do too.
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["Holder"]

_NAME = re.compile(r"lab-([0-9a-f]{8})-(\d+)-(\d+)-(\d+)-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Holder:
    """A process, so that it cannot be taken for another one."""

    boot: str
    """The first part of the kernel's boot id; zeros where there is no /proc."""
    namespace: int
    """The inode of its PID namespace; 0 where there is none."""
    pid: int
    start: int
    """Clock ticks from boot to its start (field 22 of /proc/PID/stat); 0 where unknown."""

    @classmethod
    def me(cls) -> Holder:
        """This process."""
        return cls(_boot(), _namespace(), os.getpid(), _stat(os.getpid())[1])

    @classmethod
    def of(cls, name: str) -> Holder | None:
        """The holder that a directory name names; None where the name is none of ours."""
        found = _NAME.fullmatch(name)
        return cls(found[1], int(found[2]), int(found[3]), int(found[4])) if found else None

    @property
    def prefix(self) -> str:
        """What all names of this holder begin with, and no others."""
        return f"lab-{self.boot}-{self.namespace}-{self.pid}-{self.start}-"

    def name(self) -> str:
        """A new directory name, never given before."""
        return self.prefix + secrets.token_hex(4)

    def state(self) -> Literal["alive", "dead", "unknown"]:
        """Whether the process still runs; ``unknown`` for one of another PID namespace, which cannot be seen.

        A zombie holds nothing any more; where PID 1 of a container does not look after orphans it may stay one for ever.
        """
        if self.boot != _boot():
            return "dead"
        if self.namespace != _namespace():
            return "unknown"
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return "dead"
        except PermissionError:
            pass  # it runs, as another user
        state, start = _stat(self.pid)
        return "alive" if start == self.start and state not in "ZX" else "dead"


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    except OSError:
        return "0" * 8


def _namespace() -> int:
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0


def _stat(pid: int) -> tuple[str, int]:
    """State (proc_pid_stat(5)) and start time; ``?`` and 0 where there is no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return "?", 0
    fields = stat.rpartition(")")[2].split()  # the name, in parentheses, may hold spaces and parentheses
    return fields[0], int(fields[19])
