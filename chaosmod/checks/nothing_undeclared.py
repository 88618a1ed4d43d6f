"""``nothing-undeclared``: all trouble on the wire was declared by the scenario."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.checks.builds import amount, some
from chaosmod.history import ConnectionSeen, DnsAnswered, FaultArmed, History, RequestServed


class NothingUndeclared(Check):
    """Trouble that no fault explains, or a fault that nobody armed, means that the harness failed."""

    name: ClassVar[str] = "nothing-undeclared"
    summary: ClassVar[str] = "no request met trouble that no fault declared"
    example: ClassVar[str] = "the harness failed: GET primary/dep.example/lib/@v/v1.0.0.zip: the proxy's own error page"

    def run(self, history: History) -> Finding:
        requests = history.of(RequestServed)
        found = [f"{r.method} {r.role}{r.path}: {r.error}" for r in requests if r.error]
        armed = {a.fault for a in history.of(FaultArmed)}
        fired = {r.fired for r in requests if r.fired is not None}
        fired |= {d.fired for d in history.of(DnsAnswered) if d.fired is not None}
        fired |= {name for c in history.of(ConnectionSeen) for name in c.fired}
        found += [f"fault {name!r} fired and was never armed" for name in sorted(fired - armed)]
        if found:
            return Finding("fail", f"the harness failed: {some(found)}", "broken-lab")
        return Finding("pass", f"{amount(len(requests), 'request')}, none with trouble that was not declared")


CHECKS.register(NothingUndeclared)
