"""``latest``: the answer to @latest is not what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from chaosmod.faults.actions import Edit
from chaosmod.faults.base import FAULTS
from chaosmod.faults.edits.common import Replace
from chaosmod.faults.edits.texts import other_version
from chaosmod.faults.file_damage import FileDamage


class LatestDamage(FileDamage):
    """What is wrong with it. Go asks for it where the list has no version that fits (modload.Query)."""

    kind: ClassVar[str] = "latest"
    summary: ClassVar[str] = "answer @latest with a version that does not exist, or with no JSON"
    example: ClassVar[str] = "{damage: missing-version}"
    file: ClassVar[str] = "latest"
    edits: ClassVar[Mapping[str, Edit]] = {
        "missing-version": other_version,
        "malformed": Replace(b"error: backend timed out\n", "an error message"),
        "empty": Replace(b"", "nothing"),
    }

    damage: Literal["missing-version", "malformed", "empty"] = Field(description="what is wrong with the answer")


FAULTS.register(LatestDamage)
