"""The words that a scenario file may use, each list with what makes it complete."""

from __future__ import annotations

import re

__all__ = [
    "ABILITIES",
    "MODULE_ROLE",
    "NEEDS",
    "OUTCOMES",
    "RUNNERS",
    "SETTINGS",
    "VERDICTS",
    "WORD",
    "module_roles",
]

VERDICTS = ("survived", "restored", "altered", "weakened", "not-restored", "inconsistent", "harmed")
"""From best to worst; where several hold, the last counts."""

OUTCOMES = ("ok", "failed", "hung")
"""Of the provoke commands."""

RUNNERS = ("sandbox", "docker", "host")

WORD = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
"""A name that is safe in an item id, a file name and a pytest marker."""

MODULE_ROLE = re.compile(r"\{(direct|indirect)(?::([1-9][0-9]?))?\}")
"""``{direct}``, ``{indirect:2}``: a module of the workspace by its role."""

ABILITIES = ("attempts", "disk", "h2", "kernel-link", "names", "offline", "overlay", "sockets", "tls")
"""What a runner may or may not be able to express: ``chaosmod.lab.base.ABILITIES``, and HTTP/2."""

NEEDS = ("direct", "indirect", "primary", "mirror", "sumdb", "vcs", *ABILITIES)
"""What a scenario may need; ``direct`` and ``indirect`` also numbered (``direct:2``)."""

SETTINGS = (
    "CGO_ENABLED",
    "GIT_ALLOW_PROTOCOL",
    "GIT_SSH_COMMAND",
    "GIT_SSL_NO_VERIFY",
    "GIT_TERMINAL_PROMPT",
    "GO111MODULE",
    "GOARCH",
    "GOAUTH",
    "GODEBUG",
    "GOENV",
    "GOEXPERIMENT",
    "GOFIPS140",
    "GOFLAGS",
    "GOINSECURE",
    "GOMAXPROCS",
    "GONOPROXY",
    "GONOSUMCHECK",
    "GONOSUMDB",
    "GOOS",
    "GOPRIVATE",
    "GOPROXY",
    "GOSUMDB",
    "GOTOOLCHAIN",
    "GOVCS",
    "GOWORK",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NETRC",
    "NO_PROXY",
    "https_proxy",
    "http_proxy",
    "no_proxy",
)
"""What a posture may set: the settings of the go command (internal/cfg KnownEnv) and of git that decide from where and
how modules come. Paths (GOMODCACHE, GOCACHE, HOME …) belong to the lab."""


def module_roles(text: str) -> list[str]:
    """The module roles in ``text`` as ``needs`` writes them.

    >>> module_roles("go get {direct} {indirect:2}")
    ['direct', 'indirect:2']
    """
    return [m[0][1:-1] for m in MODULE_ROLE.finditer(text)]
