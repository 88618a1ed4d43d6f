"""What link faults can ask the relay to do: plain data, carried out by ``chaosmod.lab.relay``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from chaosmod.faults.actions import LinkAction

__all__ = ["Blackhole", "Direction", "Distribution", "KernelNetem", "Pace", "Refuse", "Reset", "Shape", "Towards"]

Direction: TypeAlias = Literal["client", "server"]
"""Where bytes of a connection go to: Go is the client."""

Towards: TypeAlias = Literal["both", "client", "server"]

Distribution: TypeAlias = Literal["uniform", "normal", "pareto", "paretonormal"]
"""Of a jitter, as netem knows them (tc-netem(8))."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How the bytes of one direction pass. They stay in order, whatever happens to them."""

    delay: float = 0.0
    """Seconds, one way."""
    jitter: float = 0.0
    """Seconds around ``delay``: the half width of the uniform distribution, the deviation of the others."""
    jitter_correlation: float = 0.0
    """0 to 1: how much each delay is like the one before."""
    distribution: Distribution = "uniform"
    rate: float | None = None
    """Bytes a second."""
    loss: float = 0.0
    """0 to 1: the share of packets that are lost. The bytes of one, and all behind it, come a retransmission later."""
    loss_correlation: float = 0.0
    slice: int | None = None
    """Bytes that are passed on at a time."""
    pause: float = 0.0
    """Seconds between slices."""

    def __str__(self) -> str:
        words = []
        if self.delay or self.jitter:
            around = f" ± {self.jitter * 1000:g} ms ({self.distribution})" if self.jitter else ""
            words.append(f"delayed by {self.delay * 1000:g} ms{around}")
        if self.rate is not None:
            words.append(f"limited to {self.rate:g} bytes/s")
        if self.loss:
            words.append(f"{self.loss:.4g} of the packets lost (modelled as retransmission delay)")
        if self.slice is not None:
            words.append(f"cut into slices of {self.slice} bytes, {self.pause * 1000:g} ms apart")
        return ", ".join(words) or "passed on"


@dataclass(frozen=True, slots=True)
class Shape(LinkAction):
    """Let the bytes pass at their own pace, by direction. None: as they come."""

    client: Pace | None = None
    server: Pace | None = None

    @classmethod
    def of(cls, pace: Pace, towards: Towards) -> Shape:
        """The same pace in one direction or in both."""
        return cls(None if towards == "server" else pace, None if towards == "client" else pace)

    @property
    def lossy(self) -> bool:
        """Whether packets can be lost."""
        return any(pace is not None and pace.loss > 0 for pace in (self.client, self.server))

    def __str__(self) -> str:
        if self.client == self.server:
            return f"both ways {self.client} [user-space engine]"
        ways = [f"towards the {name} {p}" for name, p in (("client", self.client), ("server", self.server)) if p]
        return f"{'; '.join(ways)} [user-space engine]"


@dataclass(frozen=True, slots=True)
class KernelNetem(LinkAction):
    """Have the kernel's netem do it, for all packets of a host."""

    line: str
    """netem's own options, as tc takes them."""
    towards: Towards = "both"

    def __str__(self) -> str:
        way = "both ways" if self.towards == "both" else f"towards the {self.towards}"
        return f"{way} netem {self.line} [kernel engine]"


@dataclass(frozen=True, slots=True)
class Reset(LinkAction):
    """Break the connection with an RST, when ``after`` bytes have passed in the direction ``towards``."""

    after: int = 0
    towards: Direction = "client"

    def __str__(self) -> str:
        return f"reset after {self.after} bytes towards the {self.towards}" if self.after else "reset when accepted"


@dataclass(frozen=True, slots=True)
class Refuse(LinkAction):
    """Answer the SYN with an RST, as a host does on which nothing listens."""

    def __str__(self) -> str:
        return "connection refused"


@dataclass(frozen=True, slots=True)
class Blackhole(LinkAction):
    """Let packets vanish: the SYN, or what comes once ``after`` bytes have passed in the direction ``towards``."""

    after: int | None = None
    towards: Towards = "both"
    """In which direction nothing passes any more; for ``both`` the bytes towards the client are counted."""

    def __str__(self) -> str:
        if self.after is None:
            return "the SYN vanished"
        way = "" if self.towards == "both" else f" towards the {self.towards}"
        return f"nothing passed{way} after {self.after} bytes"
