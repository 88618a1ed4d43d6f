"""``retry``."""

import pytest
from pydantic import ValidationError

from chaosmod.recovery.base import Provoke, Result, Step, Wait
from chaosmod.recovery.retry import Retry

from .drive import CLIENT, drive


def failing(times: int) -> object:
    results = iter([Result("failed", 1)] * times)
    return lambda step: next(results, Result()) if isinstance(step, Provoke) else Result()


def test_it_ends_with_the_first_success() -> None:
    assert drive(Retry(times=5), answer=failing(2)) == [Provoke()] * 3  # type: ignore[arg-type]


def test_it_gives_up_after_the_last_try() -> None:
    assert drive(Retry(times=3), answer=failing(9)) == [Provoke()] * 3  # type: ignore[arg-type]


def test_a_hung_try_is_no_success() -> None:
    assert drive(Retry(times=2), answer=lambda step: Result("hung", None)) == [Provoke()] * 2


def test_the_pauses_grow() -> None:
    steps: list[Step] = drive(Retry(times=3, backoff=0.5, factor=2), CLIENT, failing(9))  # type: ignore[arg-type]
    assert steps == [Wait(0.5), Provoke(), Wait(1.0), Provoke(), Wait(2.0), Provoke()]


def test_parameters_as_written() -> None:
    assert Retry.model_validate("4") == Retry(times=4)
    assert Retry.model_validate({"times": "2", "backoff": "100ms", "factor": "1.5"}) == Retry(
        times=2, backoff=0.1, factor=1.5
    )


@pytest.mark.parametrize(
    "spec",
    [
        {"times": 0},
        {"times": 1001},
        {"backoff": "1"},
        {"factor": 0.5},
        {"factor": 101},
        {"factor": "inf"},
        {"factor": "nan"},
    ],
)
def test_what_it_does_not_take(spec: object) -> None:
    with pytest.raises(ValidationError):
        Retry.model_validate(spec)


@pytest.mark.parametrize(
    "spec",
    [
        {"times": 1000, "backoff": "1ms", "factor": 100},
        {"times": 1000, "backoff": "1us", "factor": 1.1},
        {"times": 25, "backoff": "1h"},
        {"times": 2, "backoff": "12h", "factor": 1.5},
    ],
)
def test_it_does_not_wait_for_ever(spec: object) -> None:
    with pytest.raises(ValidationError, match="the pauses come to more than 24h"):
        Retry.model_validate(spec)


@pytest.mark.parametrize(
    "spec",
    [
        {"times": 24, "backoff": "1h"},
        {"times": 1000, "backoff": "1s"},
        {"times": 1000, "factor": 100},
        {"times": 1, "backoff": "24h", "factor": 100},
    ],
)
def test_it_may_wait_for_a_day(spec: object) -> None:
    assert Retry.model_validate(spec)
