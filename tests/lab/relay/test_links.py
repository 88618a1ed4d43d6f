"""Link faults in a real lab, met by a plain client: what it sees, and that every attempt is counted once."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from chaosmod.errors import NotHere
from chaosmod.faults.armed import ArmedFault, Layered
from chaosmod.faults.base import FAULTS, LinkFault
from chaosmod.faults.decisions import Decision, Log, Replay
from chaosmod.faults.link_actions import Shape
from chaosmod.faults.match import Match
from chaosmod.faults.schedule import Schedule
from chaosmod.history import ConnectionSeen, History
from chaosmod.lab.base import Job, Listener
from chaosmod.lab.relay.links import Links
from chaosmod.lab.relay.pace import PACKET
from chaosmod.lab.sandbox.sandbox import Sandbox
from chaosmod.lab.world import World
from chaosmod.scenario import load
from tests.faults.linking import CONNECTION
from tests.lab.sandbox.conftest import directory, lab, spawner
from tests.support.shell import ENVIRONMENT

__all__ = ["directory", "lab", "spawner"]

pytestmark = pytest.mark.namespaces

CLIENT = """
import concurrent.futures, json, socket, sys
address, count, size, timeout = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
def one(_):
    try:
        with socket.create_connection((address, 80), timeout) as s:
            s.sendall(b"?")
            got = 0
            while got < size and (data := s.recv(size - got)):
                got += len(data)
            return got
    except OSError as e:
        return type(e).__name__
with concurrent.futures.ThreadPoolExecutor(10) as pool:
    print(json.dumps(list(pool.map(one, range(count)))))
"""
SIZE = 3000
SCENARIOS = Path(__file__).parents[3] / "scenarios" / "link"


def fault(kind: str, spec: object = None, **schedule: object) -> ArmedFault:
    return ArmedFault(
        kind, FAULTS[kind].model_validate(spec), Match(host=("primary",)), Schedule.model_validate(schedule)
    )


def meet(
    lab: Sandbox,
    *armed: ArmedFault,
    count: int = 1,
    address: str = "127.0.1.1",
    timeout: float = 30,
    log: Log | None = None,
) -> tuple[list[object], list[ConnectionSeen]]:
    """What so many clients of a server that sends 3000 bytes get, and what the history tells of it."""
    world = World(history=History(), hosts={}, upstreams={}, armed=armed, log=log or Log())

    async def main() -> list[object]:
        links = Links(world, lab.listeners)

        def accept(listener: Listener):  # type: ignore[no-untyped-def]
            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                stream = links.accept(listener, reader, writer)
                if stream is None:
                    return
                with suppress(OSError):
                    await stream.reader.read(1)
                    stream.writer.write(bytes(SIZE))
                    await stream.reader.read()
                stream.writer.close()

            return serve

        servers = [await asyncio.start_server(accept(s), sock=s.socket.dup()) for s in lab.listeners if s.port == 80]
        program = [sys.executable, "-c", CLIENT, address, str(count), str(SIZE), str(timeout)]
        try:
            ended = await asyncio.to_thread(run, program)
        finally:
            links.close()
            for server in servers:
                server.close()
        told: list[object] = json.loads(ended)
        return told

    def run(program: list[str]) -> str:
        (ended,) = lab.wait([lab.start(Job(program, ENVIRONMENT, "/"))], 60)
        assert ended.outcome == "ok", ended
        return ended.stdout

    return asyncio.run(main()), world.history.of(ConnectionSeen)


def test_refused(lab: Sandbox) -> None:
    got, seen = meet(lab, fault("refused"), count=50)
    assert got == ["ConnectionRefusedError"] * 50
    assert [(s.eligible, s.fired, s.effect) for s in seen] == [(("refused",), ("refused",), "connection refused")] * 50


def test_a_schedule_is_exact_among_parallel_attempts(lab: Sandbox) -> None:
    """No attempt is decided twice, and none escapes while the fault is on its way to be switched off."""
    got, seen = meet(lab, fault("refused", skip=5, first=20), count=50)
    assert Counter(got) == {"ConnectionRefusedError": 20, SIZE: 30}
    assert sum(bool(s.fired) for s in seen) == 20
    assert len(seen) == 50


def test_what_vanishes_is_one_attempt_though_its_syn_is_sent_again(lab: Sandbox) -> None:
    got, seen = meet(lab, fault("blackhole"), count=3, timeout=3)
    assert got == ["TimeoutError"] * 3
    assert [s.effect for s in seen] == ["the SYN vanished"] * 3


def test_a_partition_that_ends_lets_in_who_still_knocks(lab: Sandbox) -> None:
    began = time.monotonic()
    got, seen = meet(lab, fault("blackhole", **{"for": "300ms"}), timeout=30)
    assert got == [SIZE]
    assert time.monotonic() - began > 0.9  # the kernel sends the SYN again after a second
    assert len(seen) == 1


def replayed(kind: str, left: float | None) -> Log:
    """A recording in which the fault acted on the first connection, and had so many seconds then."""
    return Log(Replay("s", "none", 0, (Decision(kind, ("primary", ""), 0, True, left),)))


def test_a_replay_drops_the_syn_again_whatever_its_own_clock_says(lab: Sandbox) -> None:
    began = time.monotonic()
    got, seen = meet(lab, fault("blackhole", **{"for": "0"}), timeout=30, log=replayed("blackhole", 0.3))
    assert got == [SIZE]
    assert time.monotonic() - began > 0.9
    assert [(s.fired, s.effect) for s in seen] == [(("blackhole",), "the SYN vanished")]


def test_a_replay_slows_the_connection_down_again_whatever_its_own_clock_says(lab: Sandbox) -> None:
    got, seen = meet(lab, fault("delay", "20ms", **{"for": "0"}), log=replayed("delay", 10.0))
    assert (got, [s.fired for s in seen]) == ([SIZE], [("delay",)])


@pytest.mark.parametrize(("kind", "spec"), [("blackhole", None), ("delay", "20ms")])
def test_a_fault_that_has_no_time_left_does_not_fire(lab: Sandbox, kind: str, spec: object) -> None:
    """As the later connections of one attempt, which share the decision of the first."""
    began = time.monotonic()
    got, seen = meet(lab, fault(kind, spec, **{"for": "0"}), log=replayed(kind, 0.0))
    assert got == [SIZE]
    assert time.monotonic() - began < 0.9
    assert [(s.eligible, s.fired, s.effect) for s in seen] == [((kind,), (), "")]


def test_other_hosts_are_left_alone(lab: Sandbox) -> None:
    got, seen = meet(lab, fault("refused"), address="127.0.1.2", count=20)
    assert got == [SIZE] * 20
    assert not seen


def test_reset(lab: Sandbox) -> None:
    got, seen = meet(lab, fault("reset"), count=20)
    assert set(got) <= {"ConnectionResetError", "BrokenPipeError"}
    assert [s.fired for s in seen] == [("reset",)] * 20


def test_reset_after_so_many_bytes(lab: Sandbox) -> None:
    got, seen = meet(lab, fault("reset", 1000))
    assert got == ["ConnectionResetError"]
    assert [(s.sent, s.fired) for s in seen] == [(1000, ("reset",))]


def test_what_was_not_reached_did_not_fire(lab: Sandbox) -> None:
    got, seen = meet(lab, fault("reset", SIZE + 1))
    assert got == [SIZE]
    assert [(s.sent, s.eligible, s.fired) for s in seen] == [(SIZE, ("reset",), ())]


@pytest.mark.parametrize("towards", ["both", "client"])
def test_silence_after_so_many_bytes(lab: Sandbox, towards: str) -> None:
    got, seen = meet(lab, fault("blackhole", {"after": 1000, "towards": towards}), timeout=3)
    assert got == ["TimeoutError"]
    assert [(s.sent, s.fired) for s in seen] == [(1000, ("blackhole",))]


def test_silence_that_ends(lab: Sandbox) -> None:
    got, seen = meet(lab, fault("blackhole", {"after": 1000}, **{"for": "500ms"}), timeout=30)
    assert got == [SIZE]
    assert [s.fired for s in seen] == [("blackhole",)]


def test_silence_towards_the_server(lab: Sandbox) -> None:
    got, seen = meet(lab, fault("blackhole", {"after": 0, "towards": "server"}), timeout=3)
    assert got == ["TimeoutError"]
    assert [s.fired for s in seen] == [("blackhole",)]


@pytest.mark.parametrize(
    ("kind", "spec"),
    [("delay", "10ms"), ("rate", "1mbit"), ("slice", 100), ("tc", "delay 5ms rate 1mbit")],
)
def test_what_is_slow_arrives_whole(lab: Sandbox, kind: str, spec: object) -> None:
    got, seen = meet(lab, fault(kind, spec), count=10)
    assert got == [SIZE] * 10
    assert [s.fired for s in seen] == [(kind,)] * 10
    assert all("[user-space engine]" in s.effect for s in seen)


def test_packets_that_are_lost_are_counted_in_the_effect(lab: Sandbox) -> None:
    got, seen = meet(lab, fault("loss", {"share": "60%", "towards": "client"}), count=5)
    assert got == [SIZE] * 5
    assert [s.fired for s in seen] == [("loss",)] * 5
    assert all(int(s.effect.rpartition("packets lost: ")[2]) > 0 for s in seen)
    assert [s.sent for s in seen] == [SIZE] * 5


@pytest.mark.parametrize(
    ("kind", "spec"),
    [("delay", "1us"), ("rate", "1tbit"), ("loss", "0.000001%"), ("slice", SIZE), ("tc", "loss 0.000001%")],
)
def test_a_pace_that_changed_nothing_did_not_fire(lab: Sandbox, kind: str, spec: object) -> None:
    got, seen = meet(lab, fault(kind, spec), count=3)
    assert got == [SIZE] * 3
    assert [(s.eligible, s.fired, s.effect) for s in seen] == [((kind,), (), "")] * 3


def test_a_fault_that_is_used_up_passes_the_connection_on(lab: Sandbox) -> None:
    got, seen = meet(lab, fault("refused", first=3), fault("delay", "1ms"), count=10)
    assert Counter(got) == {"ConnectionRefusedError": 3, SIZE: 7}
    assert Counter(s.fired for s in seen) == {("refused",): 3, ("delay",): 7}


@pytest.mark.parametrize(("name", "connections"), [("lossy-line", 8), ("runbook", 4)])
def test_the_shipped_lossy_lines_lose_packets_whichever_connection_go_uses(name: str, connections: int) -> None:
    """As their seeds promise: where chance lets all packets of a short download through, nothing is proven."""
    scenario = load(SCENARIOS / f"{name}.yml")
    (declared,) = scenario.faults
    armed = ArmedFault(declared.id, declared.fault, declared.match, declared.schedule)
    layer: Layered[LinkFault] = Layered([armed], LinkFault, scenario.seed)
    for _ in range(connections):
        choice = layer.choose(CONNECTION)
        assert choice.fault is not None
        action = choice.fault.shape(CONNECTION, choice.rng)
        assert isinstance(action, Shape)
        pacer = Links._pacer(action.client, choice.rng)
        assert pacer is not None
        pacer.take(bytes(5 * PACKET), 0.0)
        assert pacer.lost


@pytest.fixture
def without_packet_sockets(lab: Sandbox) -> list[Listener]:
    return [s for s in lab.listeners if s.kind == "tcp"]


def test_without_packet_sockets_a_syn_cannot_be_refused(without_packet_sockets: list[Listener]) -> None:
    async def main(*armed: ArmedFault) -> None:
        Links(World(history=History(), hosts={}, upstreams={}, armed=armed), without_packet_sockets).close()

    with pytest.raises(NotHere, match="no packet sockets"):
        asyncio.run(main(fault("refused")))
    asyncio.run(main(fault("reset")))
