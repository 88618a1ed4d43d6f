"""A worker ends with its controller."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from chaosmod.worker import Lifeline, channel_of


class Line:
    """A channel that closes when it is told to, as execnet's do: with an error."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def waitclose(self) -> None:
        self.closed.wait()
        raise EOFError


@pytest.fixture
def line() -> Iterator[Line]:
    before = signal.getsignal(signal.SIGINT)
    line = Line()
    yield line
    signal.signal(signal.SIGINT, before)
    line.closed.set()
    for watcher in watchers():
        watcher.join(10)


def watchers() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name == "chaosmod-lifeline"]


def lose(line: Line) -> None:
    """A case that hangs while the controller ends."""
    line.closed.set()
    time.sleep(30)


def test_a_case_is_interrupted_when_the_channel_closes(line: Line) -> None:
    life = Lifeline(line)
    with life.case(), pytest.raises(KeyboardInterrupt):
        lose(line)


def test_between_two_cases_nothing_is(line: Line) -> None:
    life = Lifeline(line)
    with life.case():
        pass
    (watcher,) = watchers()
    line.closed.set()
    watcher.join(10)
    assert not watcher.is_alive()


def test_where_ctrl_c_is_ignored_the_end_of_the_channel_is_not(line: Line) -> None:
    """As in the background of a shell."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    life = Lifeline(line)
    with life.case():
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            lose(line)


def test_what_was_interrupted_is_not_interrupted_again(line: Line) -> None:
    """Ctrl-C in a terminal has reached the worker itself: it is cleaning up when the controller ends."""
    life = Lifeline(line)
    with life.case():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        (watcher,) = watchers()
        line.closed.set()
        watcher.join(10)
        assert not watcher.is_alive()


def test_a_process_that_is_no_worker_has_no_line(pytestconfig: pytest.Config) -> None:
    before = signal.getsignal(signal.SIGINT)
    if not hasattr(pytestconfig, "workerinput"):
        assert channel_of(pytestconfig) is None
    with Lifeline(None).case():
        assert signal.getsignal(signal.SIGINT) is before


class Config:
    """As much of a worker's as is looked at."""

    def __init__(self, *plugins: object) -> None:
        self.workerinput: dict[str, str] = {}
        self.pluginmanager = self
        self._plugins = plugins

    def get_plugins(self) -> tuple[object, ...]:
        return self._plugins


class Interactor:
    def __init__(self, channel: object) -> None:
        self.channel = channel


def test_the_channel_is_that_of_xdists_plugin(line: Line) -> None:
    assert channel_of(Config(object(), Interactor("no channel"), Interactor(line))) is line  # type: ignore[arg-type]
    assert channel_of(Config(object())) is None  # type: ignore[arg-type]
