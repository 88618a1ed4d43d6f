"""Armed faults: who is asked, who acts, and what is counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chaosmod.faults.armed import ArmedFault, Layered
from chaosmod.faults.base import FAULTS, DnsFault, HttpFault
from chaosmod.faults.match import Match
from chaosmod.faults.request import Request, parse_target
from chaosmod.faults.schedule import Schedule


def request(path: str = "/example.test/a/@v/v1.0.0.zip", role: str = "primary", invocation: int = 1) -> Request:
    return Request(role, "proxy.test", "GET", path, invocation=invocation, target=parse_target(path))


def armed(name: str, status: int = 503, match: dict[str, object] | None = None, **schedule: object) -> ArmedFault:
    fault = FAULTS["http"].model_validate({"status": status})
    return ArmedFault(name, fault, Match.model_validate(match or {}), Schedule.model_validate(schedule))


def layer(*faults: ArmedFault, seed: int = 0) -> Layered[HttpFault]:
    return Layered(faults, HttpFault, seed, clock=lambda: 0.0)


def test_the_first_that_matches_acts() -> None:
    choice = layer(armed("a", match={"host": "mirror"}), armed("b"), armed("c")).choose(request())
    assert choice.armed is not None
    assert (choice.armed.id, choice.eligible) == ("b", ("b",))


def test_nobody_matches() -> None:
    choice = layer(armed("a", match={"host": "mirror"})).choose(request())
    assert (choice.armed, choice.eligible) == (None, ())


def test_one_that_is_used_up_passes_on() -> None:
    of = layer(armed("a", first=1), armed("b", first=1))
    choices = [of.choose(request()) for _ in range(3)]
    assert [c.armed.id if c.armed else None for c in choices] == ["a", "b", None]
    assert [c.eligible for c in choices] == [("a",), ("a", "b"), ("a", "b")]


def test_one_that_is_healed_is_not_even_eligible() -> None:
    fault = armed("a")
    of = layer(fault)
    assert of.choose(request()).armed is fault
    fault.healed = True
    assert of.choose(request()).eligible == ()


def test_faults_of_other_layers_are_left_to_their_own() -> None:
    assert Layered([armed("a")], DnsFault, 0).armed == ()


def test_an_attempt_counts_once_and_its_repeat_meets_the_same_fate() -> None:
    """Go >= 1.24 sends a request again that was answered 4xx; the repeat is no new attempt."""
    of = layer(armed("a", first=1, per="attempt"))
    fates = [of.choose(request(invocation=n)).armed is not None for n in (1, 1, 2, 2)]
    assert fates == [True, True, False, False]


PATHS = [f"/example.test/{name}/@v/v1.0.0.zip" for name in "abcdef"]


@given(st.permutations(PATHS * 3), st.integers(0, 2**32))
def test_random_choices_do_not_depend_on_the_order_of_arrival(order: list[str], seed: int) -> None:
    def fates(paths: list[str]) -> dict[str, list[bool]]:
        of = layer(armed("a", probability=0.5), seed=seed)
        seen: dict[str, list[bool]] = {}
        for path in paths:
            seen.setdefault(path, []).append(of.choose(request(path)).armed is not None)
        return seen

    assert fates(order) == fates(PATHS * 3)


@given(st.permutations(PATHS * 3))
def test_counts_per_path_do_not_depend_on_the_order_of_arrival(order: list[str]) -> None:
    of = layer(armed("a", first=2, per="path"))
    fired = [path for path in order if of.choose(request(path)).armed is not None]
    assert sorted(fired) == sorted(PATHS * 2)


_ORDERLESS = st.builds(
    dict,
    probability=st.sampled_from([0.2, 0.5, 1.0]),
    per=st.just("path"),
    first=st.one_of(st.none(), st.integers(1, 3)),
    skip=st.integers(0, 2),
    every=st.integers(1, 3),
)
"""Schedules that count the requests of each path on their own."""


@given(st.permutations(PATHS * 4), st.lists(_ORDERLESS, min_size=1, max_size=4), st.integers(0, 2**32))
def test_who_acts_and_how_does_not_depend_on_the_order_of_arrival(
    order: list[str], schedules: list[dict[str, object]], seed: int
) -> None:
    """Several faults of one layer, each passing on what it leaves alone: the same choice for the N-th ask of each path."""

    def fates(paths: list[str]) -> dict[str, list[tuple[object, ...]]]:
        of = layer(*(armed(f"f{n}", **schedule) for n, schedule in enumerate(schedules)), seed=seed)
        seen: dict[str, list[tuple[object, ...]]] = {}
        for path in paths:
            choice = of.choose(request(path))
            drawn = choice.rng.random() if choice.armed is not None else None
            seen.setdefault(path, []).append((choice.eligible, choice.armed and choice.armed.id, drawn))
        return seen

    assert fates(order) == fates(PATHS * 4)
