"""The contract of an upstream: a read-only GOPROXY, asked by path, answering from memory or from a file on disk.

An upstream knows nothing of HTTP connections, faults or the lab. The proxy asks it with the decoded request path of the
GOPROXY protocol (https://go.dev/ref/mod#goproxy-protocol), for example ``/example.com/!big/@v/v1.0.0.zip``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from chaosmod.upstream.modpath import match_prefix_patterns

__all__ = ["NOT_FOUND", "TEXT", "Reply", "Upstream", "not_found", "public_sums"]

TEXT = "text/plain; charset=UTF-8"
"""The content type whose body Go prints as ``server response`` where the status is an error."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the healthy world: a status, and a body in memory or in a file (never both)."""

    status: int
    body: bytes = b""
    file: Path | None = None
    content_type: str = "application/octet-stream"

    @property
    def size(self) -> int:
        """Body length in bytes."""
        return self.file.stat().st_size if self.file is not None else len(self.body)

    def read(self) -> bytes:
        """The whole body."""
        return self.file.read_bytes() if self.file is not None else self.body


def not_found(reason: str = "not found") -> Reply:
    """A 404 as a module proxy words it: plain text, which Go prints as ``server response``."""
    return Reply(404, f"not found: {reason}".encode(), content_type=TEXT)


NOT_FOUND = not_found()


@runtime_checkable
class Upstream(Protocol):
    """Where modules come from. Implementations are safe to call from several threads at once."""

    name: str
    """As the scenario names it: ``corpus``, ``snapshot:DIR``, ``live``."""

    blocking: bool
    """True where ``fetch`` may wait for a network."""

    public: tuple[str, ...]
    """GOPRIVATE-style patterns of the modules that the checksum database may see."""

    def digest(self) -> str:
        """The identity of all that is served, as hex: part of the key of a steady state."""

    def fetch(self, path: str) -> Reply:
        """The answer to ``GET path`` (decoded, with leading slash, without query).

        A path that the upstream does not have is a 404 reply. Raises UpstreamError where the upstream itself is broken
        or out of reach.
        """

    def sums(self, module: str, version: str) -> tuple[str, str] | None:
        """The true go.sum hashes of a module version: (``h1:`` of the zip, ``h1:`` of the go.mod), None if unknown.

        The lines of a checksum-database record (https://go.dev/design/25530-sumdb). Raises UpstreamError as ``fetch``.
        """


def public_sums(upstream: Upstream) -> Callable[[str, str], tuple[str, str] | None]:
    """``upstream.sums`` as a public checksum database may know it: nothing of a module that is not public."""

    def sums(module: str, version: str) -> tuple[str, str] | None:
        return upstream.sums(module, version) if match_prefix_patterns(upstream.public, module) else None

    return sums
