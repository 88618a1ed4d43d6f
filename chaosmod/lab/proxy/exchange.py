"""One request on its way to a record in the history."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from chaosmod.faults.actions import Ending
from chaosmod.faults.armed import Choice
from chaosmod.faults.base import HttpFault
from chaosmod.faults.request import Request
from chaosmod.history import RequestServed
from chaosmod.lab.proxy.answer import Answer

__all__ = ["Exchange"]


@dataclass
class Exchange:
    """What is known of a request until its answer has been sent, or its end has come otherwise."""

    request: Request
    number: int
    """Its ordinal in the case."""
    choice: Choice[HttpFault]
    began: float = field(default_factory=time.monotonic)
    status: int | None = None
    """The status sent; None until the head has been."""
    size: int = 0
    """Body bytes sent so far."""
    whole: bool = False
    """Whether the answer has been sent to its end."""
    note: str = ""
    """What came of it, where that is not what a fault was to do."""
    error: str = ""
    answer: Answer = field(default_factory=lambda: Answer(0))
    """What the client is to get."""
    ending: Ending | None = None
    """How it ends after ``answer.stop`` bytes of the body; None where all of it is sent."""
    reached: bool = False
    """Whether the place has been reached at which it is to end so."""
    ended: bool = False
    """Whether ``ending`` has been carried out."""
    forestalled: bool = False
    """Whether the exchange was over before the fault could act."""

    @property
    def fired(self) -> str | None:
        """The fault that acted: not one that found nothing that it could have changed, or that came too late."""
        armed = self.choice.armed
        return armed.id if armed is not None and self.answer.effect and not self.forestalled else None

    def event(self) -> RequestServed:
        """The record of the exchange, now that it is over."""
        request = self.request
        return RequestServed(
            n=self.number,
            invocation=request.invocation,
            role=request.role,
            host=request.host,
            method=request.method,
            path=request.path,
            protocol=request.protocol,
            scheme=request.scheme,
            file=request.target.file,
            module=request.target.module,
            version=request.target.version,
            status=self.status,
            size=self.size,
            whole=self.whole and self.answer.length in (None, self.answer.size),
            seconds=round(time.monotonic() - self.began, 6),
            eligible=self.choice.eligible,
            fired=self.fired,
            effect=self.note or self.answer.effect,
            error=self.error,
        )
