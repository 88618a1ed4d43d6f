"""``dns-truncated``: answers over UDP are cut short, so that the resolver has to come again over TCP."""

from __future__ import annotations

import random
from typing import ClassVar, Literal

from pydantic import Field

from chaosmod.faults.base import FAULTS, DnsFault
from chaosmod.faults.dns_actions import HangUp, Silence, Truncate
from chaosmod.faults.request import Request


class DnsTruncated(DnsFault):
    """Every answer over UDP says only that it was cut short (RFC 1035, section 4.2.1); what TCP gives is another question.

    Go comes again over TCP at once (net/dnsclient_unix.go, exchange). Many firewalls let no DNS over TCP pass.
    """

    kind: ClassVar[str] = "dns-truncated"
    summary: ClassVar[str] = "answers over UDP are truncated; over TCP they are whole, or there are none"
    example: ClassVar[str] = "{tcp: closed}"
    shorthand: ClassVar[str] = "tcp"

    tcp: Literal["answers", "closed", "silent"] = Field(
        "answers", description="over TCP: the right answer; the connection is closed; or no answer is sent"
    )

    def concerns(self, request: Request) -> bool:
        return request.transport == "udp" or self.tcp != "answers"

    def reply(self, query: Request, rng: random.Random) -> Truncate | HangUp | Silence:
        if query.transport == "udp":
            return Truncate()
        return HangUp() if self.tcp == "closed" else Silence()


FAULTS.register(DnsTruncated)
