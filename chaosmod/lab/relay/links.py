"""Link faults put into effect: one decision for each attempt to connect, at the first moment at which it can act."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from chaosmod.errors import NotHere
from chaosmod.faults.armed import ArmedFault
from chaosmod.faults.base import LinkFault
from chaosmod.faults.link_actions import Blackhole, Pace, Refuse, Reset, Shape
from chaosmod.faults.request import Request
from chaosmod.lab.attempts import Attempt
from chaosmod.lab.base import ROLE_ADDRESSES, Listener
from chaosmod.lab.relay.gate import Gate, Passage
from chaosmod.lab.relay.pace import Pacer
from chaosmod.lab.relay.stream import Link, abort
from chaosmod.lab.relay.syn import Syn
from chaosmod.lab.world import World

__all__ = ["Links", "Stream"]

Peer = tuple[str, int]


@dataclass
class _Decision:
    """What was decided of one attempt."""

    attempt: Attempt
    armed: ArmedFault | None
    action: object
    rng: random.Random
    until: float
    """When the fault ends by its schedule, on the loop's clock."""

    def over(self, now: float) -> bool:
        """Whether the fault has ended since."""
        return self.armed is None or self.armed.healed or now >= self.until

    def fire(self, also: str = "") -> None:
        """``also``: what is to be told beside the action's own words."""
        assert self.armed is not None
        self.attempt.fire(self.armed.id, f"{self.action}{also}")


@dataclass(frozen=True)
class Stream:
    """A connection that goes on to the servers."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    attempt: Attempt | None = None
    """What is told of it; None where no fault below HTTP is armed."""


class Links:
    """The link layer of one lab that has link faults. To be made in the loop."""

    def __init__(self, world: World, listeners: Sequence[Listener]) -> None:
        """Raises NotHere where a fault needs the lab's packet sockets and it has none."""
        self._world = world
        self._loop = asyncio.get_running_loop()
        self._gate: Gate | None = None
        self._attempts: dict[tuple[str, int, str, int, int], _Decision] = {}
        """By SYN, for its retransmissions."""
        self._admitted: dict[tuple[str, int, str, int], _Decision] = {}
        """By the client's and the server's address, until the connection is accepted."""
        self._links: list[Link] = []
        self._guarded = [s for s in listeners if s.kind == "tcp" and self._gated(s.role)]
        if self._guarded:
            sockets = {s.kind: s.socket for s in listeners}
            if not {"tap", "raw"} <= sockets.keys():
                raise NotHere("this runner has no packet sockets, without which a SYN cannot be refused or dropped")
            self._gate = Gate(sockets["tap"], sockets["raw"], self._decide)
            for listener in self._guarded:
                Gate.guard(listener.socket)

    def _gated(self, role: str) -> bool:
        return any(
            isinstance(a.fault, LinkFault) and a.fault.before_accept and (a.match.host is None or role in a.match.host)
            for a in self._world.link.armed
            if role != "dns"
        )

    # -- decisions ------------------------------------------------------------------------------------------------

    def _choose(self, role: str, port: int) -> _Decision:
        world = self._world
        request = Request(role=role, host=role, method="", path="", invocation=world.invocation)
        choice = world.link.choose(request)
        # Without TLS faults nobody waits for the handshake: what the link did is all there is to tell.
        attempt = Attempt(world.history, role, port, world.invocation, tls=port == 443 and bool(world.tls.armed))
        attempt.ask(choice.eligible)
        action = choice.fault.shape(request, choice.rng) if choice.fault is not None else None
        return _Decision(attempt, choice.armed, action, choice.rng, choice.until)

    def _decide(self, syn: Syn) -> Passage:
        role = next((s.role for s in self._guarded if _address(s) == (syn.target, syn.target_port)), None)
        if role is None:
            return "drop"  # a listener that is not guarded: the kernel has answered this SYN already
        decision = self._attempts.get(syn.attempt)
        fresh = decision is None
        if decision is None:
            decision = self._attempts[syn.attempt] = self._choose(role, syn.target_port)
        if isinstance(decision.action, Refuse):
            decision.fire()
            decision.attempt.end()
            return "refuse"
        if isinstance(decision.action, Blackhole) and decision.action.after is None:
            if not decision.over(self._loop.time()):
                if fresh:
                    decision.fire()
                    decision.attempt.end()
                return "drop"
            decision.action = None  # it has ended: a SYN that comes now is let in, be it the first one or sent again
        self._admitted[syn.source, syn.source_port, syn.target, syn.target_port] = decision
        return "admit"

    # -- connections ----------------------------------------------------------------------------------------------

    def accept(self, listener: Listener, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Stream | None:
        """What becomes of an accepted connection; None where it is gone already."""
        pair = (*writer.get_extra_info("peername"), *writer.get_extra_info("sockname"))
        decision = self._admitted.pop(pair, None) or self._choose(listener.role, listener.port)
        attempt, action = decision.attempt, decision.action
        if isinstance(action, Reset) and not action.after:
            decision.fire()
            attempt.end()
            abort(writer)
            return None
        if not isinstance(action, (Shape, Reset, Blackhole)):
            if action is not None:
                decision.fire()
            attempt.settle()
            return Stream(reader, writer, attempt)
        link = self._link(decision, reader, writer)
        self._links.append(link)
        link.begin()
        return Stream(link.reader, link.writer, attempt)

    def _link(self, decision: _Decision, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Link:
        attempt, action = decision.attempt, decision.action
        pacers: list[Pacer] = []
        if isinstance(action, Shape):
            client, server = (self._pacer(pace, decision.rng) for pace in (action.client, action.server))
            link = Link(reader, writer, client=client, server=server, until=decision.until)
            pacers = [pacer for pacer in (client, server) if pacer is not None]
        else:
            link = Link(reader, writer)
            assert isinstance(action, (Reset, Blackhole))
            counted = link.server if action.towards == "server" else link.client
            counted.trip(action.after or 0, lambda: self._tripped(link, decision))

        def last() -> None:
            attempt.sent, attempt.received = link.client.passed, link.server.passed
            if isinstance(action, Shape) and any(pacer.acted for pacer in pacers):
                lost = sum(pacer.lost for pacer in pacers)
                decision.fire(f", packets lost: {lost}" if action.lossy else "")

        attempt.last = last
        link.ended = attempt.settle
        return link

    def _tripped(self, link: Link, decision: _Decision) -> None:
        """So many bytes have passed: now the fault acts."""
        action, attempt = decision.action, decision.attempt
        if decision.over(self._loop.time()):
            link.client.resume()
            link.server.resume()
            attempt.settle()
            return
        decision.fire()
        attempt.settle()
        if isinstance(action, Reset):
            link.reset()
            return
        assert isinstance(action, Blackhole)
        lanes = {"client": [link.client], "server": [link.server]}.get(action.towards, [link.client, link.server])
        for lane in lanes:
            lane.stop()
            if decision.until < math.inf:
                self._loop.call_at(decision.until, lane.resume)

    @staticmethod
    def _pacer(pace: Pace | None, rng: random.Random) -> Pacer | None:
        own = random.Random(rng.random())
        return Pacer(pace, own) if pace is not None else None

    def close(self) -> None:
        """Break off what there is."""
        if self._gate is not None:
            self._gate.close()
        for link in self._links:
            link.close()
            link.ended()
        for decision in self._admitted.values():  # the client has hung up before it was accepted
            decision.attempt.end()


def _address(listener: Listener) -> Peer:
    return ROLE_ADDRESSES[listener.role], listener.port
