"""The GOPROXY list, read as Go reads it (cmd/go/internal/modfetch/proxy.go, proxyList) and written back. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import AfterValidator

from chaosmod.faults.request import ROLES
from chaosmod.scenario import placeholders
from chaosmod.scenario.problem import one_of

__all__ = ["Entry", "Proxy", "address", "format_list", "is_proxy", "parse_list", "with_fallback", "with_first_proxy"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the list."""

    text: str
    """An address, ``direct`` or ``off``, as it was written."""
    separator: str = ","
    """What stands after it, and so governs it: ``,`` goes on after 404 and 410, ``|`` after any error."""


def is_proxy(entry: Entry) -> bool:
    """Whether the entry names a module proxy."""
    return entry.text not in ("direct", "off")


def parse_list(goproxy: str) -> list[Entry]:
    """The entries that count: empty ones are left out, and the list ends with ``direct`` or ``off``.

    >>> [e.text for e in parse_list("https://a.example|,direct,https://never.example")]
    ['https://a.example', 'direct']
    """
    entries: list[Entry] = []
    for text, separator in re.findall(r"([^,|]+)([,|]?)", goproxy):
        if not text.strip():
            continue
        entries.append(Entry(text.strip(), separator or ","))
        if not is_proxy(entries[-1]):
            break
    return entries


def format_list(entries: Sequence[Entry]) -> str:
    """The setting that says ``entries``; the last separator is left out, as it governs nothing."""
    parts = [entry.text + entry.separator for entry in entries]
    return "".join(parts)[:-1]


def _proxy(to: str) -> str:
    placeholders.only(to, ROLES, "host role")
    if to not in (*ROLES, "direct", "off") and not re.search(r"[{.:/]", to):
        raise ValueError(one_of("unknown proxy", to, (*ROLES, "direct", "off", "https://HOST")))
    return to


Proxy = Annotated[str, AfterValidator(_proxy)]
"""What a recovery asks instead: a host role with braces or without, an address, or Go's own ``direct`` or ``off``.

A bare word that is none of these would only make Go complain of a missing scheme, which looks like any other failure.
"""


def address(to: str, roles: Mapping[str, str]) -> str:
    """What to write for ``to``: the address of a host role, or ``to`` itself with the roles in it replaced.

    >>> address("mirror", {"mirror": "https://b.example"}), address("{mirror}/sub", {"mirror": "https://b.example"})
    ('https://b.example', 'https://b.example/sub')
    """
    return roles[to] if to in roles else re.sub(r"\{(\w+)\}", lambda role: roles.get(role[1], role[0]), to)


def with_first_proxy(goproxy: str, proxy: str) -> str:
    """``goproxy`` with its first proxy replaced by ``proxy``, its separator and the rest as they were, none twice.

    A list without a proxy (``direct``, ``off``, empty) becomes ``proxy`` alone: what it held was the trouble.

    >>> with_first_proxy("https://a.example|direct", "https://b.example")
    'https://b.example|direct'
    """
    entries = parse_list(goproxy)
    if not entries or not is_proxy(entries[0]):
        return proxy
    rest = [entry for entry in entries[1:] if entry.text != proxy]
    return format_list([replace(entries[0], text=proxy), *rest])


def with_fallback(goproxy: str, proxy: str, separator: str) -> str:
    """``goproxy`` with ``proxy`` put in after its first proxy, reached by ``separator``; the rest as it was.

    >>> with_fallback("https://a.example,direct", "https://b.example", "|")
    'https://a.example|https://b.example,direct'
    """
    entries = [entry for entry in parse_list(goproxy) if entry.text != proxy]
    if not entries or not is_proxy(entries[0]):
        return proxy
    first = entries[0]
    return format_list([replace(first, separator=separator), Entry(proxy, first.separator), *entries[1:]])
