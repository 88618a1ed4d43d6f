"""Messages between the harness and a lab's warden: JSON objects, one a line, over a stream socket.

Unlike the sandbox's packets these need nothing that only Linux has.
"""

from __future__ import annotations

import json
import socket
from typing import Any

__all__ = ["Channel"]

_BLOCK = 1 << 16


class Channel:
    """One end."""

    def __init__(self, end: socket.socket) -> None:
        self.socket = end
        self._rest = b""

    def send(self, message: dict[str, Any]) -> None:
        """Send ``message``. Raises OSError where the other end is gone."""
        self.socket.sendall(json.dumps(message).encode() + b"\n")

    def receive(self) -> list[dict[str, Any]] | None:
        """The messages that one read completes, maybe none; None at the end. Raises TimeoutError as the socket does."""
        try:
            block = self.socket.recv(_BLOCK)
        except ConnectionError:
            return None
        if not block:
            return None
        *lines, self._rest = (self._rest + block).split(b"\n")
        return [json.loads(line) for line in lines]
