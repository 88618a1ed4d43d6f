"""``info``: the .info of a module version is not what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from chaosmod.faults.actions import Edit
from chaosmod.faults.base import FAULTS
from chaosmod.faults.edits.common import Replace
from chaosmod.faults.edits.texts import other_version
from chaosmod.faults.file_damage import FileDamage


class InfoDamage(FileDamage):
    """What is wrong with it. ``go mod download`` and version queries need the file; ``go build`` waits for it and ignores it."""

    kind: ClassVar[str] = "info"
    summary: ClassVar[str] = "serve an .info that is no JSON, is empty, or is of another version"
    example: ClassVar[str] = "{damage: other-version}"
    file: ClassVar[str] = "info"
    edits: ClassVar[Mapping[str, Edit]] = {
        "malformed": Replace(b"error: backend timed out\n", "an error message"),
        "empty": Replace(b"", "nothing"),
        "other-version": other_version,
    }

    damage: Literal["malformed", "empty", "other-version"] = Field(description="what is wrong with the .info")


FAULTS.register(InfoDamage)
