"""The ``chaosmod`` command: a door to the same engine as pytest's. Each subcommand is a module of ``commands/``."""

from __future__ import annotations

import argparse
import importlib
import os
import shlex
import sys
from collections.abc import Sequence

from chaosmod import __version__
from chaosmod.errors import ChaosmodError

__all__ = ["COMMANDS", "main"]

COMMANDS = {
    "run": "run scenarios, by pytest with the chaosmod plugin",
    "init": "write a first suite for a Go project",
    "doctor": "say what works on this machine, what does not, and what to install",
    "faults": "list the faults that a scenario can declare",
    "recoveries": "list the recoveries that a scenario can try",
    "checks": "list what is measured after a recovery",
    "diagnoses": "list the names for what Go's messages mean",
    "schema": "print the JSON Schema of scenario files",
    "verdict": "compute the verdict again from a history",
    "enter": "look around in a lab that was kept",
    "clean": "remove what crashed runs and --chaos-keep have left behind; with --all the caches too",
}
"""Name -> help. The catalogues share a module."""

_MODULES = dict.fromkeys(("faults", "recoveries", "checks", "diagnoses"), "catalogue")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. 2 is a usage error, or another that the user has to do something about."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="chaosmod", description="Fault injection for Go module resilience.")
    parser.add_argument("--version", action="version", version=f"chaosmod {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        module = importlib.import_module(f"chaosmod.commands.{_MODULES.get(name, name)}")
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        module.arguments(command)
        command.set_defaults(run=module.run)
    own, rest = _split(arguments)
    given, unknown = parser.parse_known_args(own)
    given.rest = rest
    if unknown:
        told = f"unrecognized arguments: {shlex.join(unknown)}"
        if given.command == "run":
            told += (
                f"; what is for pytest goes behind --: chaosmod run {shlex.join(given.paths)} -- {shlex.join(unknown)}"
            )
        parser.error(told)
    if rest is not None and given.command != "run":
        parser.error("only `run` takes arguments for pytest, after --")
    try:
        return int(given.run(given))
    except ChaosmodError as e:
        print(f"chaosmod: {e}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _split(arguments: list[str]) -> tuple[list[str], list[str] | None]:
    """What stands before the first ``--``, and what stands after it (None where there is none)."""
    if "--" not in arguments:
        return arguments, None
    at = arguments.index("--")
    return arguments[:at], arguments[at + 1 :]
