"""The signatures of Go's messages: ``data/*.toml``, read and compiled once.

Every signature was made from texts that the real command printed against servers that failed on purpose. In them hosts
are reserved names, paths of the machine are given as ``$GOPATH``, ``$GOROOT`` and ``$WORK``, and blank lines are left
out. Where several signatures match a text, the first one names the failure, in the order of the files and within them:
what stands further up is the more telling.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Example", "Signature", "signatures"]


@dataclass(frozen=True, slots=True)
class Example:
    """A text that the real go command printed."""

    go: str
    """The release that printed it: ``1.27.3``."""
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What one kind of message looks like, and what it means."""

    name: str
    """The word for ``expect: {diagnosis: …}``."""
    family: str
    """Where the trouble lies: ``proxy``, ``sumdb``, ``transport``, ``dns``, ``tls``, ``vcs`` (Go could not get
    something), ``content``, ``gosum``, ``cache``, ``disk``, ``configuration`` or ``workspace``."""
    pattern: re.Pattern[str]
    """Searched in what a command printed; the line in which it begins is the decisive one."""
    meaning: str
    """What happened, in one sentence."""
    examples: tuple[Example, ...]
    unlike: str
    """A text that looks similar and that the pattern must not match."""
    security: bool = False
    """Whether Go calls it a SECURITY ERROR."""
    since: str = ""
    """The first Go release that is known to say this, where not all do."""


@cache
def signatures() -> tuple[Signature, ...]:
    """All signatures, the most telling first."""
    folder = files("chaosmod.diagnose").joinpath("data")
    texts = sorted((f.name, f.read_text(encoding="utf-8")) for f in folder.iterdir() if f.name.endswith(".toml"))
    return tuple(
        Signature(
            name=entry["name"],
            family=entry["family"],
            pattern=re.compile(entry["pattern"], re.MULTILINE),
            meaning=entry["meaning"],
            examples=tuple(Example(**example) for example in entry["example"]),
            unlike=entry["unlike"],
            security=entry.get("security", False),
            since=entry.get("since", ""),
        )
        for _, text in texts
        for entry in tomllib.loads(text)["signature"]
    )
