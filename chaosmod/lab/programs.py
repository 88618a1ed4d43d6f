"""The workspace's programs: what Go calls their files, and how to build them so that each one is still there afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from chaosmod.errors import LabError
from chaosmod.lab.trees import hash_file

__all__ = ["digests", "file_name", "groups"]

_MAJOR_VERSION = re.compile(r"v([2-9]|[1-9][0-9]+)")
_SUFFIXES = ("", ".exe", ".a", ".so")
"""What Go adds to the name: on Windows, and for some build modes (cmd/go/internal/work/init.go)."""


def file_name(program: str) -> str:
    """What ``go build -o FOLDER/`` calls the program of this import path, but for a suffix.

    The last element that is no major version (cmd/go/internal/load, ``exeFromImportPath``).

    >>> file_name("app.example/cmd/server"), file_name("app.example/tool/v2"), file_name("app.example")
    ('server', 'tool', 'app.example')
    """
    rest, _, last = program.rpartition("/")
    return rest.rpartition("/")[2] if rest and _MAJOR_VERSION.fullmatch(last) else last


def groups(programs: Iterable[str]) -> list[list[str]]:
    """The programs in as few groups as can be, in none of which two have the same file name: one for most projects.

    ``go build -o FOLDER/`` writes one program over the other where names clash, and says nothing.
    """
    made: list[list[str]] = []
    seen: dict[str, int] = {}
    for program in sorted(programs):
        name = file_name(program).casefold()  # as file systems have it that do not tell A from a
        seen[name] = n = seen.get(name, 0) + 1
        if n > len(made):
            made.append([])
        made[n - 1].append(program)
    return made


def digests(folder: Path, programs: Iterable[str]) -> dict[str, str]:
    """Import path -> SHA-256 of the executables in ``folder``. Raises LabError where one is not there."""
    return {program: hash_file(_file(folder, program)) for program in programs}


def _file(folder: Path, program: str) -> Path:
    for suffix in _SUFFIXES:
        if (file := folder / (file_name(program) + suffix)).is_file():
            return file
    raise LabError(f"`go build` succeeded and made no executable of {program}")
