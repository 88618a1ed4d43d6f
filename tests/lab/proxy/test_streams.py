"""Which endings end the whole connection. What clients see of each is in ``test_connection.py``."""

import pytest

from chaosmod.faults.actions import Close, Ending, GoAway, ResetStream, Stall
from chaosmod.lab.proxy.streams import closes


@pytest.mark.parametrize(
    ("ending", "h2"),
    [
        (Stall(), False),
        (ResetStream(), False),
        (GoAway(), False),
        (GoAway(11), True),
        (Close(), True),
        (Close(abort=True), True),
    ],
)
def test_http_1_has_no_other_way(ending: Ending, h2: bool) -> None:
    assert closes(ending, "h2") is h2
    assert closes(ending, "h1")
