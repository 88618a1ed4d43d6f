"""One fault on the way to the only proxy, met by one real command: the shortest way to what Go prints."""

from __future__ import annotations

from pathlib import Path

from chaosmod.history import CommandFinished, Concluded, History
from chaosmod.session import Session
from tests.support.lab import cases, run, scenario

__all__ = ["meet", "said"]


def meet(
    fault: str,
    folder: Path,
    session: Session,
    *,
    match: str = "",
    setting: str = "",
    command: str = "go build {packages}",
    timeout: str = "20s",
) -> tuple[History, Concluded]:
    """The case ``none`` of ``command`` where the primary proxy has ``fault`` (as written in a scenario), with the id ``f``.

    ``match`` is what else the fault matches on besides its host, ``setting`` what else the posture has besides GOPROXY.
    """
    text = f"""
        scenario: met
        posture: {{{_joined('GOPROXY: "{primary}"', setting)}}}
        faults:
          - {{id: f, {fault}, match: {{{_joined("host: primary", match)}}}}}
        provoke: {{run: ['{command}'], timeout: {timeout}}}
        expect: {{verdict: survived}}
    """
    (case,) = cases(scenario(text, folder), session)
    return run(case, session)


def _joined(*entries: str) -> str:
    """The entries of a flow mapping, without those that say nothing."""
    return ", ".join(filter(None, entries))


def said(history: History) -> str:
    """What the provoke command printed."""
    command = history.last(CommandFinished, purpose="provoke")
    assert command is not None
    return command.stderr
