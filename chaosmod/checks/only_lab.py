"""``only-lab``: whom the client tried to contact besides the roles of the lab."""

from __future__ import annotations

from typing import ClassVar

from chaosmod.checks.base import CHECKS, Check, Finding
from chaosmod.checks.builds import some
from chaosmod.checks.views import case_of
from chaosmod.history import DnsAnswered, History, RequestServed


class OnlyLab(Check):
    """Never fails: a lab has no other route. It tells which names would have been contacted in the user's own network.

    In the host runner that holds for Go and git, which ask its tunnel; of other commands it knows nothing, and says so.
    """

    name: ClassVar[str] = "only-lab"
    summary: ClassVar[str] = "nothing but the lab was contacted; tells who else was asked for"
    example: ClassVar[str] = "names asked for that no role owns: dep.example"

    def run(self, history: History) -> Finding:
        case = case_of(history)
        owned = {name.rstrip(".").lower() for name in case.roles.values()} if case is not None else set()
        foreign = sorted({d.name.rstrip(".").lower() for d in history.of(DnsAnswered)} - owned)
        notes = []
        if foreign:
            notes.append(f"names asked for that no role owns: {', '.join(foreign)}")
        proxies = case.environment.get("GOPROXY", "") if case is not None else ""
        direct = sorted({r.host for r in history.of(RequestServed, role="vcs")})
        if direct and proxies and "direct" not in proxies.replace("|", ",").split(","):
            notes.append(f"source hosts contacted although GOPROXY has no direct: {', '.join(direct)}")
        if case is not None and case.runner == "host":
            notes.append("Go and git were led to the lab only; any other command had the machine's own network")
        return Finding("pass", some(notes) or "nothing but the lab's roles was asked for")


CHECKS.register(OnlyLab)
