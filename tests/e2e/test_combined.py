"""Several faults at several layers: counts are exact whatever Go's parallel downloads make of the order."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.history import CommandFinished, ConnectionSeen, DnsAnswered, History, RequestServed
from chaosmod.session import Session
from tests.support.lab import cases, run, scenario

pytestmark = pytest.mark.namespaces

COMBINED = """
    scenario: combined
    posture: {GOPROXY: "{primary}"}
    faults:
      - {id: no-name, dns: servfail, match: {host: primary}, schedule: {first: 4}}
      - {id: far, delay: 1ms, match: {host: primary}}
      - {id: expired, certificate: expired, match: {host: primary}, schedule: {first: 1}}
      - {id: busy, http: 503, match: {host: primary, file: zip}, schedule: {first: 3}}
      - {id: odd, http: 502, match: {host: primary, file: [zip, info]}, schedule: {skip: 1, every: 2}}
      - {id: gone, http: 410, match: {host: primary, module: "{direct}", file: zip}, fires: any}
    provoke: {run: ["for n in 1 2 3 4 5 6 7 8 9; do go mod download; done; go mod download"]}
    expect: {outcome: failed, verdict: not-restored}
"""
RUNS = 50


def fired_of(eligible: int, faults: str) -> list[bool]:
    """Which of so many eligible requests each schedule acts on, by its definition and not by its code."""
    if faults == "busy":
        return [n < 3 for n in range(eligible)]
    if faults == "odd":
        return [n >= 1 and n % 2 == 0 for n in range(eligible)]
    return [True] * eligible


def check_requests(history: History, gone: str) -> None:
    """Every decision at the HTTP layer, made again from what was asked."""
    requests = sorted(history.of(RequestServed, role="primary"), key=lambda r: r.n)
    assert [r.n for r in requests] == list(range(1, len(requests) + 1)), "none is missing, none is there twice"
    asked: dict[str, list[RequestServed]] = {"busy": [], "odd": [], "gone": []}
    for request in requests:
        name = f"{request.module}@{request.version}"
        covers = {
            "busy": request.file == "zip",
            "odd": request.file in ("zip", "info"),
            "gone": request.file == "zip" and name == gone,
        }
        expected: list[str] = []
        fired = None
        for fault, covered in covers.items():
            if not covered:
                continue
            expected.append(fault)
            asked[fault].append(request)
            if fired_of(len(asked[fault]), fault)[-1]:
                fired = fault
                break
        assert (request.eligible, request.fired) == (tuple(expected), fired), request
        assert request.status == {"busy": 503, "odd": 502, "gone": 410, None: 200}[fired]


@pytest.mark.parametrize("attempt", range(RUNS))
def test_counts_agree_with_the_history(attempt: int, session: Session, tmp_path: Path) -> None:
    (case,) = cases(scenario(COMBINED, tmp_path), session)
    history, came = run(case, session)
    assert (came.verdict, came.passed) == ("not-restored", True), came.reasons

    queries = history.of(DnsAnswered, role="primary")
    assert all(q.eligible == ("no-name",) for q in queries)
    assert [q.fired for q in queries] == ["no-name"] * 4 + [None] * (len(queries) - 4)

    connections = [c for c in history.of(ConnectionSeen, role="primary") if c.sni]
    assert all(c.eligible == ("far", "expired") and "far" in c.fired for c in connections)
    assert sum("expired" in c.fired for c in connections) == 1
    # Go dials more than it needs, and drops a connection for which it has no use any more.
    assert {c.tls for c in connections if "expired" not in c.fired} <= {
        "established",
        "the client closed the connection",
    }

    module = history_module(history)
    check_requests(history, module)
    assert history.of(CommandFinished, purpose="provoke")[0].outcome == "failed"


def history_module(history: History) -> str:
    """What ``{direct}`` stands for in this case."""
    from chaosmod.checks.views import case_of

    case = case_of(history)
    assert case is not None
    return case.modules["{direct}"]
