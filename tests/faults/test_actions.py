"""Actions say in words what was done."""

import pytest

from chaosmod.faults.actions import Close, GoAway, Redirect, Relabel, ResetStream, Respond, Stall, Stop
from chaosmod.faults.extent import Extent


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Respond(503), "answered 503"),
        (Redirect(302), "redirected to itself (302)"),
        (Redirect(302, "mirror"), "redirected to host mirror (302)"),
        (Relabel(None), "sent no Content-Length"),
        (Relabel(-1), "sent a Content-Length 1 too small"),
        (Stop(Stall()), "stalled before the headers"),
        (Stop(ResetStream(7), Extent(2)), "reset the stream (REFUSED_STREAM) after 2 bytes of the body"),
        (Stop(GoAway(11)), "sent GOAWAY (ENHANCE_YOUR_CALM) before the headers"),
        (Stop(Close(), Extent(50, percent=True)), "closed the connection after 50% of the body"),
        (Stop(Close(abort=True)), "reset the connection before the headers"),
    ],
)
def test_words(action: object, words: str) -> None:
    assert str(action) == words
