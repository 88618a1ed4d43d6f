"""From a scenario to its cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chaosmod.scenario.conditional import Conditional
from chaosmod.scenario.model import DeclaredRecovery, Scenario

__all__ = ["Case", "expand"]


@dataclass(frozen=True)
class Case:
    """One scenario × one recovery × one toolchain × one posture."""

    scenario: Scenario
    recovery: DeclaredRecovery | None
    """None for the case ``none``: a plain second try."""
    toolchain: str
    """Label of the Go release: ``1.26`` or ``1.26.8``."""
    posture: str
    runner: str = "sandbox"

    @property
    def id(self) -> str:
        """``switch-proxy[go1.26]``, with the posture where the scenario has several."""
        posture = f"-{self.posture}" if len(self.scenario.postures) > 1 else ""
        return f"{self.name}[go{self.toolchain}{posture}]"

    @property
    def name(self) -> str:
        """The recovery's name, or ``none``."""
        return self.recovery.name if self.recovery is not None else "none"

    @property
    def expected_verdict(self) -> str:
        """The verdict that the scenario states for this case."""
        return self._resolve(self.recovery.verdict if self.recovery is not None else self.scenario.expect.verdict)

    @property
    def expected_outcome(self) -> str:
        """What provoke should come to; ``""`` where the scenario does not say."""
        return self._resolve(self.scenario.expect.outcome)

    @property
    def expected_diagnosis(self) -> str:
        """The diagnosis of provoke; ``""`` where the scenario does not say, or where provoke is to be ok."""
        return "" if self.expected_outcome == "ok" else self._resolve(self.scenario.expect.diagnosis)

    @property
    def changes(self) -> frozenset[str]:
        """The workspace files that provoke or the recovery may change."""
        own = self.recovery.changes if self.recovery is not None else ()
        return frozenset(self.scenario.provoke.changes).union(own)

    @property
    def skip(self) -> str | None:
        """Why this toolchain is not for this scenario; None where it is."""
        if all(term.holds(self.toolchain, self.posture, self.runner) for term in self.scenario.constraint):
            return None
        return f"the scenario is about go {self.scenario.go}, this is go {self.toolchain}"

    def _resolve(self, value: Conditional[Any] | None) -> str:
        return str(value.resolve(self.toolchain, self.posture, self.runner)) if value is not None else ""


def expand(scenario: Scenario, toolchains: Sequence[str], runner: str) -> list[Case]:
    """All cases: the one without a recovery first, then each recovery; for each every toolchain and posture, in order.

    Toolchains that the scenario is not about have cases too, with a reason to skip.
    """
    return [
        Case(scenario, recovery, toolchain, posture, runner)
        for recovery in (None, *scenario.recoveries)
        for toolchain in toolchains
        for posture in scenario.postures
    ]
