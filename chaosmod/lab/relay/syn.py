"""The first packet of a TCP connection (RFC 9293): reading one, and making what answers it. Pure."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

from chaosmod.lab.relay.bpf import MARK

__all__ = ["Syn", "checksum", "parse"]

_RST_ACK = 0x14
_TCP = 6


@dataclass(frozen=True, slots=True)
class Syn:
    """A SYN. One attempt to connect sends the same one again and again until it is answered."""

    source: str
    source_port: int
    target: str
    target_port: int
    sequence: int
    packet: bytes
    """The IPv4 packet."""

    @property
    def attempt(self) -> tuple[str, int, str, int, int]:
        """What a retransmission has in common with the first one, and a later use of the same port has not."""
        return self.source, self.source_port, self.target, self.target_port, self.sequence

    def marked(self) -> bytes:
        """The same packet with the gate's mark, complete with checksums, to be sent through a raw socket.

        The one that came had none: on a loopback interface the kernel leaves them out.
        """
        length = (self.packet[0] & 0xF) * 4
        segment = self.packet[length:]
        header = bytes((self.packet[0], MARK)) + self.packet[2:length]
        return header + _summed(self.source, self.target, segment)

    def refusal(self) -> bytes:
        """The packet with which a host says that nothing listens there: RST with ACK (RFC 9293, section 3.10.7.1)."""
        ack = (self.sequence + 1) & 0xFFFFFFFF
        segment = struct.pack("!HHIIBBHHH", self.target_port, self.source_port, 0, ack, 5 << 4, _RST_ACK, 0, 0, 0)
        header = struct.pack(
            "!BBHHHBBH4s4s",
            0x45,
            0,
            20 + len(segment),
            0,
            0x4000,  # don't fragment
            64,
            _TCP,
            0,  # the kernel fills in the header's checksum (raw(7))
            socket.inet_aton(self.target),
            socket.inet_aton(self.source),
        )
        return header + _summed(self.target, self.source, segment)


def parse(packet: bytes) -> Syn | None:
    """The SYN in an IPv4 packet; None where there is none."""
    if len(packet) < 20 or packet[0] >> 4 != 4 or packet[9] != _TCP:
        return None
    length = (packet[0] & 0xF) * 4
    segment = packet[length:]
    if len(segment) < 20 or segment[13] & 0x12 != 0x02:
        return None
    source_port, target_port, sequence = struct.unpack_from("!HHI", segment)
    source, target = socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])
    return Syn(source, source_port, target, target_port, sequence, packet)


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _summed(source: str, target: str, segment: bytes) -> bytes:
    """``segment`` with the TCP checksum, which also covers a pseudo header (RFC 9293, section 3.1)."""
    bare = segment[:16] + b"\0\0" + segment[18:]
    pseudo = socket.inet_aton(source) + socket.inet_aton(target) + struct.pack("!BBH", 0, _TCP, len(bare))
    return bare[:16] + struct.pack("!H", checksum(pseudo + bare)) + bare[18:]
