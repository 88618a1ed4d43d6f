"""``chaosmod schema``: the JSON Schema of scenario files, for editors."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from chaosmod.errors import UsageError

__all__ = ["arguments", "run"]

_SHIPPED = ""


def arguments(parser: argparse.ArgumentParser) -> None:
    """``--check``."""
    parser.add_argument(
        "--check",
        nargs="?",
        const=_SHIPPED,
        metavar="FILE",
        help="print nothing, and fail where FILE (default: the schema that is shipped) is not the present one",
    )


def run(given: argparse.Namespace) -> int:
    """Print the schema, or compare it."""
    from chaosmod.scenario.schema import SHIPPED, text

    if given.check is None:
        sys.stdout.write(text())
        return 0
    file = Path(given.check) if given.check != _SHIPPED else SHIPPED
    try:
        current = file.read_text(encoding="utf-8") == text()
    except (OSError, UnicodeDecodeError) as e:
        raise UsageError(f"{file} cannot be read: {e}") from None
    if not current:
        print(f"{file} is not the present schema; write it with: chaosmod schema > {file}", file=sys.stderr)
    return 0 if current else 1
