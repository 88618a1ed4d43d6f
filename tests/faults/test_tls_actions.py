"""What the history says of a TLS fault."""

import pytest

from chaosmod.faults.actions import TlsAction
from chaosmod.faults.tls_actions import Cut, Mute, Present, Speak


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Present("self-signed"), "presented a certificate: self-signed"),
        (Cut(), "closed the connection at the ClientHello"),
        (Cut(abort=True), "reset the connection at the ClientHello"),
        (Mute(), "did not answer the ClientHello"),
        (Speak("1.0"), "spoke TLS 1.0 only"),
    ],
)
def test_words(action: TlsAction, words: str) -> None:
    assert str(action) == words
