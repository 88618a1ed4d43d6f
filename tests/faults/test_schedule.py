"""When a fault acts: counts, times, chances, and what is counted."""

import math
from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.schedule import Schedule, ScheduleState, chance, parse_duration


def decisions(spec: dict[str, Any], n: int = 8, step: float = 1.0) -> str:
    """``x`` where the fault acts, ``.`` where it does not, for ``n`` requests ``step`` seconds apart."""
    schedule, state = Schedule.model_validate(spec), ScheduleState()
    return "".join(
        "x" if state.decide(schedule, seed=0, fault="f", key=("h", "p"), invocation=i, now=100 + i * step)[0] else "."
        for i in range(n)
    )


@pytest.mark.parametrize(
    ("spec", "acts"),
    [
        ({}, "xxxxxxxx"),
        ({"first": 3}, "xxx....."),
        ({"skip": 2}, "..xxxxxx"),
        ({"every": 3}, "..x..x.."),
        ({"skip": 2, "first": 2}, "..xx...."),
        ({"every": 2, "first": 2}, ".x.x...."),
        ({"skip": 1, "every": 2, "first": 2}, "..x.x..."),
        ({"for": "3s"}, "xxx....."),
        ({"after": "2s"}, "..xxxxxx"),
        ({"after": "2s", "for": "3s"}, "..xxx..."),
        ({"first": 3, "after": "2s"}, "..x....."),
        ({"for": "0"}, "........"),
    ],
)
def test_counts_and_times(spec: dict[str, Any], acts: str) -> None:
    assert decisions(spec) == acts


def test_time_begins_with_the_first_eligible_request() -> None:
    assert decisions({"for": "1s"}, n=4, step=0.4) == "xxx."


def test_what_is_left_of_the_time() -> None:
    state, timed = ScheduleState(), Schedule.model_validate({"after": "1s", "for": "2s"})
    assert state.left(Schedule(), 100.0) is None
    assert state.left(timed, 100.0) == 3.0  # nobody has asked yet
    state.began = 100.0
    assert [state.left(timed, now) for now in (100.0, 102.5, 103.0, 200.0)] == [3.0, 0.5, 0.0, 0.0]


def attempts(spec: dict[str, Any], asked: list[tuple[int, str]]) -> str:
    schedule, state = Schedule.model_validate(spec), ScheduleState()
    return "".join(
        "x" if state.decide(schedule, seed=0, fault="f", key=("h", path), invocation=n, now=0)[0] else "."
        for n, path in asked
    )


def test_a_hidden_repeat_is_no_new_attempt() -> None:
    asked = [(1, "/a"), (1, "/a"), (1, "/b"), (2, "/a"), (2, "/a")]
    assert attempts({"first": 1}, asked) == "x...."
    assert attempts({"first": 1, "per": "attempt"}, asked) == "xx..."
    assert attempts({"first": 2, "per": "attempt"}, asked) == "xxx.."
    assert attempts({"skip": 2, "per": "attempt"}, asked) == "...xx"


def test_per_path_counts_each_path_on_its_own() -> None:
    asked = [(1, "/a"), (1, "/b"), (1, "/a"), (2, "/b"), (2, "/c")]
    assert attempts({"first": 1, "per": "path"}, asked) == "xx..x"
    assert attempts({"first": 1, "per": "path"}, sorted(asked, key=lambda q: q[1])) == "x.x.x"


def test_chance_is_as_declared() -> None:
    acts = decisions({"probability": 0.3}, n=2000).count("x")
    assert 500 < acts < 700
    assert decisions({"probability": 1.0}, n=50) == "x" * 50


def test_chance_does_not_depend_on_the_order_of_arrival() -> None:
    schedule = Schedule(probability=0.5)

    def ask(paths: list[str]) -> dict[str, list[tuple[bool, float]]]:
        state = ScheduleState()
        seen: dict[str, list[tuple[bool, float]]] = {path: [] for path in "abcd"}
        for path in paths:
            acts, rng = state.decide(schedule, seed=7, fault="f", key=("h", path), invocation=1, now=0)
            seen[path].append((acts, rng.random()))
        return seen

    assert ask(list("aabbccdd")) == ask(list("dcbadcba"))
    assert len({str(v) for v in ask(list("aabbccdd")).values()}) == 4


def test_chance_is_a_function_of_all_of_its_arguments() -> None:
    base = chance(1, "f", ("h", "p"), 0).random()
    assert chance(1, "f", ("h", "p"), 0).random() == base
    others = [chance(2, "f", ("h", "p"), 0), chance(1, "g", ("h", "p"), 0), chance(1, "f", ("h", "q"), 0)]
    others.append(chance(1, "f", ("h", "p"), 1))
    assert base not in [rng.random() for rng in others]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("300ms", 0.3),
        ("5s", 5),
        ("1m30s", 90),
        ("1.5s", 1.5),
        ("250us", 0.00025),
        ("24h", 86400),
        (2, 2),
        (0.5, 0.5),
    ],
)
def test_durations(text: Any, seconds: float) -> None:
    assert math.isclose(parse_duration(text), seconds)


@pytest.mark.parametrize(
    "text", ["", "5", "s", "-5s", "+5s", "5 s", "5S", "1e3s", ".5s", "5s ", "٣s", "5sec", None, True, [], "nans"]
)
def test_no_durations(text: Any) -> None:
    with pytest.raises(ValueError, match="is not a duration: write a number and a unit"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["24h1us", "999999999999h", -1, math.inf, math.nan])
def test_absurd_durations(text: Any) -> None:
    with pytest.raises(ValueError, match="must be between 0 and 24h"):
        parse_duration(text)


@pytest.mark.parametrize(
    "spec",
    [
        {"first": 0}, {"skip": -1}, {"every": 0}, {"first": 1_000_001}, {"skip": 1_000_001}, {"every": 1_000_001},
        {"probability": 0}, {"probability": 1.1}, {"probability": math.nan}, {"per": "module"}, {"frist": 1}, {"after": "-1s"},
    ],
)  # fmt: skip
def test_no_schedules(spec: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Schedule.model_validate(spec)
