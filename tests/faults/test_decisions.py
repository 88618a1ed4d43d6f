"""Decisions: written down, and taken again in whatever order the requests come."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaosmod.errors import UsageError
from chaosmod.faults.armed import ArmedFault, Layered
from chaosmod.faults.base import FAULTS, HttpFault, LinkFault
from chaosmod.faults.decisions import Decision, Log, Replay
from chaosmod.faults.request import Request, parse_target
from chaosmod.faults.schedule import Schedule

PATHS = [f"/example.test/{name}/@v/v1.0.0.zip" for name in "abc"]


def play(paths: list[str], log: Log, **schedule: object) -> dict[str, list[bool]]:
    """Which requests a fault with ``schedule`` acted on, by path."""
    armed = ArmedFault("f", FAULTS["http"].model_validate({"status": 503}), schedule=Schedule.model_validate(schedule))
    layer = Layered([armed], HttpFault, 0, log=log)
    fates: dict[str, list[bool]] = {}
    for path in paths:
        request = Request("primary", "proxy.test", "GET", path, target=parse_target(path))
        fates.setdefault(path, []).append(layer.choose(request).armed is not None)
    return fates


def replay_of(log: Log) -> Replay:
    return Replay("s", "none[go1.26]", 7, tuple(log.taken))


@given(st.permutations(PATHS * 2))
def test_a_replay_gives_each_request_its_fate_back_in_any_order(order: list[str]) -> None:
    """``first: 2`` counts in order of arrival: only a replay makes it independent of that order."""
    log = Log()
    fates = play(PATHS * 2, log, first=2)
    assert play(order, Log(replay_of(log)), first=2) == fates


def test_what_the_recording_does_not_know_is_decided_by_the_schedule_and_counted() -> None:
    log = Log()
    play(PATHS[:1], log, first=1)
    again = Log(replay_of(log))
    assert play([*PATHS[:1], "/other/@v/v1.0.0.zip"], again, first=2) == {
        PATHS[0]: [True],
        "/other/@v/v1.0.0.zip": [True],
    }
    assert (again.unknown, len(again.taken)) == (1, 2)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    replay = Replay(
        "s",
        "retry[go1.26-pipe]",
        3,
        (Decision("f", ("h", "/ä"), 0, True), Decision("f", ("h",), 1, False), Decision("f", ("h",), 2, True, 1.5)),
    )
    replay.write(tmp_path / "x.replay.json")
    assert Replay.read(tmp_path / "x.replay.json") == replay
    assert '["f", ["h"], 1, false], ["f", ["h"], 2, true, 1.5]]' in (tmp_path / "x.replay.json").read_text()


def ended(times: list[float], log: Log, **schedule: object) -> list[float | None]:
    """When each of the connections made at ``times`` is rid of a fault; None: it acted on none of them."""
    armed = ArmedFault("f", FAULTS["delay"].model_validate("1s"), schedule=Schedule.model_validate(schedule))
    clock = iter(times)
    layer = Layered([armed], LinkFault, 0, clock=lambda: next(clock), log=log)
    choices = [layer.choose(Request("primary", "primary", "", "")) for _ in times]
    return [choice.until if choice.armed is not None else None for choice in choices]


def test_a_fault_that_ends_has_the_time_again_that_it_had() -> None:
    """The replay is slower: by its own clock the fault would have ended before the second connection."""
    log = Log()
    assert ended([10.0, 11.0, 15.0], log, **{"for": "4s"}) == [14.0, 14.0, None]
    assert ended([50.0, 59.0, 60.0], again := Log(replay_of(log)), **{"for": "4s"}) == [54.0, 62.0, None]
    assert (again.taken, again.unknown) == (log.taken, 0)


def test_a_file_of_old_that_does_not_say_how_long_it_had_gives_it_all_of_its_time() -> None:
    old = Replay("s", "none", 0, tuple(Decision("f", ("primary", ""), n, True) for n in range(2)))
    assert ended([50.0, 59.0], Log(old), **{"for": "4s"}) == [54.0, 63.0]
    assert ended([50.0, 59.0], Log(old)) == [math.inf, math.inf]


def test_what_the_recording_does_not_know_ends_by_the_clock() -> None:
    log = Log(Replay("s", "none", 0, ()))
    assert ended([10.0, 12.0, 15.0], log, **{"for": "4s"}) == [14.0, 14.0, None]
    assert log.unknown == 3


ROW = '{"kind": "chaosmod-replay", "scenario": "s", "case": "c", "seed": 0, "decisions": [["f", [], 0, true, 1.5, "more"]]}'


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"kind": "other"}', '{"kind": "chaosmod-replay", "decisions": [1]}', ROW]
)
def test_what_is_no_replay_file_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "x").write_text(text)
    with pytest.raises(UsageError, match="is no replay file"):
        Replay.read(tmp_path / "x")
    with pytest.raises(UsageError, match="cannot be read"):
        Replay.read(tmp_path / "missing")


def test_what_was_decided_is_counted_by_fault() -> None:
    log = Log()
    for occurrence, acts in enumerate((True, False, True)):
        log.settle("gone", ("a",), occurrence, acts)
    log.settle("busy", ("a",), 0, False)
    assert log.counts() == ({"gone": 3, "busy": 1}, {"gone": 2})
