"""One scenario in many variants: the proxy answers 410 for a module that the build needs."""

from __future__ import annotations

from pathlib import Path

from chaosmod.checks.views import happened_in
from chaosmod.history import History, Phase, RequestServed
from chaosmod.session import Session
from tests.support.lab import cases, run, scenario

__all__ = ["BASE", "asked", "history_of"]

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


def asked(history: History, *phases: Phase, **equal: object) -> list[RequestServed]:
    """The requests of commands of these phases: not those that were recorded in them, which can be a moment later."""
    return [r for r in history.of(RequestServed, **equal) if happened_in(history, r) in phases]
