"""``chaosmod run``: pytest with the plugin, for those who do not have pytest on their mind."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.metadata import entry_points

from chaosmod.options import OPTIONS, flags

__all__ = ["arguments", "plugin", "pytest_arguments", "run"]

_NOTHING = 5
"""pytest's exit status where no test was collected."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The same options as pytest's, without the ``chaos-``."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="scenario file, folder of scenarios, or node id")
    for option in OPTIONS:
        if option.name:
            parser.add_argument(f"--{option.name}", **option.keywords)
    parser.epilog = "What follows -- goes to pytest: chaosmod run chaos -- -n 4 -m network --junitxml=report.xml"


def run(given: argparse.Namespace) -> int:
    """Run the scenarios; pytest's exit status."""
    import pytest

    status = int(pytest.main(pytest_arguments(given)))
    if status == _NOTHING:
        print("chaosmod: no case was run, so nothing was proven", file=sys.stderr)
    return status


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
