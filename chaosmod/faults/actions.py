"""What an HTTP-layer fault can ask the proxy to do: plain data, carried out by ``chaosmod.lab.proxy``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["HttpAction", "Respond"]


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer in the upstream's place."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __str__(self) -> str:
        return f"answered {self.status}"


HttpAction: TypeAlias = Respond
