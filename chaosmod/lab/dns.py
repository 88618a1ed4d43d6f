"""The lab's name server (RFC 1035): every host of the world has one address, every other name does not exist."""

from __future__ import annotations

import asyncio
import struct
from typing import Any, Literal

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from chaosmod.history import DnsAnswered
from chaosmod.lab.world import World

__all__ = ["DatagramServer", "answer", "serve_stream"]

_TTL = 1


def answer(world: World, wire: bytes, transport: Literal["udp", "tcp"]) -> bytes | None:
    """The reply to one query, None where it deserves none. Records the query."""
    try:
        query = dns.message.from_wire(wire)
        question = query.question[0]
    except Exception:  # dnspython raises many kinds for what is not a DNS message; none of them is ours to answer
        return None
    reply = dns.message.make_response(query, recursion_available=True)
    name = question.name.to_text(omit_final_dot=True)
    known = world.address(name)
    kind = dns.rdatatype.to_text(question.rdtype)
    addresses: tuple[str, ...] = ()
    if known is None:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    elif question.rdtype == dns.rdatatype.A:
        addresses = (known[1],)
        reply.answer.append(dns.rrset.from_text(question.name, _TTL, "IN", "A", *addresses))
    world.history.record(
        DnsAnswered(
            invocation=world.invocation,
            name=name,
            qtype=kind,
            transport=transport,
            role=known[0] if known else "",
            rcode=dns.rcode.to_text(reply.rcode()),
            answer=addresses,
        )
    )
    return reply.to_wire()


class DatagramServer(asyncio.DatagramProtocol):
    """DNS over UDP."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: Any) -> None:
        """Keep the socket to answer on."""
        self._transport = transport

    def datagram_received(self, data: bytes, peer: Any) -> None:
        """Answer one query."""
        if (reply := answer(self._world, data, "udp")) is not None:
            self._transport.sendto(reply, peer)


async def serve_stream(world: World, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """DNS over TCP: each message with its length in two bytes before it."""
    try:
        while True:
            (size,) = struct.unpack("!H", await reader.readexactly(2))
            reply = answer(world, await reader.readexactly(size), "tcp")
            if reply is not None:
                writer.write(struct.pack("!H", len(reply)) + reply)
                await writer.drain()
    except (asyncio.IncompleteReadError, OSError):
        pass
    finally:
        writer.close()
