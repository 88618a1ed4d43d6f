"""One scenario in many variants: the proxy answers 410 for a module that the build needs."""

from __future__ import annotations

from pathlib import Path

from chaosmod.history import History
from chaosmod.session import Session
from tests.support.lab import cases, run, scenario

__all__ = ["BASE", "history_of"]

BASE = """
    scenario: engine
    posture: {GOPROXY: "{primary}"}
    faults:
      - {id: gone, http: 410, match: {host: primary, module: "{direct}", file: [mod, zip]}%s}
    provoke: {run: [%s], timeout: 60s}
    expect: {verdict: not-restored}
    recoveries: [%s]
"""


def history_of(
    session: Session,
    folder: Path,
    *,
    fault: str = "",
    provoke: str = '"go build {packages}"',
    recovery: str = "",
    text: str = "",
) -> History:
    """The history of the last case of a scenario."""
    made = scenario((text or BASE) % (fault, provoke, recovery), folder)
    return run(cases(made, session)[-1], session)[0]
