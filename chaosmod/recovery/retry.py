"""``retry``: the same again, some time later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field, model_validator

from chaosmod.faults.schedule import Duration
from chaosmod.recovery.base import RECOVERIES, Client, Provoke, Recovery, Steps, Wait

_LONGEST = 24 * 3600.0
"""Seconds of all pauses together: what one duration may be at most."""


class Retry(Recovery):
    """Run the provoke commands again until they succeed. The go command itself never tries again (golang/go#28194)."""

    name: ClassVar[str] = "retry"
    summary: ClassVar[str] = "run the provoke commands again until they succeed"
    example: ClassVar[str] = "{retry: {times: 5, backoff: 100ms, factor: 2}}"
    shorthand: ClassVar[str | None] = "times"

    times: int = Field(3, ge=1, le=1000, description="how many more tries, at most")
    backoff: Duration = Field(0.0, description="pause before the first of them; all pauses come to 24h at most")
    factor: float = Field(1.0, ge=1.0, le=100.0, description="each later pause is this many times the one before")

    @model_validator(mode="after")
    def _comes_to_an_end(self) -> Retry:
        if sum(self._pauses()) > _LONGEST:
            raise ValueError(
                "the pauses come to more than 24h: write fewer times, a shorter backoff or a smaller factor"
            )
        return self

    def _pauses(self) -> Iterator[float]:
        """Before each try, in seconds."""
        pause = self.backoff
        for _ in range(self.times):
            yield pause
            pause *= self.factor  # past all numbers it is infinite, where a power would raise OverflowError

    def steps(self, client: Client) -> Steps:
        for pause in self._pauses():
            if pause:
                yield Wait(pause)
            if (yield Provoke()).outcome == "ok":
                return


RECOVERIES.register(Retry)
