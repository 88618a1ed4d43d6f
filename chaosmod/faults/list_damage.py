"""``list``: the list of a module's versions is not what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from chaosmod.faults.actions import Edit
from chaosmod.faults.base import FAULTS
from chaosmod.faults.edits.common import Replace
from chaosmod.faults.edits.texts import stale_list
from chaosmod.faults.file_damage import FileDamage


class ListDamage(FileDamage):
    """What is wrong with it. Lines that are no versions are skipped by Go, and an empty list makes it ask for @latest."""

    kind: ClassVar[str] = "list"
    summary: ClassVar[str] = "serve a version list that lacks the newest one, is empty, or is garbage"
    example: ClassVar[str] = "{damage: stale}"
    file: ClassVar[str] = "list"
    edits: ClassVar[Mapping[str, Edit]] = {
        "stale": stale_list,
        "empty": Replace(b"", "nothing"),
        "garbage": Replace(b"<html>\nnot a version\n</html>\n", "garbage"),
    }

    damage: Literal["stale", "empty", "garbage"] = Field(description="what is wrong with the list")


FAULTS.register(ListDamage)
