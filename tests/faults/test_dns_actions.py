"""What the history says of a DNS fault."""

import pytest

from chaosmod.faults.actions import DnsAction
from chaosmod.faults.dns_actions import Addresses, Fail, HangUp, Late, Silence, Truncate


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Fail("SERVFAIL"), "answered SERVFAIL"),
        (Fail("NOERROR"), "answered without an address"),
        (Silence(), "not answered"),
        (Late(0.3), "answered 300 ms late"),
        (Addresses("mirror"), "answered with the address of mirror"),
        (Truncate(), "truncated"),
        (HangUp(), "closed the connection"),
    ],
)
def test_words(action: DnsAction, words: str) -> None:
    assert str(action) == words
