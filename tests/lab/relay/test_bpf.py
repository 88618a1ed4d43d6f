"""Filters, as the kernel runs them: over datagrams that hold packets."""

import socket

import pytest

from chaosmod.lab.relay import bpf
from chaosmod.lab.relay.bpf import MARK
from tests.lab.relay.test_syn import packet


def passes(program: list[bpf.Instruction], data: bytes) -> bool:
    """Whether the kernel lets ``data`` arrive under ``program``."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        bpf.attach(ours, program)
        ours.setblocking(False)
        try:
            theirs.send(data)
            return ours.recv(2048) == data
        except (BlockingIOError, PermissionError):
            return False


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (packet(), True),
        (packet(flags=0x42), True),  # with ECE: explicit congestion notification is being asked for
        (packet(flags=0x12), False),
        (packet(flags=0x10), False),
        (packet(flags=0x14), False),
        (packet(protocol=17), False),
        (packet()[:1] + bytes((MARK,)) + packet()[2:], False),
    ],
)
def test_the_tap_sees_fresh_syns_alone(data: bytes, expected: bool) -> None:
    assert passes(bpf.fresh_syns(), data) == expected


def test_a_program_that_the_kernel_rejects_is_an_error() -> None:
    with socket.socket() as s, pytest.raises(OSError, match=r"Invalid argument|not permitted"):
        bpf.attach(s, [(0xFFFF, 0, 0, 0)])
