"""Running pytest and the chaosmod command as users do: as processes of their own, in a folder of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from chaosmod.commands.run import plugin
from chaosmod.lab.state import VARIABLE
from tests.support.lab import CACHE

ROOT = Path(__file__).parents[2]

NO_NETWORK = ("unshare", "--user", "--map-root-user", "--net")
"""Starts a command where there is not even a loopback interface that is up."""


def python(
    folder: Path,
    *arguments: str,
    columns: int = 100,
    under: Sequence[str] = (),
    limit: float = 300,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """``python ARGUMENTS`` in ``folder``, with chaosmod importable and the caches of the test suite.

    ``under`` is a command that starts it (:data:`NO_NETWORK`), ``limit`` its time limit in seconds.
    """
    dropped = ("PYTEST_", "CI", "BUILD_NUMBER", "CHAOSMOD_", "COVERAGE")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
    env = {**inherited, VARIABLE: str(CACHE), "PYTHONPATH": str(ROOT), "COLUMNS": str(columns), **environment}
    return subprocess.run(
        [*under, sys.executable, *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=limit
    )


def pytest_in(
    folder: Path,
    *arguments: str,
    columns: int = 100,
    under: Sequence[str] = (),
    limit: float = 300,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """``pytest ARGUMENTS`` with the plugin."""
    command = ("-m", "pytest", "-p", plugin(), *arguments)
    return python(folder, *command, columns=columns, under=under, limit=limit, **environment)


def command_in(
    folder: Path, *arguments: str, columns: int = 100, **environment: str
) -> subprocess.CompletedProcess[str]:
    """``chaosmod ARGUMENTS``."""
    return python(folder, "-m", "chaosmod", *arguments, columns=columns, **environment)


def write(folder: Path, **files: str) -> None:
    """Write ``NAME.yml`` files; a double underscore is a slash."""
    for name, text in files.items():
        file = folder / f"{name.replace('__', '/')}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))
