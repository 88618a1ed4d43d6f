"""The example of each check in the catalogue is what it really says of a history, and there it says no."""

from __future__ import annotations

import dataclasses

import pytest

from chaosmod.checks.base import CHECKS
from chaosmod.history import (
    BadEntry,
    BuildMeasured,
    CaseStarted,
    DnsAnswered,
    EnvironmentRead,
    FaultsCounted,
    FilesMeasured,
    History,
    ModCacheCompared,
    ModVerified,
)

from .story import FILES, GOSUM, LIB, OTHER, SETTINGS, failing, request, restored, tell

CASE = restored()["case"]
assert isinstance(CASE, CaseStarted)
OTHER_BUILD = BuildMeasured(when="verified", outcome="ok", fingerprint=OTHER)
CHANGED = FilesMeasured(when="verified", digests=FILES | {"go.mod": "other"}, gosum=GOSUM)
UNKNOWN = FilesMeasured(when="verified", digests=FILES, gosum=(*GOSUM, "dep.example/new v1.0.0 h1:new"))
BAD = BadEntry(f"cache/download/{LIB}/@v/v1.0.0.zip", "differs from the upstream's zip")
MODIFIED = f"{LIB} v1.0.0: dir has been modified (/home/lab/go/pkg/mod/{LIB}@v1.0.0)"
ELSEWHERE = DnsAnswered(invocation=1, name="dep.example", qtype="A", transport="udp", role="", rcode="NXDOMAIN")

NO: dict[str, History] = {
    "budget": tell(restored(), case=dataclasses.replace(CASE, within_time=3.0)),
    "evidence": tell(restored(), cache=None),
    "exact-counts": tell(restored(), FaultsCounted(asked={"gone": 2}, acted={"gone": 1})),
    "exit-status": tell(restored() | failing()),
    "faults-fired": tell(restored(), request=request("provoke")),
    "files-unchanged": tell(restored(), files=CHANGED),
    "gosum-trust": tell(restored(), files=UNKNOWN),
    "mod-verify": tell(restored(), modverify=ModVerified(when="verified", ok=False, text=MODIFIED)),
    "modcache": tell(restored(), cache=ModCacheCompared(when="verified", bad=(BAD,), entries=2)),
    "module-graph": tell(restored(), verified=OTHER_BUILD),
    "nothing-undeclared": tell(restored(), request("verify", status=502, error="the proxy's own error page")),
    "offline-rebuild": tell(restored(), offline=BuildMeasured(when="offline", outcome="failed")),
    "only-lab": tell(restored(), ELSEWHERE),
    "protections": tell(restored(), settings=EnvironmentRead(when="verified", values=SETTINGS | {"GOSUMDB": "off"})),
    "same-build": tell(restored(), verified=OTHER_BUILD),
}


@pytest.mark.parametrize("name", CHECKS)
def test_the_example_is_what_the_check_says(name: str) -> None:
    found = CHECKS[name]().run(NO[name])
    assert found.text == CHECKS[name].example
    assert found.status == ("pass" if name == "only-lab" else "fail"), "only-lab tells, and never fails"
