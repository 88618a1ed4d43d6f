"""The environment of a lab's commands: built from nothing, so that no setting of the machine can leak in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chaosmod.lab.base import Places

__all__ = ["GO_SETTINGS", "Client", "environment", "expand"]

BUILD_FLAGS = "-trimpath -buildvcs=false"
"""In every command's GOFLAGS: so that the same sources give the same bytes wherever they lie, and so that one cache of
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


def environment(
    client: Client, places: Places, gosumdb: str, posture: Mapping[str, str], *, build_flags: str = BUILD_FLAGS
) -> dict[str, str]:
    """The whole environment of a command. ``posture`` (roles already expanded) overrides; its GOFLAGS are added."""
    home = places.home
    env = {
        "PATH": f"{client.goroot}/bin:{client.path}",
        "HOME": home,
        "USER": "go",
        "LANG": "C.UTF-8",
        "TMPDIR": places.tmp,
        "XDG_CONFIG_HOME": f"{home}/.config",
        "XDG_CACHE_HOME": f"{home}/.cache",
        "GOENV": f"{home}/.config/go/env",
        "GOPATH": places.gopath,
        "GOMODCACHE": f"{places.gopath}/pkg/mod",
        "GOCACHE": f"{places.cache}/go-build",
        "GOTMPDIR": places.tmp,
        "GOTOOLCHAIN": "local",
        "GOSUMDB": gosumdb,
        "SSL_CERT_FILE": f"{home}/.chaosmod/ca.pem",
        "SSL_CERT_DIR": f"{home}/.chaosmod/certs",
        "GIT_SSL_CAINFO": f"{home}/.chaosmod/ca.pem",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": f"{home}/.gitconfig",
        "GIT_TERMINAL_PROMPT": "0",
    }
    env.update(posture)
    env["GOFLAGS"] = " ".join(filter(None, (build_flags, posture.get("GOFLAGS", ""))))
    return env


def expand(text: str, values: Mapping[str, str]) -> str:
    """``text`` with each ``{role}`` of ``values`` replaced; other braces stay as they are."""
    for role, value in values.items():
        text = text.replace(role, value)
    return text
