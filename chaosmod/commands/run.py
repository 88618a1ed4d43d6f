"""``chaosmod run``: pytest with the plugin, for those who do not have pytest on their mind."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.metadata import entry_points
from typing import NoReturn

from chaosmod.options import OPTIONS, flags

__all__ = ["arguments", "plugin", "pytest_arguments", "run"]


def arguments(parser: argparse.ArgumentParser) -> None:
    """The same options as pytest's, without the ``chaos-``."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="scenario file, folder of scenarios, or node id")
    for option in OPTIONS:
        if option.name:
            parser.add_argument(f"--{option.name}", **option.keywords)
    parser.epilog = "What follows -- goes to pytest: chaosmod run chaos -- -n 4 -m network --junitxml=report.xml"


def run(given: argparse.Namespace) -> NoReturn:
    """Become pytest, with its exit status.

    In the place of this process and not in it: pytest rewrites what it imports of a plugin, and warns of what has been
    imported before; and signals reach it without anybody in between.
    """
    sys.stdout.flush()
    # Whether the current directory is among the places to import from stays as it is.
    alone = [] if sys.path[0] in ("", os.getcwd()) else ["-P"]
    os.execv(sys.executable, [sys.executable, *alone, "-m", "pytest", *pytest_arguments(given)])  # noqa: S606


def pytest_arguments(given: argparse.Namespace) -> list[str]:
    """The command line for pytest."""
    options = {**vars(given), "chaos": given.paths}
    return [
        *("-p", plugin()),
        *("-o", f"cache_dir={os.path.join('.chaosmod', 'pytest')}"),
        *flags(options, [o.name for o in OPTIONS]),
        *(given.rest or ()),
    ]


def plugin() -> str:
    """What to write after ``-p`` for pytest to have the plugin, once: its entry point where chaosmod is installed."""
    installed = any(e.name == "chaosmod" for e in entry_points(group="pytest11"))
    return "chaosmod" if installed else "chaosmod.plugin"
