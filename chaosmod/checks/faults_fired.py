"""``faults-fired``: every fault acted when the scenario says that it does; else nothing was proven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.checks.builds import some
from chaosmod.checks.views import case_of, happened_in
from chaosmod.history import ConnectionSeen, DnsAnswered, FaultArmed, History, Phase, RequestServed

_PHASES: dict[str, frozenset[Phase]] = {
    "provoke": frozenset({"provoke"}),
    "never": frozenset({"provoke"}),  # a recovery that empties the cache asks again, and may meet the fault then
    "recovery": frozenset({"recover", "verify"}),
    "any": frozenset({"provoke", "recover", "verify"}),
}


def _wire(history: History, phases: frozenset[Phase]) -> Iterator[RequestServed | DnsAnswered | ConnectionSeen]:
    for event in history:
        if isinstance(event, (RequestServed, DnsAnswered, ConnectionSeen)) and happened_in(history, event) in phases:
            yield event


def _instead(history: History, phases: frozenset[Phase]) -> str:
    """What was requested, grouped."""
    groups: Counter[str] = Counter()
    for event in _wire(history, phases):
        if isinstance(event, RequestServed):
            asked = f"{event.module}@{event.version} {event.file}" if event.version else event.path
            groups[f"{event.method} {event.role} {asked} -> {event.status or 'no answer'}"] += 1
    if not groups:
        return "nothing at all was requested"
    return "requested were: " + some([f"{what} ({n}×)" for what, n in groups.most_common()], 8)


class FaultsFired(Check):
    """A case in which a fault did not act when it should have proves nothing about the fault: it is ``vacuous``."""

    name: ClassVar[str] = "faults-fired"
    summary: ClassVar[str] = "every declared fault fired when the scenario says that it does"
    example: ClassVar[str] = (
        "fault 'gone' did not fire in provoke (0 eligible); requested were: GET primary dep.example/lib@v1.0.0 "
        "zip -> 200 (1×)"
    )

    def run(self, history: History) -> Finding:
        armed = history.of(FaultArmed)
        if not armed:
            return Finding("n/a", "no fault was declared")
        found, counts = [], []
        for fault in armed:
            phases = _PHASES[fault.fires]
            eligible, fired = self._counted(history, fault, phases)
            counts.append(f"{fault.fault} {fired} of {eligible}")
            when = "/".join(sorted(phases))
            if fault.fires == "never" and fired:
                found.append(
                    f"fault {fault.fault!r} fired {fired}× in {when}, and the scenario says that it never does"
                )
            elif fault.fires == "recovery" and self._no_recovery(history):
                continue
            elif fault.fires != "never" and not fired:
                why = "changed nothing on disk" if fault.layer == "local" else f"did not fire in {when}"
                found.append(f"fault {fault.fault!r} {why} ({eligible} eligible); {_instead(history, phases)}")
        if found:
            return Finding("fail", "; ".join(found), "vacuous")
        return Finding("pass", f"fired of eligible: {', '.join(counts)}")

    @staticmethod
    def _counted(history: History, fault: FaultArmed, phases: frozenset[Phase]) -> tuple[int, int]:
        if fault.layer == "local":
            return 1, int(bool(fault.applied))
        events = [e for e in _wire(history, phases) if fault.fault in e.eligible]
        fired = [e for e in _wire(history, phases) if fault.fault in _fired(e)]
        return max(len(events), len(fired)), len(fired)

    @staticmethod
    def _no_recovery(history: History) -> bool:
        """In the case ``none`` there is nothing in which a fault of the recovery could fire."""
        case = case_of(history)
        return case is not None and case.recovery == "none"


def _fired(event: RequestServed | DnsAnswered | ConnectionSeen) -> tuple[str, ...]:
    if isinstance(event, ConnectionSeen):
        return event.fired
    return () if event.fired is None else (event.fired,)


CHECKS.register(FaultsFired)
