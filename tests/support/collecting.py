"""Scenarios to be collected, not run."""

from __future__ import annotations

import subprocess

__all__ = ["collected", "fine"]

_FINE = """
    scenario: {name}
    tags: [network, slow]
    severity: P1
    faults: [{{http: 410}}]
    expect: {{verdict: not-restored}}
    recoveries: [{{do: clean-modcache, verdict: not-restored}}]
"""


def fine(name: str = "fine") -> str:
    """The text of a scenario without mistakes: two cases, two tags and a severity."""
    return _FINE.format(name=name)


def collected(run: subprocess.CompletedProcess[str]) -> list[str]:
    """The node ids that ``pytest --co -q`` has printed."""
    return [line for line in run.stdout.splitlines() if "::" in line]
