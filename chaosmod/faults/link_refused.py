"""``refused``: nothing listens at the host's address."""

from __future__ import annotations

import random
from typing import ClassVar

from chaosmod.faults.base import FAULTS, LinkFault
from chaosmod.faults.link_actions import Refuse
from chaosmod.faults.request import Request


class Refused(LinkFault):
    """The SYN is answered with an RST: Go says ``connect: connection refused``."""

    kind: ClassVar[str] = "refused"
    summary: ClassVar[str] = "refuse the connection, as a host does on which nothing listens"
    example: ClassVar[str] = "{}"
    before_accept: ClassVar[bool] = True
    needs: ClassVar[frozenset[str]] = frozenset({"sockets", "attempts"})

    def shape(self, connection: Request, rng: random.Random) -> Refuse:
        return Refuse()


FAULTS.register(Refused)
