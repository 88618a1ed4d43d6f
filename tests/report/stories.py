"""Histories for the readers of histories."""

from __future__ import annotations

from typing import Any

from chaosmod.history import (
    BuildMeasured,
    CaseStarted,
    CommandFinished,
    Concluded,
    Event,
    FaultArmed,
    History,
    RequestServed,
)

ROLES = {"primary": "proxy.example", "mirror": "mirror.test"}
LIB = "dep.example/lib"
SAYS = f"go: {LIB}@v1.0.0: reading https://proxy.example/{LIB}/@v/v1.0.0.zip: 410 Gone"
SOURCE = """\
scenario: gone
faults:
  - id: gone
    http: 410

    match: {host: primary}
expect: {verdict: not-restored}
recoveries:
  - {do: clean-modcache, verdict: restored}
"""


def request(at: float, status: int | None = 200, **fields: Any) -> RequestServed:
    """A request in provoke, for the zip of LIB."""
    given: dict[str, Any] = {
        "n": 1, "invocation": 1, "role": "primary", "host": "proxy.example", "method": "GET", "protocol": "h2",
        "scheme": "https", "file": "zip", "module": LIB, "version": "v1.0.0", "phase": "provoke",
        "path": f"/{LIB}/@v/v1.0.0.zip", **fields,
    }  # fmt: skip
    return RequestServed(at=at, status=status, **given)


def hit(at: float, **fields: Any) -> RequestServed:
    """A request that the fault answered."""
    return request(at, **{"status": 410, "eligible": ("gone",), "fired": "gone", "effect": "answered 410", **fields})


def command(at: float, line: str = "go build ./...", **fields: Any) -> CommandFinished:
    """A command that took 0.2 s and ended at ``at``."""
    given: dict[str, Any] = {
        "n": 1, "argv": ("sh", "-c", line), "purpose": "provoke", "outcome": "ok", "exit": 0, "seconds": 0.2,
        "phase": "provoke", **fields,
    }  # fmt: skip
    return CommandFinished(at=at, **given)


def case(**fields: Any) -> CaseStarted:
    """The head of a history."""
    given: dict[str, Any] = {
        "scenario": "gone", "case": "clean-modcache[go1.26]", "title": "A version is gone", "severity": "P1",
        "recovery": "clean-modcache", "toolchain": "1.26.8", "environment": {"GOPROXY": "https://proxy.example"},
        "workspace": "corpus:app", "upstream": "corpus", "roles": ROLES, "expected_verdict": "restored",
        "expected_outcome": "failed", "expected_diagnosis": "proxy-gone", **fields,
    }  # fmt: skip
    return CaseStarted(**given)


def concluded(**fields: Any) -> Concluded:
    """The end of a history."""
    given: dict[str, Any] = {
        "verdict": "not-restored", "expected": "restored", "outcome": "failed", "expected_outcome": "failed",
        "diagnosis": "proxy-gone", "expected_diagnosis": "proxy-gone", "phase": "verify", "at": 2.0,
        "reasons": (
            f"The verifying build failed (proxy-gone): {SAYS}.",
            "The scenario expects the verdict restored, and observed was not-restored.",
        ),
        **fields,
    }  # fmt: skip
    return Concluded(**given)


def failed(*more: Event, **end: Any) -> History:
    """A case that was not restored, and what else happened."""
    armed = FaultArmed(fault="gone", kind="http", layer="http", spec="{id: gone, http: 410}", line=3, phase="inject")
    return History.replay(
        [
            case(),
            armed,
            hit(0.1),
            command(0.3, outcome="failed", exit=1, stderr=f"go: downloading {LIB} v1.0.0\n{SAYS}\n"),
            command(0.6, "go clean -modcache", n=2, purpose="recover", phase="recover"),
            hit(0.7, phase="verify", invocation=3),
            command(0.9, "go list", n=3, purpose="measure", phase="verify", outcome="failed", exit=1,
                    stderr=f"{LIB}: {SAYS}\n"),
            BuildMeasured(when="verified", outcome="failed", command=3, at=0.9, phase="verify"),
            *more,
            concluded(**end),
        ]
    )  # fmt: skip
