"""Which servers git verifies: the values of http.sslVerify, for all of them and for those of a URL."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["ASK", "ssl_verify"]

ASK = ("git", "config", "-z", "--get-regexp", r"^http\.(.*\.)?sslverify$")
"""Not with ``--type=bool``: one value that git cannot read would hide all the others."""

_NO = re.compile(r"|false|no|off|[ \t]*[-+]?(0+|0x0+)[kmg]?", re.IGNORECASE)


def ssl_verify(listing: str) -> Mapping[str, str]:
    """What git's answer to :data:`ASK` says: ``http.sslVerify`` or ``http.URL.sslVerify`` -> ``false`` for all that means it,
    else the value as it is, be it one that git cannot read: then it refuses to work with such a server.

    The last value of a key counts. What is false is said in git's config code, ``git_parse_maybe_bool``; nothing at all
    means true where there is no ``=``, and false where there is one.
    """
    found: dict[str, str] = {}
    for entry in filter(None, listing.split("\0")):
        key, equals, value = entry.partition("\n")
        url = key[len("http.") : -len("sslverify")].removesuffix(".")
        false = equals and _NO.fullmatch(value)
        found[f"http.{url}.sslVerify" if url else "http.sslVerify"] = "false" if false else value or "true"
    return found
