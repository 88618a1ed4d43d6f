"""``budget``: the case kept within the time and the requests that the scenario allows."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.checks.builds import amount
from chaosmod.checks.views import case_of, happened_in
from chaosmod.history import BuildMeasured, CommandFinished, History, PhaseStarted, RequestServed


class Budget(Check):
    """Counts what a user would wait for: from the start of provoke to the end of the verifying build.

    Commands that only measure do not count. A broken budget fails the case and changes no verdict.
    """

    name: ClassVar[str] = "budget"
    summary: ClassVar[str] = "provoke, recovery and verifying build took no more time and requests than allowed"
    example: ClassVar[str] = "over budget: 4.0 s, where 3 s are allowed"

    def run(self, history: History) -> Finding:
        case = case_of(history)
        if case is None or (case.within_time is None and case.within_requests is None):
            return Finding("n/a", "no budget was declared")
        begin, build = history.last(PhaseStarted, phase="provoke"), history.last(BuildMeasured, when="verified")
        if begin is None or build is None:
            return Finding("n/a", "the case did not come to its verifying build")
        # The verifying build is the first thing that is measured in its phase; what was measured before is not the user's.
        beside = [c for c in history.of(CommandFinished, purpose="measure") if c.phase in ("provoke", "recover")]
        seconds = build.at - begin.at - sum(c.seconds for c in beside)
        ignored = {c.n for c in beside}
        requests = sum(
            happened_in(history, r) in ("provoke", "recover", "verify")
            and r.at <= build.at
            and r.invocation not in ignored
            for r in history.of(RequestServed)
        )
        over = []
        if case.within_time is not None and seconds > case.within_time:
            over.append(f"{seconds:.1f} s, where {case.within_time:g} s are allowed")
        if case.within_requests is not None and requests > case.within_requests:
            over.append(f"{amount(requests, 'request')}, where {case.within_requests} are allowed")
        if over:
            return Finding("fail", f"over budget: {' and '.join(over)}")
        return Finding("pass", f"{seconds:.1f} s and {amount(requests, 'request')}")


CHECKS.register(Budget)
