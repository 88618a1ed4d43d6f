"""The runners: which there are, what each can express, and making a lab of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from chaosmod.errors import UsageError
from chaosmod.history import History, Note
from chaosmod.lab.base import Lab, Tree
from chaosmod.lab.trees import remove_tree
from chaosmod.scenario.needs import demands

if TYPE_CHECKING:
    from chaosmod.scenario import Case
    from chaosmod.session import Session

__all__ = ["abilities", "make_lab"]


def abilities(runner: str) -> frozenset[str]:
    """What ``runner`` can express, from :data:`chaosmod.lab.base.ABILITIES`. Raises UsageError for an unknown one."""
    if runner == "sandbox":
        from chaosmod.lab.sandbox.sandbox import Sandbox

        return Sandbox.abilities
    if runner == "host":
        from chaosmod.lab.host.host import Host

        return Host.abilities
    raise UsageError(f"unknown runner {runner!r}: write sandbox or host")


def make_lab(session: Session, case: Case, trees: Sequence[Tree], names: Mapping[str, str], history: History) -> Lab:
    """A new lab of the case's runner, empty but for ``trees``. ``names``: host name -> role.

    Raises LabError where it cannot be made, NotHere where the runner has no such trees, UsageError where the user has
    to change something.
    """
    directory = session.state.new_lab()
    try:
        if case.runner == "host":
            from chaosmod.lab.host.host import Host

            return Host(directory, trees, names, session.loop, lambda text: history.record(Note(text=text)))
        from chaosmod.lab.sandbox.sandbox import Sandbox

        attempts = any(demand.ability == "attempts" for demand in demands(case))
        return Sandbox(session.spawner, directory, trees, [session.toolchain(case).goroot], attempts=attempts)
    except BaseException:
        remove_tree(directory)
        raise
