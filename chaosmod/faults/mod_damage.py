"""``mod``: the go.mod of a module version is not what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from chaosmod.faults.actions import Edit
from chaosmod.faults.base import FAULTS
from chaosmod.faults.edits.common import Replace
from chaosmod.faults.edits.texts import RenameModule
from chaosmod.faults.file_damage import FileDamage


class ModDamage(FileDamage):
    """What is wrong with it. Go holds the file against go.sum before anything else, each time that it reads it."""

    kind: ClassVar[str] = "mod"
    summary: ClassVar[str] = "serve a go.mod that names another module, is no go.mod, or is empty"
    example: ClassVar[str] = "{damage: other-path}"
    file: ClassVar[str] = "mod"
    edits: ClassVar[Mapping[str, Edit]] = {
        "other-path": RenameModule("-renamed"),
        "garbage": Replace(b"\x1f\x8b\x08\x00\x00garbage", "garbage"),
        "empty": Replace(b"", "nothing"),
    }

    damage: Literal["other-path", "garbage", "empty"] = Field(description="what is wrong with the go.mod")


FAULTS.register(ModDamage)
