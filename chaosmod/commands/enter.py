"""``chaosmod enter``: look around in a lab that was kept."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["arguments", "run"]


def arguments(parser: argparse.ArgumentParser) -> None:
    """The directory, and a command."""
    parser.description = (
        "Enter a lab that --chaos-keep has kept: its files, caches and settings, in namespaces of its own and with no "
        "network. What is changed there stays changed."
    )
    parser.add_argument("lab", metavar="DIR", type=Path, help="the kept directory, as the failure text names it")
    parser.add_argument(
        "argv", metavar="COMMAND", nargs=argparse.REMAINDER, help="a command to run there (default: a shell)"
    )


def run(given: argparse.Namespace) -> int:
    """Run the command, or a shell, and return its exit status."""
    from chaosmod.errors import UsageError
    from chaosmod.lab.kept import KeptLab

    lab = given.lab.absolute()
    try:
        return KeptLab.read(lab).enter(lab, given.argv or ["sh"])
    except FileNotFoundError as e:
        raise UsageError(f"in the lab: {e}") from e
