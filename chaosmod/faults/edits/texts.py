"""Edits of the small files of the GOPROXY protocol: .info, .mod, list and @latest."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import BinaryIO

from chaosmod.upstream.modpath import version_key

__all__ = ["RenameModule", "other_version", "stale_list"]


def other_version(source: BinaryIO, target: BinaryIO) -> str:
    """The ``Version`` of an .info or @latest becomes one that nobody has published: 99 patch releases later."""
    try:
        info = json.load(source)
        version = str(info["Version"])
    except (ValueError, KeyError, TypeError) as e:
        raise ValueError(f"what should be a version's JSON cannot be read: {e}") from e
    number = re.match(r"v\d+\.\d+\.\d+", version)
    if number is None:
        raise ValueError(f"{version!r} is no version")
    major, minor, patch = number[0].split(".")
    info["Version"] = f"{major}.{minor}.{int(patch) + 99}"
    target.write(json.dumps(info, separators=(",", ":")).encode())
    return f"named version {info['Version']} in the place of {version}"


def stale_list(source: BinaryIO, target: BinaryIO) -> str:
    """The list as it was before the newest version had been published."""
    versions = source.read().decode().split()
    if not versions:
        return ""
    newest = max(versions, key=version_key)
    target.write("".join(f"{version}\n" for version in versions if version != newest).encode())
    return f"left {newest} out of the list"


@dataclass(frozen=True, slots=True)
class RenameModule:
    """The ``module`` line of a go.mod names another module: ``suffix`` follows its path."""

    suffix: str

    def __call__(self, source: BinaryIO, target: BinaryIO) -> str:
        text = source.read().decode()
        renamed, count = re.subn(r"(?m)^(module\s+\"?)([^\s\"]+)", rf"\g<1>\g<2>{self.suffix}", text, count=1)
        if not count:
            raise ValueError("what should be a go.mod has no module line")
        target.write(renamed.encode())
        return "named another module in the module line"
