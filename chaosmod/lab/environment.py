"""The environment of a lab's commands: built from nothing, so that no setting of the machine can leak in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chaosmod.lab.base import Places

__all__ = ["BUILD_FLAGS", "GOENV", "GO_SETTINGS", "Client", "environment", "expand", "goenv"]

GOENV = ".config/go/env"
"""Where Go keeps what ``go env -w`` sets, below HOME (os.UserConfigDir on Linux)."""

BUILD_FLAGS = "-trimpath -buildvcs=false"
"""In GOFLAGS, and again on the line of each measuring build: so that the same sources give the same bytes wherever they lie, and so that one cache of
the standard library, built with the same flags, serves them all."""

GO_SETTINGS = (
    "GOPROXY",
    "GOSUMDB",
    "GONOSUMDB",
    "GONOSUMCHECK",
    "GOPRIVATE",
    "GONOPROXY",
    "GOINSECURE",
    "GOFLAGS",
    "GOVCS",
    "GOAUTH",
    "GO111MODULE",
    "GOTOOLCHAIN",
)
"""What a posture and a recovery are compared by (cmd/go/internal/cfg)."""


@dataclass(frozen=True)
class Client:
    """What the machine contributes: the toolchain, and a search path for the tools that Go calls (git, a C compiler)."""

    goroot: str
    path: str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


_IN_FILE = frozenset(GO_SETTINGS) - {"GONOSUMCHECK"}
"""Settings that the go command takes from its GOENV file too (cmd/go/internal/cfg.Getenv)."""


def environment(client: Client, places: Places, posture: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a command. ``posture`` has its roles already expanded.

    What a user would set with ``go env -w`` is not here but in :func:`goenv`, so that a later ``go env -w`` counts, as
    it would for that user.
    """
    home = places.home
    env = {
        "PATH": f"{client.goroot}/bin:{client.path}",
        "HOME": home,
        "USER": "go",
        "LANG": "C.UTF-8",
        "TMPDIR": places.tmp,
        "XDG_CONFIG_HOME": f"{home}/.config",
        "XDG_CACHE_HOME": f"{home}/.cache",
        "GOENV": f"{home}/{GOENV}",
        "GOPATH": places.gopath,
        "GOMODCACHE": f"{places.gopath}/pkg/mod",
        "GOCACHE": f"{places.cache}/go-build",
        "GOTMPDIR": places.tmp,
        "SSL_CERT_FILE": f"{home}/.chaosmod/ca.pem",
        "SSL_CERT_DIR": f"{home}/.chaosmod/certs",
        "GIT_SSL_CAINFO": f"{home}/.chaosmod/ca.pem",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": f"{home}/.gitconfig",
        "GIT_TERMINAL_PROMPT": "0",
    }
    env.update((name, value) for name, value in posture.items() if name not in _IN_FILE)
    return env


def goenv(gosumdb: str, posture: Mapping[str, str]) -> str:
    """The text of the GOENV file: the lab's own defaults, overridden by ``posture``; its GOFLAGS are added to ours."""
    settings = {"GOSUMDB": gosumdb, "GOTOOLCHAIN": "local"}
    settings.update((name, value) for name, value in posture.items() if name in _IN_FILE)
    settings["GOFLAGS"] = " ".join(filter(None, (BUILD_FLAGS, posture.get("GOFLAGS", ""))))
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def expand(text: str, values: Mapping[str, str]) -> str:
    """``text`` with each ``{role}`` of ``values`` replaced; other braces stay as they are."""
    for role, value in values.items():
        text = text.replace(role, value)
    return text
