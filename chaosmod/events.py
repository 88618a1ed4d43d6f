"""The events of a history: what can happen in a case, each an immutable dataclass.

Facts only: what a fact means is for the checks to say. A field that is added later has a default, so that an old history
can still be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

__all__ = [
    "BadEntry",
    "BuildMeasured",
    "CaseStarted",
    "Checked",
    "ChecksumsRecorded",
    "CommandFinished",
    "Concluded",
    "ConnectionSeen",
    "DnsAnswered",
    "EnvironmentRead",
    "Event",
    "FaultArmed",
    "FaultHealed",
    "FilesMeasured",
    "Fingerprint",
    "ModCacheCompared",
    "ModVerified",
    "Note",
    "Outcome",
    "Package",
    "Phase",
    "PhaseStarted",
    "RequestServed",
    "When",
]

Phase = Literal["prepare", "inject", "provoke", "recover", "verify", "teardown"]
Outcome = Literal["ok", "failed", "hung"]
When = Literal["steady", "injected", "provoked", "recovered", "verified", "offline", "fresh", "healthy"]
"""At which point of a case's life something was measured.

``steady``: in the healthy lab before any fault. ``injected``: local faults applied, before provoke. ``provoked``: after
the provoke commands. ``recovered``: after the recovery, before the verifying build; files also after each of its steps. ``verified``: after the verifying
build. ``offline``: the second build, with the network gone and GOPROXY=off. ``fresh``: the same with an empty GOCACHE.
``healthy``: the end of the same recovery, run in a lab without faults.
"""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events. ``at`` is seconds since the case began; the recorder fills ``at`` and ``phase``."""

    event: ClassVar[str]
    at: float = 0.0
    phase: Phase = "prepare"


@dataclass(frozen=True, kw_only=True)
class CaseStarted(Event):
    """What is being run: enough to run exactly it again."""

    event: ClassVar[str] = "case"
    scenario: str
    case: str
    """The item id without its file: ``switch-proxy[go1.26]``."""
    title: str = ""
    severity: str = "P2"
    file: str = ""
    recovery: str = "none"
    changes: tuple[str, ...] = ()
    """What the recovery declares that it may change: workspace files (``go.mod``, ``go.sum``, ``vendor`` …)."""
    toolchain: str = ""
    runner: str = "sandbox"
    posture: str = "default"
    environment: Mapping[str, str] = field(default_factory=dict)
    """The Go settings that the posture sets, with roles already resolved."""
    own_database: str = ""
    """GOSUMDB as the toolchain has it by itself. The lab's database stands in for it where the posture sets none."""
    cache: str = "cold"
    workspace: str = ""
    upstream: str = ""
    seed: int = 0
    roles: Mapping[str, str] = field(default_factory=dict)
    """Host role -> host name, for this case."""
    modules: Mapping[str, str] = field(default_factory=dict)
    """Module role -> ``path@version``, for this case."""
    public: tuple[str, ...] = ("*",)
    """GOPRIVATE-style patterns of the module paths that the upstream calls public."""
    expected_verdict: str = ""
    """What the scenario states for this case, already resolved for its toolchain; ``""``: nothing stated."""
    expected_outcome: str = ""
    expected_diagnosis: str = ""
    within_time: float | None = None
    """The budget of provoke, recovery and verifying build, in seconds."""
    within_requests: int | None = None
    """The budget of requests on the wire."""


@dataclass(frozen=True, kw_only=True)
class PhaseStarted(Event):
    """The case entered ``phase``."""

    event: ClassVar[str] = "phase"


@dataclass(frozen=True, kw_only=True)
class CommandFinished(Event):
    """A command that ran in the lab."""

    event: ClassVar[str] = "command"
    n: int
    """Ordinal of the command in this case, from 1; requests name it as their ``invocation``."""
    argv: tuple[str, ...]
    purpose: Literal["provoke", "recover", "measure"]
    outcome: Outcome
    exit: int | None
    """Exit status; negative for a signal, None where the command was stopped at its time limit."""
    seconds: float
    stdout: str = ""
    stderr: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Settings in which the command differed from the posture."""
    own: Mapping[str, str] = field(default_factory=dict)
    """Settings that a measurement made for this command alone; they prevail over ``environment``."""


@dataclass(frozen=True, kw_only=True)
class RequestServed(Event):
    """One request on the wire, as the lab saw and answered it."""

    event: ClassVar[str] = "request"
    n: int
    invocation: int
    """The command that was running (0: none)."""
    role: str
    host: str
    method: str
    path: str
    """The decoded path (``!x`` escapes kept, percent-escapes undone), with the query."""
    protocol: Literal["h1", "h2"]
    scheme: Literal["http", "https"]
    file: str
    """What was asked for: one of :data:`chaosmod.faults.base.FILES`."""
    module: str = ""
    version: str = ""
    status: int | None = None
    """Status sent; None where no response head was sent."""
    size: int = 0
    """Body bytes sent."""
    whole: bool = True
    """Whether all of the answer was sent, and its Content-Length was the true one."""
    seconds: float = 0.0
    eligible: tuple[str, ...] = ()
    """Faults whose match covered the request."""
    fired: str | None = None
    """The fault that acted on it."""
    effect: str = ""
    """What the fault did, in words."""
    error: str = ""
    """Trouble that no fault explains: the harness is at fault."""


@dataclass(frozen=True, kw_only=True)
class DnsAnswered(Event):
    """One DNS query and what became of it."""

    event: ClassVar[str] = "dns"
    invocation: int
    name: str
    qtype: str
    transport: Literal["udp", "tcp"]
    role: str
    rcode: str
    """``NOERROR``, ``NXDOMAIN`` …, or ``""`` where no answer was sent."""
    answer: tuple[str, ...] = ()
    eligible: tuple[str, ...] = ()
    fired: str | None = None
    effect: str = ""


@dataclass(frozen=True, kw_only=True)
class ConnectionSeen(Event):
    """One TCP connection to a role, recorded when it ends or when a fault below HTTP acts on it."""

    event: ClassVar[str] = "connection"
    invocation: int
    role: str
    port: int
    sni: str = ""
    alpn: str = ""
    tls: str = ""
    """What came of the TLS handshake: ``""`` (none), ``established`` or the failure."""
    sent: int = 0
    received: int = 0
    seconds: float = 0.0
    eligible: tuple[str, ...] = ()
    fired: tuple[str, ...] = ()
    """Every fault below HTTP that acted on the connection: a link fault and a TLS fault can act on the same one."""
    effect: str = ""


@dataclass(frozen=True, kw_only=True)
class FaultArmed(Event):
    """A fault was armed (network) or applied (local)."""

    event: ClassVar[str] = "armed"
    fault: str
    kind: str
    layer: str
    fires: Literal["provoke", "recovery", "any", "never"] = "provoke"
    spec: str = ""
    """The fault as the scenario wrote it, on one line."""
    line: int = 0
    lies: bool = False
    """Whether an answer of the checksum database on which it acted proves nothing."""
    applied: tuple[str, ...] = ()
    """For a local fault: what differs on disk now. Empty means that it did not fire."""


@dataclass(frozen=True, kw_only=True)
class FaultHealed(Event):
    """A fault was switched off as its ``heals`` says."""

    event: ClassVar[str] = "healed"
    fault: str


@dataclass(frozen=True, kw_only=True)
class FaultsCounted(Event):
    """What the faults on the wire counted themselves, taken when no answer was under way any more."""

    event: ClassVar[str] = "counted"
    asked: Mapping[str, int]
    """Fault -> how many requests, queries or connections it was asked about."""
    acted: Mapping[str, int]
    """Fault -> for how many of them it decided to act. Not all need have come to anything: a reset after 10,000 bytes
    does nothing to a connection that ends before."""


@dataclass(frozen=True)
class Package:
    """One package of a build as ``go list -deps -export`` names it."""

    module: str = ""
    """Module path; empty for the standard library and the main module."""
    version: str = ""
    sum: str = ""
    """The go.sum hash (``h1:…``) of that module version, empty where there is none."""
    content: str = ""
    """The content ID: the last part of the build ID (cmd/go/internal/work/buildid.go)."""


@dataclass(frozen=True)
class Fingerprint:
    """What was built."""

    packages: Mapping[str, Package] = field(default_factory=dict)
    binaries: Mapping[str, str] = field(default_factory=dict)
    """Import path of a program -> sha256."""


@dataclass(frozen=True, kw_only=True)
class BuildMeasured(Event):
    """A measuring build of the whole workspace."""

    event: ClassVar[str] = "build"
    when: When
    outcome: Outcome
    fingerprint: Fingerprint | None = None
    """None where the build failed."""
    command: int = 0
    """The command that decided the outcome; 0 for a build of another lab (``steady``, ``healthy``)."""


@dataclass(frozen=True, kw_only=True)
class FilesMeasured(Event):
    """The workspace's files: what Go reads, and what is the user's work."""

    event: ClassVar[str] = "files"
    when: When
    digests: Mapping[str, str]
    """Path relative to the workspace -> sha256 (or ``link:TARGET``), of every file that Go reads: go.mod, go.sum,
    go.work, go.work.sum, vendor/, Go and embedded sources. Files that Go ignores are left out."""
    gosum: tuple[str, ...] = ()
    """The lines of all go.sum files, sorted: ``path version hash`` and ``path version/go.mod hash``."""
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same lines by the file that has them: each go.sum and go.work.sum, relative to the workspace. A history from
    before there was this field has none."""


@dataclass(frozen=True)
class BadEntry:
    """One module-cache entry that is not what the upstream serves."""

    path: str
    """Relative to GOMODCACHE."""
    problem: str
    """In words: ``differs from the upstream's zip``, ``extracted tree differs`` …"""
    module: str = ""
    version: str = ""
    injected: bool = False
    """True where the entry was in this state before provoke (a fault put it there, or the warm base had it)."""


@dataclass(frozen=True, kw_only=True)
class ModCacheCompared(Event):
    """GOMODCACHE against the upstream, by digest."""

    event: ClassVar[str] = "modcache"
    when: When
    bad: tuple[BadEntry, ...] = ()
    entries: int = 0
    """How many versions were compared."""
    records: tuple[str, ...] = ()
    """``module@version`` of what it holds the checksum database's record of."""


@dataclass(frozen=True, kw_only=True)
class ModVerified(Event):
    """What ``go mod verify`` said."""

    event: ClassVar[str] = "modverify"
    when: When
    ok: bool
    text: str = ""
    command: int = 0


@dataclass(frozen=True, kw_only=True)
class EnvironmentRead(Event):
    """The client's effective settings, as ``go env`` and ``git config`` report them in the lab."""

    event: ClassVar[str] = "environment"
    when: When
    values: Mapping[str, str]
    """GOPROXY, GOSUMDB, GONOSUMDB, GONOSUMCHECK, GOPRIVATE, GONOPROXY, GOINSECURE, GOFLAGS, GOVCS, http.sslVerify, and
    http.URL.sslVerify for each URL that git has one for."""


@dataclass(frozen=True, kw_only=True)
class ChecksumsRecorded(Event):
    """What the checksum database recorded for every module version that a go.sum of this case names."""

    event: ClassVar[str] = "checksums"
    records: Mapping[str, str]
    """``path version`` or ``path version/go.mod`` -> the database's ``h1:`` hash."""


@dataclass(frozen=True, kw_only=True)
class Checked(Event):
    """What one check concluded."""

    event: ClassVar[str] = "check"
    check: str
    status: Literal["pass", "fail", "n/a", "error"]
    text: str = ""
    grade: str = ""
    """The best verdict that the finding allows (or ``vacuous``, ``broken-lab``); ``""``: it limits none."""


@dataclass(frozen=True, kw_only=True)
class Concluded(Event):
    """The end of a case: a verdict, or one of the two errors."""

    event: ClassVar[str] = "verdict"
    verdict: str
    """A verdict, or ``vacuous`` or ``broken-lab``."""
    reasons: tuple[str, ...] = ()
    """Why, most important first."""
    expected: str = ""
    outcome: str = ""
    """Of provoke."""
    expected_outcome: str = ""
    diagnosis: str = ""
    expected_diagnosis: str = ""
    passed: bool = False


@dataclass(frozen=True, kw_only=True)
class Note(Event):
    """Something worth knowing that is none of the above."""

    event: ClassVar[str] = "note"
    text: str
