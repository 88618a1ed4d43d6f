"""Waiting for commands, driven by hand: no command runs here."""

from __future__ import annotations

import io

from chaosmod.lab.base import Ended
from chaosmod.lab.running import Running, wait


def running(number: int = 1, said: bytes = b"", killed: list[tuple[int, int]] | None = None) -> Running:
    out, err = io.BytesIO(), io.BytesIO()
    out.write(said)
    return Running(number, (out, err), lambda n, signal: (killed if killed is not None else []).append((n, signal)))


def outcomes(ended: list[Ended]) -> list[tuple[str, int | None]]:
    return [(e.outcome, e.exit) for e in ended]


def test_each_command_has_its_own_outcome() -> None:
    processes = [running(1), running(2), running(3)]
    exits = iter((0, 3, -9))
    waiting = iter(processes)
    ended = wait(processes, 60, lambda timeout: next(waiting).end(next(exits)))
    assert outcomes(ended) == [("ok", 0), ("failed", 3), ("failed", -9)]


def test_what_has_ended_already_is_not_waited_for() -> None:
    process = running()
    process.end(0)
    assert outcomes(wait([process], 60, lambda timeout: 1 / 0)) == [("ok", 0)]


def test_past_the_limit_it_is_killed_and_then_waited_for() -> None:
    killed: list[tuple[int, int]] = []
    slow, quick = running(1, b"so far", killed), running(2, killed=killed)
    quick.end(0)

    def receive(timeout: float | None) -> None:
        if timeout is None:
            slow.end(-9)

    ended = wait([slow, quick], 0.01, receive)
    assert outcomes(ended) == [("hung", None), ("ok", 0)]
    assert killed == [(1, 9)]
    assert ended[0].stdout == "so far"


def test_long_output_loses_its_middle() -> None:
    process = running(said=b"begin" + b"x" * (3 << 20) + b"end")
    process.end(0)
    (ended,) = wait([process], 60, lambda timeout: None)
    assert ended.stdout.startswith("begin")
    assert ended.stdout.endswith("end")
    assert len(ended.stdout) < (1 << 20) + 100
    assert f"{(3 << 20) + 8 - (1 << 20)} bytes left out" in ended.stdout
    assert all(stream.closed for stream in process.streams)
