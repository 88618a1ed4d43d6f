"""``python -m chaosmod``: the same as the ``chaosmod`` command."""

from __future__ import annotations

import sys

from chaosmod.cli import main

if __name__ == "__main__":
    sys.exit(main())
