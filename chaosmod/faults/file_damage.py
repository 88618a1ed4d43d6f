"""What the faults share that damage one kind of file, and know several ways of doing it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import ClassVar

from chaosmod.faults.actions import Edit, Rewrite
from chaosmod.faults.base import HttpFault
from chaosmod.faults.request import Request

__all__ = ["FileDamage"]


class FileDamage(HttpFault):
    """Base: a subclass names its file and its edits, and narrows ``damage`` to their names.

    Concerns requests for that file only, so that ``match`` need not say which file is meant.
    """

    shorthand: ClassVar[str] = "damage"
    file: ClassVar[str]
    """One of :data:`chaosmod.faults.request.FILES`."""
    edits: ClassVar[Mapping[str, Edit]]

    damage: str

    def concerns(self, request: Request) -> bool:
        return request.target.file == self.file

    def act(self, request: Request, rng: random.Random) -> Rewrite:
        return Rewrite(self.edits[self.damage])
