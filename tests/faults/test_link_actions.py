"""What link faults ask for says what was done, in words and with the engine."""

import pytest

from chaosmod.faults.actions import LinkAction
from chaosmod.faults.link_actions import Blackhole, KernelNetem, Pace, Refuse, Reset, Shape

SLOW = Pace(delay=0.3, jitter=0.02, distribution="normal", rate=6250, loss=0.01)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Refuse(), "connection refused"),
        (Reset(), "reset when accepted"),
        (Reset(20, "server"), "reset after 20 bytes towards the server"),
        (Blackhole(), "the SYN vanished"),
        (Blackhole(20), "nothing passed after 20 bytes"),
        (Blackhole(0, "client"), "nothing passed towards the client after 0 bytes"),
        (KernelNetem("loss 1%"), "both ways netem loss 1% [kernel engine]"),
        (KernelNetem("loss 1%", "server"), "towards the server netem loss 1% [kernel engine]"),
        (
            Shape.of(SLOW, "both"),
            "both ways delayed by 300 ms ± 20 ms (normal), limited to 6250 bytes/s, "
            "0.01 of the packets lost (modelled as retransmission delay) [user-space engine]",
        ),
        (
            Shape.of(Pace(slice=9, pause=0.001), "client"),
            "towards the client cut into slices of 9 bytes, 1 ms apart [user-space engine]",
        ),
        (
            Shape(Pace(delay=1), Pace(delay=2)),
            "towards the client delayed by 1000 ms; towards the server delayed by 2000 ms [user-space engine]",
        ),
        (Shape.of(Pace(), "server"), "towards the server passed on [user-space engine]"),
    ],
)
def test_words(action: LinkAction, words: str) -> None:
    assert str(action) == words


def test_what_can_lose_packets() -> None:
    assert Shape.of(Pace(loss=0.01), "server").lossy
    assert not Shape.of(Pace(delay=1), "both").lossy


def test_directions() -> None:
    assert Shape.of(SLOW, "both") == Shape(SLOW, SLOW)
    assert Shape.of(SLOW, "client") == Shape(client=SLOW)
    assert Shape.of(SLOW, "server") == Shape(server=SLOW)
