"""``chaosmod verdict``: the verdict again, from nothing but a history."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import sys
from pathlib import Path

from chaosmod.errors import UsageError

__all__ = ["arguments", "run"]


def arguments(parser: argparse.ArgumentParser) -> None:
    """The file."""
    parser.add_argument("history", type=Path, metavar="HISTORY.jsonl", help="a history, as .chaosmod/runs has them")
    parser.add_argument("--json", action="store_true", help="the conclusion and all checks as JSON")


def run(given: argparse.Namespace) -> int:
    """Print it; 0 where the case passes, 1 where it does not."""
    from chaosmod.checks.verdict import conclude
    from chaosmod.history import CaseStarted, Checked, Concluded, History, read, to_json
    from chaosmod.report.text import Again, explain

    try:
        history = read(given.history)
    except (OSError, UnicodeDecodeError) as e:
        raise UsageError(f"{given.history} cannot be read: {e}") from None
    case, before = history.last(CaseStarted), history.last(Concluded)
    if case is None:
        raise UsageError(f"{given.history} is no history of a case: it does not say which")
    checked, concluded = conclude(history)
    if given.json:
        events = [json.loads(to_json(event)) for event in (*checked, concluded)]
        json.dump({"verdict": events[-1], "checks": events[:-1]}, sys.stdout, indent=2)
        print()
    else:
        measured = [e for e in history if not isinstance(e, (Checked, Concluded))]
        again = Again(f"pytest {shlex.quote(f'{case.file}::{case.case}')}", history=os.fspath(given.history))
        print(explain(History.replay([*measured, *checked, concluded]), again, shutil.get_terminal_size().columns))
    if before is not None and before.verdict != concluded.verdict:
        print(f"chaosmod: the history itself says {before.verdict}: it was concluded otherwise", file=sys.stderr)
    return 0 if concluded.passed else 1
