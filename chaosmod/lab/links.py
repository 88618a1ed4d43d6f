"""Symbolic links of a lab, followed from outside.

Through ``/proc/PID/root`` the harness reaches the files of another root directory, but the kernel takes an absolute link
that it meets on the way for one of the harness's own: it would read the machine's files where Go reads the lab's.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

__all__ = ["resolve"]

_MOST = 40
"""Links in one path, as in the kernel (MAXSYMLINKS in <linux/namei.h>)."""


def resolve(root: Path, inside: str) -> Path:
    """The file that is called ``inside`` where ``root`` is the root directory, by a path that has no link below ``root``.

    What is not there, or is closed to us, is no link: the rest of the path stays as it is. Raises OSError (ELOOP) where
    links lead in a circle.
    """
    real: list[str] = []
    left = inside.split("/")[::-1]
    links = 0
    while left:
        part = left.pop()
        if part in ("", "."):
            continue
        if part == "..":
            del real[-1:]  # of the root directory it is the root directory
            continue
        try:
            target = os.readlink(root.joinpath(*real, part))
        except OSError:
            real.append(part)
            continue
        links += 1
        if links > _MOST:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), inside)
        if target.startswith("/"):
            real.clear()
        left.extend(target.split("/")[::-1])
    return root.joinpath(*real)
