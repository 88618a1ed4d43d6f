"""What the linker is told by GOFLAGS, and the same with less work for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["link_flags"]

_WORD = re.compile(r""""([^"]*)"|'([^']*)'|([^ \t\r\n]+)""")
"""An element of GOFLAGS. Quotes count only where they begin one (cmd/internal/quoted, ``Split``)."""

_LINK_FLAG = re.compile(r"--?ldflags=(.*)", re.DOTALL)
_LESS = "-w"
"""No debugging information: it costs a third of the time and says nothing that the packages do not."""


def link_flags(goflags: str) -> list[str]:
    """The ``-ldflags`` for a build without debugging information that is otherwise the one that ``goflags`` asks for.

    On the command line they come after those of GOFLAGS, and of all that match a package Go obeys the last one alone
    (cmd/go/internal/load, ``PerPackageFlag``): each is said again, in its order, with ours added to it.

    >>> link_flags("-trimpath '-ldflags=-s -X=main.A=b' -ldflags=./cmd/...=-s")
    ['-ldflags=-w', '-ldflags=-w -s -X=main.A=b', '-ldflags=./cmd/...=-w -s']
    """
    return [f"-ldflags={value}" for value in (_LESS, *map(_with_less, _values(goflags)))]


def _values(goflags: str) -> Iterator[str]:
    for groups in _WORD.findall(goflags):
        if found := _LINK_FLAG.fullmatch("".join(groups)):
            yield found[1].strip()


def _with_less(value: str) -> str:
    # Ours goes first: what is wrong at the end of a value (`-X` with nothing to set) has to stay wrong.
    if not value or value.startswith("-"):
        return f"{_LESS} {value}".rstrip()
    pattern, equals, flags = value.partition("=")
    return f"{pattern}={_LESS} {flags}".rstrip() if equals else value  # without one, Go refuses it
