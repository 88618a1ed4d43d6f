"""Pacing with a clock of our own: every byte's time can be told in advance."""

from __future__ import annotations

import math
import random
import time
from itertools import pairwise

import pytest

from chaosmod.faults.link_actions import Pace
from chaosmod.lab.relay.pace import PACKET, Pacer, Piece


def pacer(seed: int = 1, **pace: object) -> Pacer:
    return Pacer(Pace(**pace), random.Random(seed))  # type: ignore[arg-type]


def last(pieces: list[Piece]) -> float:
    return pieces[-1].at


def joined(pieces: list[Piece]) -> bytes:
    return b"".join(p.data for p in pieces)


def test_without_a_pace_bytes_pass_as_they_come() -> None:
    assert pacer().take(b"abc", 5.0) == [Piece(5.0, b"abc")]
    assert pacer().take(b"", 5.0) == []


def test_delay_is_added_once_and_lets_what_follows_come_close_behind() -> None:
    slow = pacer(delay=0.3)
    assert slow.take(b"a", 1.0) == [Piece(1.0 + 0.3, b"a")]
    assert slow.take(b"b", 1.1) == [Piece(1.1 + 0.3, b"b")]


@pytest.mark.parametrize("chunk", [1, 999, 100_000])
@pytest.mark.parametrize("rate", [100.0, 6250.0, 1e6])
def test_rate_is_exact_over_any_number_of_bytes(rate: float, chunk: int) -> None:
    thin, size = pacer(rate=rate), 100_000
    pieces = [p for i in range(0, size, chunk) for p in thin.take(bytes(min(chunk, size - i)), 0.0)]
    assert last(pieces) == pytest.approx(size / rate)
    assert len(joined(pieces)) == size


def test_a_large_body_over_a_thin_line_is_cut_in_a_time_that_grows_with_its_size() -> None:
    def cost(size: int) -> float:
        data, thin = bytes(size), pacer(rate=6250.0)
        began = time.process_time()
        thin.take(data, 0.0)
        return time.process_time() - began

    small = min(cost(1 << 18) for _ in range(3))
    assert min(cost(1 << 20) for _ in range(3)) < 12 * small  # four times the bytes; a square would be sixteen


def test_a_limited_direction_flows_and_does_not_come_in_bursts() -> None:
    pieces = pacer(rate=6250.0).take(bytes(6250), 0.0)
    assert max(b.at - a.at for a, b in pairwise(pieces)) < 0.006


def test_a_line_that_was_idle_is_no_faster_afterwards() -> None:
    thin = pacer(rate=100.0)
    thin.take(bytes(100), 0.0)
    assert last(thin.take(bytes(100), 50.0)) == pytest.approx(51.0)


def test_delay_and_rate_add_up() -> None:
    assert last(pacer(delay=2.0, rate=100.0).take(bytes(100), 0.0)) == pytest.approx(3.0)


def test_jitter_stays_within_its_width_and_keeps_the_order() -> None:
    shaky = pacer(delay=0.1, jitter=0.05)
    times = [shaky.take(bytes(PACKET), float(i))[0].at - i for i in range(2000)]
    assert min(times) < 0.06
    assert max(times) > 0.14
    assert all(0.05 <= t <= 0.15 for t in times)
    burst = pacer(delay=0.1, jitter=0.05).take(bytes(PACKET * 500), 0.0)
    assert [p.at for p in burst] == sorted(p.at for p in burst)


def test_jitter_never_delivers_before_the_bytes_came() -> None:
    shaky = pacer(delay=0.01, jitter=1.0, distribution="normal")
    assert all(shaky.take(bytes(PACKET), 10.0 * i)[0].at >= 10.0 * i for i in range(500))


def test_a_lost_packet_comes_a_timeout_later_and_holds_up_what_follows() -> None:
    lossy = pacer(loss=0.05)
    pieces = lossy.take(bytes(PACKET * 2000), 0.0)
    assert lossy.lost == pytest.approx(100, abs=40)
    assert [p.at for p in pieces] == sorted(p.at for p in pieces)
    waits = {round(p.at, 6) for p in pieces}
    assert 0.2 in waits
    assert waits <= {0.0, *(round(0.2 * (2**n - 1), 6) for n in range(1, 8))}


def test_total_loss_ends_the_connection() -> None:
    assert pacer(loss=1.0).take(b"x", 0.0)[0].at == math.inf


@pytest.mark.parametrize("chunk", [1, 100, PACKET, 5000])
def test_draws_do_not_depend_on_how_the_bytes_were_cut(chunk: int) -> None:
    """Which packets are lost, and by how much each is delayed, is the same in every run of a seed."""
    size = PACKET * 20
    whole, cut = pacer(seed=7, delay=1.0, jitter=0.5, loss=0.2), pacer(seed=7, delay=1.0, jitter=0.5, loss=0.2)
    expected = [p.at for p in whole.take(bytes(size), 0.0) for _ in p.data]
    got = [p.at for i in range(0, size, chunk) for p in cut.take(bytes(min(chunk, size - i)), 0.0) for _ in p.data]
    assert got == expected
    assert whole.lost == cut.lost > 0


def test_slices_end_at_their_border_however_the_bytes_came() -> None:
    sliced = pacer(slice=10, pause=0.5)
    pieces = sliced.take(bytes(25), 0.0) + sliced.take(bytes(5), 0.0)
    assert [(p.at, len(p.data)) for p in pieces] == [(0.0, 10), (0.5, 10), (1.0, 5), (1.0, 5)]


@pytest.mark.parametrize(
    ("pace", "size"),
    [
        ({"delay": 0.001}, 1),
        ({"delay": 0.0, "jitter": 0.01}, 20 * PACKET),
        ({"rate": 100.0}, 1),
        ({"loss": 1.0}, 1),
        ({"slice": 10}, 11),
    ],
)
def test_a_pace_acts_with_the_first_byte_that_it_holds_up_or_cuts_off(pace: dict[str, float], size: int) -> None:
    slow = pacer(**pace)
    assert not slow.acted
    slow.take(bytes(size), 0.0)
    assert slow.acted


@pytest.mark.parametrize(
    ("pace", "size"),
    [
        ({"delay": 1e-6}, 1000),  # less than a timer can tell: it passes at once
        ({"rate": 1e12}, 1000),
        ({"loss": 1e-8}, 20 * PACKET),
        ({"slice": 10, "pause": 10.0}, 10),
    ],
)
def test_a_pace_that_changes_nothing_has_not_acted(pace: dict[str, float], size: int) -> None:
    idle = pacer(**pace)
    idle.take(bytes(size), 0.0)
    assert not idle.acted


def test_a_slice_acts_when_bytes_go_on_behind_it() -> None:
    sliced = pacer(slice=10)
    sliced.take(bytes(10), 0.0)
    assert not sliced.acted
    sliced.take(bytes(1), 5.0)
    assert sliced.acted


def test_no_byte_is_lost_or_changes_its_place() -> None:
    data = random.Random(3).randbytes(50_000)
    odd = pacer(delay=0.1, jitter=0.1, rate=9999.0, loss=0.1, slice=77, pause=0.001)
    pieces = odd.take(data[:20_001], 0.0) + odd.take(data[20_001:], 1.0)
    assert joined(pieces) == data
    assert [p.at for p in pieces] == sorted(p.at for p in pieces)
