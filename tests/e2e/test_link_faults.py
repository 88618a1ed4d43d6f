"""Link faults, met by real Go: what it prints, and that every attempt to connect is told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.checks.views import happened_in
from chaosmod.history import CommandFinished, ConnectionSeen, History
from chaosmod.session import Session
from tests.support.lab import cases, run, scenario
from tests.support.meet import meet, said

pytestmark = pytest.mark.namespaces


def fired(history: History) -> list[ConnectionSeen]:
    return [c for c in history.of(ConnectionSeen) if happened_in(history, c) == "provoke" and c.fired == ("f",)]


@pytest.mark.parametrize(
    ("fault", "diagnosis", "text", "verdict"),
    [
        ("refused: {}", "connection-refused", "dial tcp 127.0.1.1:443: connect: connection refused", "not-restored"),
        ("reset: {}", "connection-reset", ": connection reset by peer", "not-restored"),
        ("reset: 3000, heals: before-recovery", "connection-reset", ": read: connection reset by peer", "restored"),
    ],
)
def test_what_fails(fault: str, diagnosis: str, text: str, verdict: str, tmp_path: Path, session: Session) -> None:
    history, came = meet(fault, tmp_path, session)
    assert (came.outcome, came.diagnosis, came.verdict) == ("failed", diagnosis, verdict), came.reasons
    assert text in said(history)
    assert fired(history)


@pytest.mark.parametrize("fault", ["blackhole: {}", "blackhole: 3000", "blackhole: {after: 0, towards: client}"])
def test_what_hangs(fault: str, tmp_path: Path, session: Session) -> None:
    """Go says nothing and waits; what it meets next is the same again, or nothing once that has healed."""
    history, came = meet(f"{fault}, heals: before-recovery", tmp_path, session, timeout="4s")
    assert (came.outcome, came.diagnosis, came.verdict) == ("hung", "no-message", "restored"), came.reasons
    assert fired(history)


@pytest.mark.parametrize(
    "fault",
    [
        "delay: {time: 20ms, jitter: 5ms}",
        "rate: 500kbit",
        "loss: {share: 20%, towards: client}",
        "slice: {size: 80, pause: 100us}",
        "tc: delay 10ms 5ms 25% distribution normal rate 2mbit loss 1%",
        "blackhole: {}, schedule: {for: 300ms}",
    ],
)
def test_what_is_only_slow(fault: str, tmp_path: Path, session: Session) -> None:
    history, came = meet(fault, tmp_path, session)
    assert (came.outcome, came.verdict) == ("ok", "survived"), came.reasons
    assert fired(history)


def test_delay_is_met_on_every_round_trip(tmp_path: Path, session: Session) -> None:
    """A connection costs two round trips before its first request (TLS 1.3 and its request), and each request one."""
    history, _ = meet("delay: 60ms", tmp_path, session)
    command = history.last(CommandFinished, purpose="provoke")
    assert command is not None
    assert command.seconds > 0.12 * 4


def test_a_fault_on_a_host_that_nobody_asks_is_vacuous(tmp_path: Path, session: Session) -> None:
    text = """
        scenario: link
        posture: {GOPROXY: "{primary}"}
        faults: [{id: f, refused: {}, match: {host: mirror}}]
        provoke: {run: ["go build {packages}"]}
        expect: {verdict: survived}
    """
    (case,) = cases(scenario(text, tmp_path), session)
    history, came = run(case, session)
    assert came.verdict == "vacuous"
    assert "'f' did not fire in provoke (0 eligible)" in came.reasons[0]
    assert not history.of(ConnectionSeen)


@pytest.mark.parametrize("fault", ["reset: 1000000000", "loss: 0.000001%", "slice: {size: 65536, pause: 10s}"])
def test_a_fault_that_comes_to_nothing_is_vacuous(fault: str, tmp_path: Path, session: Session) -> None:
    _, came = meet(fault, tmp_path, session)
    assert came.verdict == "vacuous"
    assert "eligible" in came.reasons[0]


def test_one_refusal_is_one_attempt(tmp_path: Path, session: Session) -> None:
    """One request at a time, the first connection refused: counted to the last one."""
    history, came = meet("refused: {}, schedule: {first: 1}", tmp_path, session, setting='GOMAXPROCS: "1"')
    assert (came.outcome, came.diagnosis, came.verdict) == ("failed", "connection-refused", "restored"), came.reasons
    assert len(fired(history)) == 1


def test_the_kernel_engine_is_used_or_the_case_is_skipped_with_the_reason(tmp_path: Path, session: Session) -> None:
    from chaosmod.errors import NotHere
    from chaosmod.lab.kernel_link import missing

    fault = "tc: {netem: delay 5ms, engine: kernel}"
    if (why := missing("delay 5ms")) is not None:
        with pytest.raises(NotHere, match="wants the kernel's link engine") as e:
            meet(fault, tmp_path, session)
        assert why in str(e.value)
        return
    history, came = meet(fault, tmp_path, session)
    assert came.verdict == "survived", came.reasons
    assert fired(history)[0].effect == "both ways netem delay 5ms [kernel engine]"
