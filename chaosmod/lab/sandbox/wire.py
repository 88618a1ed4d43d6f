"""Messages between the harness, the spawner and a lab's init: one packet, one JSON object, with descriptors."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Sequence
from typing import Any

_LIMIT = 1 << 20
_MAX_FDS = 64


def pair() -> tuple[socket.socket, socket.socket]:
    """Two connected ends. Packets keep their borders (SOCK_SEQPACKET)."""
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in ends:
        # The default send buffer (208 KiB) also bounds a packet; an environment and a list of mounts fit with room.
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LIMIT)
    return ends


def send(end: socket.socket, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
    """Send ``message`` with duplicates of ``fds``. Raises OSError where the other end is gone."""
    socket.send_fds(end, [json.dumps(message).encode()], list(fds))


def receive(end: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """The next message and its descriptors (close-on-exec); None at the end."""
    data, fds, _, _ = socket.recv_fds(end, _LIMIT, _MAX_FDS)
    for fd in fds:
        os.set_inheritable(fd, False)
    if not data:
        return None, fds
    message: dict[str, Any] = json.loads(data)
    return message, fds
