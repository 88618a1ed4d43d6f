"""The name server: what it answers, over UDP and TCP, in health and with faults."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from typing import Any, Literal

import dns.message
import dns.rcode
import pytest

from chaosmod.faults.armed import ArmedFault
from chaosmod.faults.base import FAULTS
from chaosmod.faults.match import Match
from chaosmod.faults.schedule import Schedule
from chaosmod.history import DnsAnswered, History
from chaosmod.lab.base import ROLE_ADDRESSES
from chaosmod.lab.dns import Answer, DatagramServer, answer, serve_stream
from chaosmod.lab.world import World

HOSTS = {"proxy.test": "primary", "mirror.test": "mirror"}


def world(*faults: dict[str, Any]) -> World:
    armed = []
    for spec in faults:
        ((kind, value),) = ((k, v) for k, v in spec.items() if k in FAULTS)
        match = Match.model_validate({"host": spec["host"]} if "host" in spec else {})
        schedule = Schedule.model_validate(spec.get("schedule", {}))
        armed.append(ArmedFault(kind, FAULTS[kind].model_validate(value), match, schedule))
    return World(History(), HOSTS, {}, armed=armed, invocation=7)


def query(name: str, kind: str = "A") -> bytes:
    return dns.message.make_query(name, kind).to_wire()


def ask(of: World, name: str, kind: str = "A", transport: Literal["udp", "tcp"] = "udp") -> dns.message.Message:
    made = answer(of, query(name, kind), transport)
    assert made.wire is not None
    return dns.message.from_wire(made.wire)


def addresses(reply: dns.message.Message) -> list[str]:
    return [item.to_text() for rrset in reply.answer for item in rrset]


def last(of: World) -> DnsAnswered:
    event = of.history.last(DnsAnswered)
    assert event is not None
    return event


def test_every_host_has_one_address() -> None:
    made = world()
    assert addresses(ask(made, "Proxy.Test")) == [ROLE_ADDRESSES["primary"]]
    event = last(made)
    assert (event.role, event.qtype, event.rcode, event.invocation) == ("primary", "A", "NOERROR", 7)
    assert event.answer == (ROLE_ADDRESSES["primary"],)
    assert (event.eligible, event.fired, event.effect) == ((), None, "")


def test_there_is_nothing_but_addresses_of_version_4() -> None:
    reply = ask(world(), "proxy.test", "AAAA")
    assert (reply.rcode(), addresses(reply)) == (dns.rcode.NOERROR, [])


def test_every_other_name_does_not_exist() -> None:
    made = world()
    assert ask(made, "example.test").rcode() == dns.rcode.NXDOMAIN
    assert (last(made).role, last(made).rcode) == ("", "NXDOMAIN")


def test_what_is_no_query_gets_no_answer_and_no_record() -> None:
    made = world()
    assert answer(made, b"\x00\x01 not DNS", "udp") == Answer(None)
    assert not made.history.of(DnsAnswered)


@pytest.mark.parametrize("word", ["NXDOMAIN", "SERVFAIL", "REFUSED"])
def test_a_fault_answers_with_a_code(word: str) -> None:
    made = world({"dns": word.lower(), "host": "primary"})
    reply = ask(made, "proxy.test")
    assert (dns.rcode.to_text(reply.rcode()), addresses(reply)) == (word, [])
    event = last(made)
    assert (event.eligible, event.fired, event.effect, event.rcode) == (("dns",), "dns", f"answered {word}", word)
    assert ask(made, "mirror.test").rcode() == dns.rcode.NOERROR
    assert last(made).eligible == ()


def test_an_empty_answer_is_no_error() -> None:
    reply = ask(world({"dns": "empty"}), "proxy.test")
    assert (reply.rcode(), addresses(reply)) == (dns.rcode.NOERROR, [])


def test_silence_has_no_code() -> None:
    made = world({"dns": "none"})
    assert answer(made, query("proxy.test"), "udp") == Answer(None)
    event = last(made)
    assert (event.rcode, event.answer, event.fired, event.effect) == ("", (), "dns", "not answered")


@pytest.mark.parametrize(("to", "given"), [("mirror", ROLE_ADDRESSES["mirror"]), ("203.0.113.7", "203.0.113.7")])
def test_a_wrong_address_is_given_even_for_a_name_that_does_not_exist(to: str, given: str) -> None:
    made = world({"dns-address": to})
    for name in ("proxy.test", "example.test"):
        reply = ask(made, name)
        assert (reply.rcode(), addresses(reply)) == (dns.rcode.NOERROR, [given])
        assert last(made).answer == (given,)
    assert addresses(ask(made, "proxy.test", "AAAA")) == []
    assert last(made).eligible == ()


@pytest.mark.parametrize(
    ("fault", "name", "kind"),
    [
        ({"dns-address": "primary"}, "proxy.test", "A"),
        ({"dns-address": ROLE_ADDRESSES["primary"]}, "proxy.test", "A"),
        ({"dns": "empty"}, "proxy.test", "AAAA"),
        ({"dns": "nxdomain"}, "example.test", "A"),
    ],
)
def test_a_fault_that_says_what_is_so_anyway_has_not_fired(fault: dict[str, Any], name: str, kind: str) -> None:
    made = world(fault)
    assert ask(made, name, kind).answer == ask(world(), name, kind).answer
    event = last(made)
    assert (event.eligible, event.fired, event.effect) == (tuple(fault), None, "")


def test_truncated_is_a_bit_and_nothing_else() -> None:
    made = world({"dns-truncated": "closed"})
    reply = ask(made, "proxy.test")
    assert reply.flags & dns.flags.TC
    assert not reply.answer
    assert answer(made, query("proxy.test"), "tcp") == Answer(None, hang_up=True)
    assert last(made).effect == "closed the connection"


def test_both_queries_of_a_look_up_count_and_each_is_a_question_of_its_own() -> None:
    counted = world({"dns": "servfail", "schedule": {"first": 1}})
    assert [ask(counted, "proxy.test", kind).rcode() for kind in ("A", "AAAA")] == [dns.rcode.SERVFAIL, 0]
    each = world({"dns": "servfail", "schedule": {"first": 1, "per": "path"}})
    assert [ask(each, "proxy.test", kind).rcode() for kind in ("A", "AAAA", "A")] == [2, 2, 0]


def test_a_fault_that_has_healed_is_gone() -> None:
    made = world({"dns": "refused"})
    made.armed[0].healed = True
    assert addresses(ask(made, "proxy.test")) == [ROLE_ADDRESSES["primary"]]


# -- on sockets -------------------------------------------------------------------------------------------------------


async def over_udp(of: World, timeout: float = 20.0) -> tuple[bytes, float]:
    """The reply to one query, and how many seconds it took."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setblocking(False)
        transport, _ = await loop.create_datagram_endpoint(lambda: DatagramServer(of), local_addr=("127.0.0.1", 0))
        try:
            began = time.monotonic()
            await loop.sock_connect(client, transport.get_extra_info("sockname"))
            await loop.sock_sendall(client, query("proxy.test"))
            return await asyncio.wait_for(loop.sock_recv(client, 512), timeout), time.monotonic() - began
        finally:
            transport.close()


async def over_tcp(of: World) -> bytes:
    """All that comes back for one query, to the end of the connection."""
    server = await asyncio.start_server(lambda r, w: serve_stream(of, r, w), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        asked = query("proxy.test")
        writer.write(struct.pack("!H", len(asked)) + asked)
        writer.write_eof()
        said = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        return said


def test_udp() -> None:
    reply, _ = asyncio.run(over_udp(world()))
    assert addresses(dns.message.from_wire(reply)) == [ROLE_ADDRESSES["primary"]]


def test_udp_late() -> None:
    reply, seconds = asyncio.run(over_udp(world({"dns-delay": "200ms"})))
    assert addresses(dns.message.from_wire(reply)) == [ROLE_ADDRESSES["primary"]]
    assert seconds > 0.19


def test_udp_silence() -> None:
    with pytest.raises(TimeoutError):
        asyncio.run(over_udp(world({"dns": "none"}), timeout=0.2))


def test_tcp() -> None:
    said = asyncio.run(over_tcp(world({"dns-delay": "1ms"})))
    assert struct.unpack("!H", said[:2]) == (len(said) - 2,)
    assert addresses(dns.message.from_wire(said[2:])) == [ROLE_ADDRESSES["primary"]]


@pytest.mark.parametrize("fault", [{"dns-truncated": "closed"}, {"dns": "none"}])
def test_tcp_without_an_answer(fault: dict[str, Any]) -> None:
    assert asyncio.run(over_tcp(world(fault))) == b""
