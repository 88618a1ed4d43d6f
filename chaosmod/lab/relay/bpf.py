"""Socket filters in classic BPF (linux/filter.h): small programs that the kernel runs over each packet.

Attaching one needs no privilege, so it works on a socket that was opened in a lab and passed out of it.
"""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Sequence

__all__ = ["MARK", "attach", "fresh_syns", "no_fresh_syns"]

MARK = 0x0C
"""The type-of-service byte of a SYN that the gate has let in. Its code point belongs to pool 2 of RFC 2474, section 6,
which is for local use, so nothing else in a lab sets it."""

_SO_ATTACH_FILTER = 26  # asm-generic/socket.h
_NETWORK_HEADER = 0xFFF00000  # SKF_NET_OFF: offsets from here count from the IP header
_LOAD_BYTE, _LOAD_BYTE_AT_X, _X_IS_HEADER_LENGTH = 0x30, 0x50, 0xB1
_AND, _IF_EQUAL, _RETURN = 0x54, 0x15, 0x06
_ALL, _NOTHING = 0xFFFFFFFF, 0
_SYN, _SYN_OR_ACK = 0x02, 0x12
_TCP = 6

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, constant."""


def fresh_syns() -> list[Instruction]:
    """For a packet socket: pass SYNs without ACK that the gate has not seen yet, and nothing else."""
    return [
        (_LOAD_BYTE, 0, 0, 9),  # protocol
        (_IF_EQUAL, 0, 7, _TCP),
        (_LOAD_BYTE, 0, 0, 1),  # type of service
        (_IF_EQUAL, 5, 0, MARK),
        (_X_IS_HEADER_LENGTH, 0, 0, 0),
        (_LOAD_BYTE_AT_X, 0, 0, 13),  # TCP flags
        (_AND, 0, 0, _SYN_OR_ACK),
        (_IF_EQUAL, 0, 1, _SYN),
        (_RETURN, 0, 0, _ALL),
        (_RETURN, 0, 0, _NOTHING),
    ]


def no_fresh_syns() -> list[Instruction]:
    """For a listening socket: drop exactly what :func:`fresh_syns` passes.

    The sockets that it accepts inherit the filter, which drops nothing of theirs.
    """
    return [
        (_LOAD_BYTE, 0, 0, 13),  # TCP flags: a TCP socket's filter begins at the TCP header
        (_AND, 0, 0, _SYN_OR_ACK),
        (_IF_EQUAL, 0, 2, _SYN),
        (_LOAD_BYTE, 0, 0, _NETWORK_HEADER + 1),
        (_IF_EQUAL, 0, 1, MARK),
        (_RETURN, 0, 0, _ALL),
        (_RETURN, 0, 0, _NOTHING),
    ]


def attach(sock: socket.socket, program: Sequence[Instruction]) -> None:
    """Have the kernel run ``program`` over what arrives at ``sock``. Raises OSError for a program that it rejects."""
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", len(program), ctypes.addressof(buffer)))
