"""A worker of pytest-xdist ends with its controller: at once, and not after the five seconds that execnet waits.

When the controller has died or was interrupted, execnet closes the worker's channels and lets what runs go on for five
seconds before it interrupts it (execnet/gateway_base.py, ``_terminate_execution``). A case may wait for minutes and its
results have nobody to go to; so it is interrupted as soon as the channel closes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Protocol

import pytest

__all__ = ["Channel", "Lifeline", "channel_of"]

_AGAIN = 0.2
"""Seconds until a case that has not noticed is interrupted again: a signal that arrives just before a system call does
not wake it, and Python looks at what has arrived when the call returns."""


class Channel(Protocol):
    """The part of ``execnet.Channel`` that matters here."""

    def waitclose(self) -> None:
        """Wait until the other end is gone or has said that it will send no more."""


def channel_of(config: pytest.Config) -> Channel | None:
    """A worker's channel to its controller; None in a process that is no worker."""
    if not hasattr(config, "workerinput"):
        return None
    plugins = config.pluginmanager.get_plugins()
    channels = (getattr(plugin, "channel", None) for plugin in plugins)
    return next((c for c in channels if hasattr(c, "waitclose")), None)


class Lifeline:
    """Interrupts the case that runs when the channel closes, unless something else has interrupted it before.

    Ctrl-C in a terminal reaches workers and controller alike: a second interruption would only disturb the clean-up.
    """

    def __init__(self, channel: Channel | None) -> None:
        """Made in the main thread, where signals arrive. Without a channel it does nothing."""
        self._case = False
        self._interrupted = False
        self._cut = False
        """Whether the channel has closed while a case ran."""
        if channel is not None:
            self._before = signal.signal(signal.SIGINT, self._note)
            threading.Thread(target=self._watch, args=(channel,), name="chaosmod-lifeline", daemon=True).start()

    @contextlib.contextmanager
    def case(self) -> Iterator[None]:
        """While a case runs it may be interrupted; pytest's own work between two may not."""
        self._case = True
        try:
            yield
        finally:
            self._case = False

    def _note(self, number: int, frame: FrameType | None) -> None:
        if callable(self._before):
            self._interrupted = True
            self._before(number, frame)
        elif self._cut and not self._interrupted:
            # What ignores Ctrl-C (the background job of a shell) ends with its controller all the same.
            self._interrupted = True
            raise KeyboardInterrupt

    def _watch(self, channel: Channel) -> None:
        with contextlib.suppress(Exception):  # EOFError, or what the other end said last
            channel.waitclose()
        while self._case and not self._interrupted:
            self._cut = True
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(_AGAIN)
