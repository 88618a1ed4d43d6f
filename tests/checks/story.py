"""A whole case as a history, of which each test changes the piece that it is about."""

from __future__ import annotations

from typing import Any

from chaosmod.history import (
    BuildMeasured,
    CaseStarted,
    ChecksumsRecorded,
    CommandFinished,
    EnvironmentRead,
    Event,
    FaultArmed,
    FilesMeasured,
    Fingerprint,
    History,
    ModCacheCompared,
    ModVerified,
    Package,
    Phase,
    PhaseStarted,
    RequestServed,
)

LIB, TWO = "dep.example/lib", "dep.example/two"
STEADY = Fingerprint(
    {
        "app.example/app": Package(content="app"),
        LIB: Package(LIB, "v1.0.0", "h1:lib", "lib"),
        TWO: Package(TWO, "v1.2.0", "h1:two", "two"),
        "fmt": Package(content="fmt"),
    },
    {"app": "aa"},
)
OTHER = Fingerprint(
    {**STEADY.packages, LIB: Package(LIB, "v0.9.0", "h1:old", "old"), "app.example/app": Package(content="app2")},
    {"app": "bb"},
)
GOSUM = (
    f"{LIB} v1.0.0 h1:lib",
    f"{LIB} v1.0.0/go.mod h1:libmod",
    f"{TWO} v1.2.0 h1:two",
    f"{TWO} v1.2.0/go.mod h1:twomod",
)
FILES = {"go.mod": "1", "go.sum": "2", "main.go": "3", "vendor/modules.txt": "4", "go.work": "5"}
SETTINGS = {
    "GOPROXY": "https://primary.example,https://mirror.example",
    "GOSUMDB": "sumdb.example+abcd+key",
    "GONOSUMDB": "",
    "GONOSUMCHECK": "",
    "GOPRIVATE": "",
    "GONOPROXY": "",
    "GOINSECURE": "",
    "GOFLAGS": "-trimpath",
    "GOVCS": "",
    "http.sslVerify": "",
}
GONE = f"go: {LIB}@v1.0.0: reading https://primary.example/{LIB}/@v/v1.0.0.zip: 410 Gone\n"


def command(n: int, phase: Phase, **fields: Any) -> CommandFinished:
    """A command; by default one that succeeded."""
    given: dict[str, Any] = {
        "argv": ("go", "build", "./..."), "purpose": "measure", "outcome": "ok", "exit": 0, "seconds": 1.0, **fields,
    }  # fmt: skip
    return CommandFinished(n=n, phase=phase, **given)


def request(phase: Phase, invocation: int = 1, **fields: Any) -> RequestServed:
    """A request; by default for the zip of LIB."""
    given: dict[str, Any] = {
        "role": "primary", "host": "primary.example", "method": "GET", "path": f"/{LIB}/@v/v1.0.0.zip",
        "protocol": "h2", "scheme": "https", "file": "zip", "module": LIB, "version": "v1.0.0", "status": 200, **fields,
    }  # fmt: skip
    return RequestServed(n=1, phase=phase, invocation=invocation, **given)


def restored() -> dict[str, Event | None]:
    """A 410 from the primary, after which the recovery brought the steady state's build back."""
    return {
        "case": CaseStarted(
            scenario="gone-410",
            case="switch-proxy",
            recovery="switch-proxy",
            environment=SETTINGS,
            roles={"primary": "primary.example", "mirror": "mirror.example", "sumdb": "sumdb.example"},
            public=("*.example",),
        ),
        "steady": BuildMeasured(when="steady", outcome="ok", fingerprint=STEADY),
        "files-steady": FilesMeasured(when="steady", digests=FILES, gosum=GOSUM),
        "armed": FaultArmed(fault="gone", kind="http", layer="http", phase="inject"),
        "files-injected": FilesMeasured(when="injected", digests=FILES, gosum=GOSUM, phase="inject"),
        "settings-injected": EnvironmentRead(when="injected", values=SETTINGS, phase="inject"),
        "begin": PhaseStarted(phase="provoke", at=1.0),
        "request": request("provoke", status=410, eligible=("gone",), fired="gone"),
        "provoke": command(1, "provoke", purpose="provoke", outcome="failed", exit=1, stderr=GONE, at=2.0),
        "provoked": None,
        "cache-provoked": None,
        "settings-recovered": EnvironmentRead(when="recovered", values=SETTINGS, phase="recover"),
        "verify": command(3, "verify", at=4.9),
        "verified": BuildMeasured(when="verified", outcome="ok", fingerprint=STEADY, command=3, phase="verify", at=5.0),
        "files": FilesMeasured(when="verified", digests=FILES, gosum=GOSUM, phase="verify"),
        "settings": EnvironmentRead(when="verified", values=SETTINGS, phase="verify"),
        "cache": ModCacheCompared(when="verified", entries=2, phase="verify"),
        "modverify": ModVerified(when="verified", ok=True, text="all modules verified", phase="verify"),
        "offline": BuildMeasured(when="offline", outcome="ok", fingerprint=STEADY, phase="verify"),
        "checksums": ChecksumsRecorded(records={}, phase="verify"),
        "healthy": None,
        "files-healthy": None,
    }


def survived() -> dict[str, Event | None]:
    """The same fault, which provoke withstood."""
    return restored() | {
        "provoke": command(1, "provoke", purpose="provoke"),
        "provoked": BuildMeasured(when="provoked", outcome="ok", fingerprint=STEADY, phase="provoke"),
        "cache-provoked": ModCacheCompared(when="provoked", entries=2, phase="provoke"),
    }


def failing(outcome: str = "failed") -> dict[str, Event | None]:
    """What a history has instead where the verifying build did not succeed: most is not measured then."""
    stopped: Any = outcome
    return {
        "verify": command(3, "verify", outcome=stopped, exit=None if outcome == "hung" else 1, stderr=GONE),
        "verified": BuildMeasured(when="verified", outcome=stopped, command=3, phase="verify", at=5.0),
        "cache": None,
        "modverify": None,
        "offline": None,
        "checksums": None,
    }


def tell(pieces: dict[str, Event | None], *more: Event, **changed: Event | None) -> History:
    """The history of ``pieces``, with those in ``changed`` replaced (``_`` for ``-``) and ``more`` at its end."""
    pieces = pieces | {name.replace("_", "-"): event for name, event in changed.items()}
    return History.replay([*(event for event in pieces.values() if event is not None), *more])
