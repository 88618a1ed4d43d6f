"""What a client offers, read from the ClientHello of OpenSSL."""

from __future__ import annotations

import ssl

import pytest
from mitmproxy.tls import ClientHello

from chaosmod.faults.tls_actions import Cut, Http1, Mute, Present, Speak
from chaosmod.lab.proxy.hello import alters, versions


def hello(oldest: str = "TLSv1_2", newest: str = "TLSv1_3", *protocols: str) -> ClientHello:
    """The ClientHello of a client that takes these versions and offers these protocols."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version, context.maximum_version = ssl.TLSVersion[oldest], ssl.TLSVersion[newest]
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    if protocols:
        context.set_alpn_protocols(list(protocols))
    came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(came, goes, server_hostname="proxy.test").do_handshake()
    return ClientHello(goes.read()[9:])  # after the headers of the record (5 bytes) and of the message (4)


old = pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")


@old
@pytest.mark.parametrize(
    ("oldest", "newest", "offered"),
    [
        ("TLSv1_2", "TLSv1_3", {"1.2", "1.3"}),
        ("TLSv1_3", "TLSv1_3", {"1.3"}),
        ("TLSv1_2", "TLSv1_2", {"1.0", "1.1", "1.2"}),  # it says no more than which is the newest
        ("TLSv1", "TLSv1_1", {"1.0", "1.1"}),
    ],
)
def test_versions(oldest: str, newest: str, offered: set[str]) -> None:
    assert versions(hello(oldest, newest)) == offered


@pytest.mark.parametrize(
    ("protocols", "noticed"), [(("h2", "http/1.1"), True), (("h2",), True), (("http/1.1",), False), ((), False)]
)
def test_that_there_is_no_http_2_is_noticed_by_those_who_offer_it(protocols: tuple[str, ...], noticed: bool) -> None:
    assert alters(Http1(), hello("TLSv1_2", "TLSv1_3", *protocols)) is noticed


@old
@pytest.mark.parametrize(
    ("only", "oldest", "newest", "noticed"),
    [
        ("1.2", "TLSv1_2", "TLSv1_3", True),
        ("1.2", "TLSv1_3", "TLSv1_3", True),
        ("1.2", "TLSv1_2", "TLSv1_2", False),
        ("1.1", "TLSv1_2", "TLSv1_2", True),
        ("1.1", "TLSv1", "TLSv1_1", True),  # a healthy host would refuse it
        ("1.2", "TLSv1", "TLSv1_1", False),  # and so does this one
    ],
)
def test_an_old_version_is_noticed_where_another_one_would_be_spoken(
    only: str, oldest: str, newest: str, noticed: bool
) -> None:
    assert alters(Speak(only), hello(oldest, newest)) is noticed  # type: ignore[arg-type]


@pytest.mark.parametrize("action", [Cut(), Mute(), Present("expired")])
def test_everything_else_is_noticed(action: object) -> None:
    assert alters(action, hello())
