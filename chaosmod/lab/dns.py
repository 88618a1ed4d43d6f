"""The lab's name server (RFC 1035): every host of the world has one address, every other name does not exist."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from typing import Any, Literal

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from chaosmod.faults.armed import Choice
from chaosmod.faults.base import DnsFault
from chaosmod.faults.dns_actions import Addresses, Fail, HangUp, Late, Silence, Truncate
from chaosmod.faults.request import Request
from chaosmod.history import DnsAnswered
from chaosmod.lab.base import ROLE_ADDRESSES
from chaosmod.lab.world import World

__all__ = ["Answer", "DatagramServer", "answer", "serve_stream"]

_TTL = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a query."""

    wire: bytes | None
    """The reply; None: there is none."""
    late: float = 0.0
    """Seconds until it is sent."""
    hang_up: bool = False
    """Close the connection instead (TCP)."""


def answer(world: World, wire: bytes, transport: Literal["udp", "tcp"]) -> Answer:
    """The answer to one query: the world's, or what a fault makes of it. Records the query."""
    try:
        query = dns.message.from_wire(wire)
        question = query.question[0]
    except Exception:  # dnspython raises many kinds for what is not a DNS message; none of them is ours to answer
        return Answer(None)
    reply = dns.message.make_response(query, recursion_available=True)
    name = question.name.to_text(omit_final_dot=True)
    known = world.address(name)
    role = known[0] if known else ""
    kind = dns.rdatatype.to_text(question.rdtype)
    addresses: tuple[str, ...] = ()
    rcode = dns.rcode.NOERROR
    if known is None:
        rcode = dns.rcode.NXDOMAIN
    elif question.rdtype == dns.rdatatype.A:
        addresses = (known[1],)
    # The type is the path: two queries for one name are two questions, whatever order they come in.
    asked = Request(role, name.lower(), method=kind, path=kind, transport=transport, invocation=world.invocation)
    right = rcode, addresses
    choice: Choice[DnsFault] = world.dns.choose(asked)
    action = choice.fault.reply(asked, choice.rng) if choice.fault is not None else None
    if isinstance(action, Fail):
        rcode, addresses = dns.rcode.from_text(action.rcode), ()
    elif isinstance(action, Addresses):
        rcode, addresses = dns.rcode.NOERROR, (ROLE_ADDRESSES.get(action.to, action.to),)
    elif isinstance(action, Truncate):
        reply.flags |= dns.flags.TC
        addresses = ()
    reply.set_rcode(rcode)
    if addresses:
        reply.answer.append(dns.rrset.from_text(question.name, _TTL, "IN", "A", *addresses))
    mute = isinstance(action, (Silence, HangUp))
    if isinstance(action, (Fail, Addresses)) and (rcode, addresses) == right:
        action = None  # it says what is so anyway, and has not fired
    world.history.record(
        DnsAnswered(
            invocation=world.invocation,
            name=name,
            qtype=kind,
            transport=transport,
            role=role,
            rcode="" if mute else dns.rcode.to_text(rcode),
            answer=() if mute else addresses,
            eligible=choice.eligible,
            fired=choice.armed.id if choice.armed is not None and action is not None else None,
            effect="" if action is None else str(action),
        )
    )
    if mute:
        return Answer(None, hang_up=isinstance(action, HangUp))
    return Answer(reply.to_wire(), late=action.seconds if isinstance(action, Late) else 0.0)


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
        made = answer(self._world, data, "udp")
        if made.wire is None:
            return
        if made.late:
            asyncio.get_running_loop().call_later(made.late, self._send, made.wire, peer)
        else:
            self._send(made.wire, peer)

    def _send(self, reply: bytes, peer: Any) -> None:
        if not self._transport.is_closing():
            self._transport.sendto(reply, peer)


async def serve_stream(world: World, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """DNS over TCP: each message with its length in two bytes before it (RFC 1035, section 4.2.2)."""
    try:
        while True:
            (size,) = struct.unpack("!H", await reader.readexactly(2))
            made = answer(world, await reader.readexactly(size), "tcp")
            if made.hang_up:
                return
            await asyncio.sleep(made.late)
            if made.wire is not None:
                writer.write(struct.pack("!H", len(made.wire)) + made.wire)
                await writer.drain()
    except (asyncio.IncompleteReadError, OSError):
        pass
    finally:
        writer.close()
