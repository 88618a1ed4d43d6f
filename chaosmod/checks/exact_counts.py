"""``exact-counts``: the history has everything that the faults were asked about."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.checks.builds import amount, some
from chaosmod.history import ConnectionSeen, DnsAnswered, FaultsCounted, History, RequestServed


class ExactCounts(Check):
    """The counters of the faults against the record of what happened on the wire.

    The two are kept apart from each other. Where they differ, a request was lost or written down twice, and nothing that
    rests on the history can be trusted.
    """

    name: ClassVar[str] = "exact-counts"
    summary: ClassVar[str] = "the faults' own counters and the request history agree"
    example: ClassVar[str] = "the harness lost count: fault 'gone' was asked 2×, and the history has 1 eligible"

    def run(self, history: History) -> Finding:
        counted = history.last(FaultsCounted)
        if counted is None:
            return Finding("n/a", "nothing was counted")
        wire = [e for e in history if isinstance(e, (RequestServed, DnsAnswered, ConnectionSeen))]
        found = []
        named = {name for event in wire for name in event.eligible}
        for fault in sorted({*named, *counted.asked}):
            asked, acted = counted.asked.get(fault, 0), counted.acted.get(fault, 0)
            seen = sum(event.eligible.count(fault) for event in wire)
            fired = sum(fault in (e.fired if isinstance(e, ConnectionSeen) else (e.fired,)) for e in wire)
            if seen != asked:
                found.append(f"fault {fault!r} was asked {asked}×, and the history has {seen} eligible")
            if fired > acted:
                found.append(f"fault {fault!r} decided to act {acted}×, and the history has {fired} fired")
        if found:
            return Finding("fail", f"the harness lost count: {some(found)}", "broken-lab")
        return Finding("pass", f"{amount(sum(counted.asked.values()), 'decision')}, all of them in the history")


CHECKS.register(ExactCounts)
