"""What a fault does to a TCP socket beneath asyncio."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import struct

__all__ = ["abort", "unsent"]

_SIOCOUTQNSD = 0x894B
"""Bytes in the send queue that were never sent (linux/sockios.h)."""


def unsent(writer: asyncio.StreamWriter) -> bool:
    """Whether something that was written has not left yet: an abort would throw it away.

    What has been sent and not acknowledged does not count; clients take 40 ms to acknowledge when they are idle.
    """
    transport = writer.transport
    if transport.is_closing():
        return False
    if transport.get_write_buffer_size():
        return True
    descriptor = writer.get_extra_info("socket").fileno()
    (waiting,) = struct.unpack("i", fcntl.ioctl(descriptor, _SIOCOUTQNSD, bytes(4)))
    return bool(waiting)


def abort(writer: asyncio.StreamWriter) -> None:
    """Close the connection at once with a RST (socket(7), SO_LINGER)."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
