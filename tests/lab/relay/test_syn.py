"""SYN packets: read, marked, and refused."""

import struct

import pytest

from chaosmod.lab.relay.bpf import MARK
from chaosmod.lab.relay.syn import checksum, parse

OPTIONS = bytes.fromhex("0204ffd70402080a0a0b0c0d0000000001030307")


def packet(flags: int = 0x02, protocol: int = 6, sequence: int = 0xFFFFFFFF, options: bytes = OPTIONS) -> bytes:
    """From 127.0.0.1:40000 to 127.0.1.1:443, without checksums, as the loopback interface delivers it."""
    offset = (20 + len(options)) // 4 << 4
    segment = struct.pack("!HHIIBBHHH", 40000, 443, sequence, 0, offset, flags, 65495, 0, 0) + options
    source, target = bytes((127, 0, 0, 1)), bytes((127, 0, 1, 1))
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 7, 0x4000, 64, protocol, 0) + source + target + segment


def holds(data: bytes) -> bool:
    """Whether the TCP checksum of an IPv4 packet is right: with it, the sum of all is 0 (RFC 1071)."""
    segment = data[20:]
    return checksum(data[12:20] + struct.pack("!BBH", 0, 6, len(segment)) + segment) == 0


def test_the_checksum_of_rfc_1071() -> None:
    """The example of its section 3."""
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xFFFF - 0xDDF2
    assert checksum(b"\x01") == 0xFEFF


def test_a_syn_is_read() -> None:
    syn = parse(packet())
    assert syn is not None
    assert syn.attempt == ("127.0.0.1", 40000, "127.0.1.1", 443, 0xFFFFFFFF)


def test_the_same_port_used_again_is_another_attempt() -> None:
    first, second = parse(packet(sequence=1)), parse(packet(sequence=2))
    assert first is not None
    assert second is not None
    assert first.attempt != second.attempt


@pytest.mark.parametrize(
    "data",
    [
        b"",
        packet()[:19],
        packet()[:39],
        packet(flags=0x12),
        packet(flags=0x10),
        packet(flags=0x04),
        packet(protocol=17),
        b"\x65" + packet()[1:],
    ],
)
def test_anything_else_is_none(data: bytes) -> None:
    assert parse(data) is None


def test_a_marked_syn_differs_in_the_mark_and_the_checksum_alone() -> None:
    given = packet()
    syn = parse(given)
    assert syn is not None
    marked = syn.marked()
    assert marked[1] == MARK
    assert holds(marked)
    assert not holds(given)
    assert marked[:1] + marked[2:36] + marked[38:] == given[:1] + given[2:36] + given[38:]
    assert parse(marked) is not None


def test_a_refusal_goes_back_and_acknowledges_the_syn() -> None:
    syn = parse(packet())
    assert syn is not None
    refusal = syn.refusal()
    assert refusal[12:20] == bytes((127, 0, 1, 1, 127, 0, 0, 1))
    source, target, sequence, ack, offset, flags = struct.unpack_from("!HHIIBB", refusal, 20)
    assert (source, target, sequence, ack) == (443, 40000, 0, 0)  # 0xFFFFFFFF + 1
    assert (offset >> 4, flags) == (5, 0x14)
    assert holds(refusal)
