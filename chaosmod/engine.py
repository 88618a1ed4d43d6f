"""Running a case: from its steady state to its conclusion."""

from __future__ import annotations

import dataclasses
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from chaosmod.checks.verdict import conclude
from chaosmod.errors import ChaosmodError, LabError, NotHere, UpstreamError
from chaosmod.history import Concluded, History, JsonLines, Note
from chaosmod.lab.runners import abilities
from chaosmod.life import Life
from chaosmod.scenario.needs import missing
from chaosmod.session import Session
from chaosmod.steady_builder import steady_state

if TYPE_CHECKING:
    from chaosmod.scenario import Case

__all__ = ["Kept", "run_case"]


@dataclasses.dataclass(frozen=True)
class Kept:
    """Where a case has left what can be looked at afterwards."""

    history: Path | None = None
    lab: Path | None = None
    replay: Path | None = None
    """The decisions of the faults, where the case did not pass."""


def run_case(case: Case, session: Session, folder: str = "") -> tuple[History, Kept]:
    """Run ``case`` and return its history, which ends in a ``Concluded`` event.

    ``folder`` is where it is kept in that of the run; default: the scenario's name.

    Raises NotHere where this machine, runner or workspace cannot express the case, and other ChaosmodErrors where the
    user has to change something. Trouble of the harness itself is no exception but the conclusion ``broken-lab``.
    """
    if case.skip is not None:
        raise NotHere(case.skip)
    replay = session.config.replay
    if replay is not None and (replay.scenario, replay.case) != (case.scenario.name, case.id):
        raise NotHere(f"the replay file is of {replay.case} of {replay.scenario}")
    if absent := missing(case, abilities(case.runner)):
        raise NotHere(absent)
    steady = steady_state(case, session)
    sink = None
    if session.config.runs is not None:
        sink = JsonLines(session.config.runs / (folder or case.scenario.name) / f"{case.id}.jsonl")
    history = History(sink)
    kept = Kept(sink.path if sink else None)
    life = None
    try:
        life = Life(case, session, steady, history)
        life.live()
        checked, concluded = conclude(history)
        for check in checked:
            history.record(check)
        history.record(concluded)
    except (LabError, UpstreamError) as e:
        _broken(case, history, str(e))
    except ChaosmodError:  # for the user to change something, or a reason to skip: the case has not been run
        if sink is not None:
            sink.path.unlink()
        raise
    except Exception as e:  # whatever it is, it says nothing of the build
        history.record(Note(text=traceback.format_exc()))
        _broken(case, history, f"{type(e).__name__}: {e}")
    finally:
        if life is not None:
            kept = dataclasses.replace(kept, lab=life.close(), replay=life.write_decisions(kept.history))
        if sink is not None:
            sink.close()
    return history, kept


def _broken(case: Case, history: History, reason: str) -> None:
    history.record(Concluded(verdict="broken-lab", reasons=(reason,), expected=case.expected_verdict))
