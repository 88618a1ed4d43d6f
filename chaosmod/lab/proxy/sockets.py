"""What a fault does to a TCP socket beneath asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import socket
import struct

__all__ = ["abort", "hang_up", "send_at_once", "unsent"]

_SIOCOUTQNSD = 0x894B
"""Bytes in the send queue that were never sent (linux/sockios.h)."""


def send_at_once(writer: asyncio.StreamWriter) -> None:
    """Switch Nagle's algorithm off (RFC 9293, section 3.7.4): an answer is several small writes.

    asyncio does so itself, but not for sockets that were accepted from a listening one that was made without a protocol
    number; each answer then waited up to 40 ms for the client to acknowledge the first part.
    """
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


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


async def hang_up(writer: asyncio.StreamWriter, patience: float) -> None:
    """Close the connection with a FIN: stop sending, and close when the client has done so, or after so many seconds.

    A socket that is closed while there is something to read in it answers with a RST (RFC 1122, section 4.2.2.13), and
    whether there is depends on how fast the client is. So somebody has to go on reading meanwhile.
    """
    with contextlib.suppress(OSError):
        writer.write_eof()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(writer.wait_closed(), patience)
    writer.close()
