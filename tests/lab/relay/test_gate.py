"""The gate, over real sockets in a lab: what it is shown, and what its answers come to."""

from __future__ import annotations

import asyncio
import sys

import pytest

from chaosmod.lab.base import Job
from chaosmod.lab.relay.gate import Gate, Passage
from chaosmod.lab.relay.syn import Syn
from chaosmod.lab.sandbox.sandbox import Sandbox
from tests.lab.sandbox.conftest import directory, lab, spawner
from tests.support.shell import ENVIRONMENT

__all__ = ["directory", "lab", "spawner"]

pytestmark = pytest.mark.namespaces

CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], 80), float(sys.argv[2]))"


def knock(lab: Sandbox, *answers: Passage, address: str = "127.0.1.1", timeout: float = 30) -> tuple[str, list[Syn]]:
    """What a client is told at a gate that gives these answers (the last one again and again), and what the gate saw."""
    seen: list[Syn] = []

    def decide(syn: Syn) -> Passage:
        seen.append(syn)
        return answers[min(len(seen), len(answers)) - 1]

    def client() -> str:
        job = Job([sys.executable, "-c", CONNECT, address, str(timeout)], ENVIRONMENT, "/")
        (ended,) = lab.wait([lab.start(job)], 60)
        return ended.stderr.strip().rpartition("\n")[2]

    async def main() -> str:
        sockets = {(s.kind, s.role, s.port): s.socket for s in lab.listeners}
        gate = Gate(sockets["tap", "", 0], sockets["raw", "", 0], decide)
        Gate.guard(sockets["tcp", "primary", 80])
        try:
            return await asyncio.to_thread(client)
        finally:
            gate.close()

    return asyncio.run(main()), seen


def test_who_is_admitted_is_connected_and_seen_once(lab: Sandbox) -> None:
    told, seen = knock(lab, "admit")
    assert told == ""
    assert [(s.source, s.target, s.target_port) for s in seen] == [("127.0.0.1", "127.0.1.1", 80)]


def test_who_is_refused_is_told_at_once(lab: Sandbox) -> None:
    told, seen = knock(lab, "refuse")
    assert told == "ConnectionRefusedError: [Errno 111] Connection refused"
    assert len(seen) == 1


def test_who_is_dropped_is_told_nothing_and_knocks_again(lab: Sandbox) -> None:
    told, seen = knock(lab, "drop", timeout=1.5)
    assert told == "TimeoutError: timed out"
    assert len(seen) == 2
    assert len({s.attempt for s in seen}) == 1


def test_who_knocks_again_can_be_admitted(lab: Sandbox) -> None:
    told, seen = knock(lab, "drop", "admit")
    assert told == ""
    assert len(seen) == 2


def test_a_listener_that_is_not_guarded_answers_by_itself(lab: Sandbox) -> None:
    told, seen = knock(lab, "drop", address="127.0.1.2")
    assert told == ""
    assert len(seen) == 1
