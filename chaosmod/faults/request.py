"""What a request asks for, in Go's words: the pure view on which faults decide."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["FILES", "ROLES", "Request", "Target", "parse_target", "unescape"]

ROLES = ("primary", "mirror", "sumdb", "vcs")
"""The hosts of a lab by what they are for: the first proxy of Go's default GOPROXY, a second proxy, the checksum
database, and the hosts with which module paths begin (those of source repositories)."""

FILES = ("list", "latest", "info", "mod", "zip", "supported", "lookup", "tile", "head", "go-get", "other")
"""What a request can ask for: the five files of the GOPROXY protocol, the four of the checksum database
(``supported`` exists only behind a proxy; ``head`` is ``/latest`` of the database), go-import discovery, and the rest."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a path names. ``module`` and ``version`` are unescaped; empty where the path names none."""

    file: str
    module: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, before anything was answered."""

    role: str
    host: str
    method: str
    path: str
    """Decoded path, with the query."""
    protocol: Literal["h1", "h2"] = "h2"
    scheme: Literal["http", "https"] = "https"
    transport: Literal["udp", "tcp"] = "tcp"
    """``udp`` only for DNS queries."""
    invocation: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    target: Target = Target("other")

    @property
    def key(self) -> tuple[str, str]:
        """What makes two requests the same question: (host, path)."""
        return self.host, self.path


_VERSIONED = re.compile(r"^/(?P<module>.+)/@v/(?P<version>.+)\.(?P<file>info|mod|zip)$")
_SUMDB = re.compile(r"^/sumdb/[^/]+(?P<rest>/.*)$")


def unescape(escaped: str) -> str:
    """A module path or version with ``!x`` turned back into ``X`` (golang.org/x/mod/module.UnescapePath).

    >>> unescape("github.com/!burnt!sushi/toml")
    'github.com/BurntSushi/toml'
    """
    return re.sub(r"!([a-z])", lambda m: m[1].upper(), escaped)


def parse_target(path: str, host: str = "") -> Target:
    """What the decoded path (with or without a query) names.

    ``host`` completes the import path of a go-import discovery, which is asked of the host that it begins with.

    >>> parse_target("/example.com/!big/@v/v1.0.0.zip")
    Target(file='zip', module='example.com/Big', version='v1.0.0')
    >>> parse_target("/sumdb/sum.example/lookup/example.com/a@v1.0.0").file
    'lookup'
    """
    path, _, query = path.partition("?")
    if "go-get=1" in query.split("&"):
        return Target("go-get", f"{host}/{path.strip('/')}".strip("/"))
    if m := _VERSIONED.match(path):
        return Target(m["file"], unescape(m["module"]), unescape(m["version"]))
    if path.endswith("/@v/list"):
        return Target("list", unescape(path[1 : -len("/@v/list")]))
    if path.endswith("/@latest"):
        return Target("latest", unescape(path[1 : -len("/@latest")]))
    if m := _SUMDB.match(path):
        path = m["rest"]
        if path == "/supported":
            return Target("supported")
    if path.startswith("/lookup/"):
        module, _, version = path[len("/lookup/") :].partition("@")
        return Target("lookup", unescape(module), unescape(version))
    if path.startswith("/tile/"):
        return Target("tile")
    if path == "/latest":
        return Target("head")
    return Target("other")
