"""What a fault and a recovery have in common: an entry of a catalogue, whose fields are what a scenario file may write."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator

__all__ = ["Entry"]


class Entry(BaseModel):
    """Base of all faults and recoveries: immutable; the fields of a subclass are its parameters in the scenario file."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    summary: ClassVar[str]
    """One line for the catalogue."""
    example: ClassVar[str]
    """What to write after its word in the scenario file, as YAML on one line."""
    shorthand: ClassVar[str | None] = None
    """The field that a bare value means: ``http: 410`` is ``http: {status: 410}``."""
    needs: ClassVar[frozenset[str]] = frozenset()
    """What a runner must be able to express, from ``chaosmod.lab.base.ABILITIES``; else the case is skipped."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        if cls.shorthand is not None and not isinstance(value, dict) and value is not None:
            return {cls.shorthand: value}
        return {} if value is None else value
