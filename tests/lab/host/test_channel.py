from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from chaosmod.lab.host.channel import Channel


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours), Channel(theirs)


def test_several_messages_may_come_at_once(ends: tuple[Channel, Channel]) -> None:
    ends[0].send({"op": "run", "text": "two\nlines, and ü"})
    ends[0].send({"op": "kill"})
    assert ends[1].receive() == [{"op": "run", "text": "two\nlines, and ü"}, {"op": "kill"}]


def test_a_message_may_come_in_pieces(ends: tuple[Channel, Channel]) -> None:
    ends[0].socket.sendall(b'{"op": "ru')
    assert ends[1].receive() == []
    ends[0].socket.sendall(b'n"}\n{')
    assert ends[1].receive() == [{"op": "run"}]


def test_the_end(ends: tuple[Channel, Channel]) -> None:
    ends[0].socket.close()
    assert ends[1].receive() is None
    with pytest.raises(OSError, match="pipe"):
        ends[1].send({})


def test_waiting_in_vain(ends: tuple[Channel, Channel]) -> None:
    ends[1].socket.settimeout(0.01)
    with pytest.raises(TimeoutError):
        ends[1].receive()
