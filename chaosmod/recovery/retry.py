"""``retry``: the same again, some time later."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from chaosmod.faults.schedule import Duration
from chaosmod.recovery.base import RECOVERIES, Client, Provoke, Recovery, Steps, Wait


class Retry(Recovery):
    """Run the provoke commands again until they succeed. The go command itself never tries again (golang/go#28194)."""

    name: ClassVar[str] = "retry"
    summary: ClassVar[str] = "run the provoke commands again until they succeed"
    example: ClassVar[str] = "{retry: {times: 5, backoff: 100ms, factor: 2}}"
    shorthand: ClassVar[str | None] = "times"

    times: int = Field(3, ge=1, le=1000, description="how many more tries, at most")
    backoff: Duration = Field(0.0, description="pause before the first of them")
    factor: float = Field(1.0, ge=1.0, le=100.0, description="each later pause is this many times the one before")

    def steps(self, client: Client) -> Steps:
        for n in range(self.times):
            if self.backoff:
                yield Wait(self.backoff * self.factor**n)
            if (yield Provoke()).outcome == "ok":
                return


RECOVERIES.register(Retry)
