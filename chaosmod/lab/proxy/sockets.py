"""What a fault does to a TCP socket beneath asyncio."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import struct
import termios

__all__ = ["abort", "unsent"]


def unsent(writer: asyncio.StreamWriter) -> bool:
    """Whether something that was written has not reached the peer's socket (tcp(7), SIOCOUTQ)."""
    transport = writer.transport
    if transport.is_closing():
        return False
    if transport.get_write_buffer_size():
        return True
    descriptor = writer.get_extra_info("socket").fileno()
    (waiting,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4)))
    return bool(waiting)


def abort(writer: asyncio.StreamWriter) -> None:
    """Close the connection at once with a RST (socket(7), SO_LINGER)."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
