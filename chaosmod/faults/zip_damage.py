"""``zip``: the zip of a module version is not what it should be."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from chaosmod.faults.actions import Edit, Rewrite
from chaosmod.faults.base import FAULTS
from chaosmod.faults.edits import zips
from chaosmod.faults.edits.common import Flip, Replace, Truncate
from chaosmod.faults.extent import Extent, ExtentField
from chaosmod.faults.file_damage import FileDamage
from chaosmod.faults.request import Request

_TEXT = b"upstream connect error or disconnect/reset before headers\n"
_AT: Mapping[str, Callable[[Extent], Edit]] = {"truncated": Truncate, "flipped-at": Flip}


class ZipDamage(FileDamage):
    """What is wrong with it. Its Content-Length is right: the damage is in what the host has, not on the way.

    ``flipped`` leaves the file's CRC wrong and ``flipped-crc`` makes it right; ``flipped-at`` flips wherever ``at`` is,
    and ``truncated`` ends there. ``overwritten`` is in order but for its hash: the version was tagged again.
    """

    kind: ClassVar[str] = "zip"
    summary: ClassVar[str] = "serve a zip that is damaged, misnamed, unlawful, oversized or another release's"
    example: ClassVar[str] = "{damage: truncated, at: 50%}"
    file: ClassVar[str] = "zip"
    edits: ClassVar[Mapping[str, Edit]] = {
        "flipped": zips.flip_data,
        "flipped-crc": zips.flip_content,
        "empty": Replace(b"", "nothing"),
        "not-a-zip": Replace(_TEXT, "an error message"),
        "wrong-prefix": zips.wrong_prefix,
        "path-traversal": zips.path_traversal,
        "case-collision": zips.case_collision,
        "oversized": zips.oversize,
        "overwritten": zips.overwrite,
    }

    damage: Literal[
        "flipped",
        "flipped-crc",
        "flipped-at",
        "truncated",
        "empty",
        "not-a-zip",
        "wrong-prefix",
        "path-traversal",
        "case-collision",
        "oversized",
        "overwritten",
    ] = Field(description="what is wrong with the zip")
    at: ExtentField | None = Field(None, description="where: of truncated and flipped-at; default: 50%")

    @model_validator(mode="after")
    def _placed(self) -> ZipDamage:
        if self.at is not None and self.damage not in _AT:
            raise ValueError(f"at means nothing for {self.damage}")
        return self

    def act(self, request: Request, rng: random.Random) -> Rewrite:
        if place := _AT.get(self.damage):
            return Rewrite(place(self.at or Extent(50, percent=True)))
        return super().act(request, rng)


FAULTS.register(ZipDamage)
