"""Messages with descriptors."""

from __future__ import annotations

import os

import pytest

from chaosmod.lab.sandbox import wire


def test_a_message_with_descriptors() -> None:
    ours, theirs = wire.pair()
    read, write = os.pipe()
    with ours, theirs:
        wire.send(ours, {"op": "x", "n": [1, "ä"]}, [write])
        os.close(write)
        message, fds = wire.receive(theirs)
        assert message == {"op": "x", "n": [1, "ä"]}
        assert not os.get_inheritable(fds[0])
        os.write(fds[0], b"through")
        os.close(fds[0])
        assert os.read(read, 100) == b"through"
    os.close(read)


def test_packets_keep_their_borders() -> None:
    ours, theirs = wire.pair()
    with ours, theirs:
        for n in range(3):
            wire.send(ours, {"n": n})
        assert [wire.receive(theirs)[0] for _ in range(3)] == [{"n": 0}, {"n": 1}, {"n": 2}]


def test_a_large_environment_fits() -> None:
    ours, theirs = wire.pair()
    with ours, theirs:
        wire.send(ours, {"env": "x" * 150_000})
        message, _ = wire.receive(theirs)
        assert message is not None
        assert len(message["env"]) == 150_000


def test_the_end() -> None:
    ours, theirs = wire.pair()
    ours.close()
    with theirs:
        assert wire.receive(theirs) == (None, [])
        with pytest.raises(OSError, match="Broken pipe"):
            wire.send(theirs, {})
