"""Hosts by their roles: what a reader needs to know is that it was the mirror, not what the mirror is called here."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["by_role", "shortened"]


def by_role(text: str, roles: Mapping[str, str]) -> str:
    """``text`` with every host of ``roles`` (role -> host name) as ``{role}``, and with it the ``https://`` before it.

    >>> by_role("reading https://a.example/x: 410 Gone", {"primary": "a.example"})
    'reading {primary}/x: 410 Gone'
    """
    for role, host in sorted(roles.items(), key=lambda item: -len(item[1])):
        if host:
            text = text.replace(f"https://{host}", f"{{{role}}}").replace(host, f"{{{role}}}")
    return text


def shortened(text: str, width: int) -> str:
    """``text`` in at most ``width`` characters: of a module path with a version, both ends say more than the middle.

    >>> shortened("github.example/some/where@v1.2.3", 20)
    'github.exa…re@v1.2.3'
    """
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"
