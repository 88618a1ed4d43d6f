"""The thread that serves all labs."""

from __future__ import annotations

import asyncio
import threading

import pytest

from chaosmod.lab.proxy.loop import LoopThread


def test_runs_in_its_own_thread_until_closed() -> None:
    thread = LoopThread()
    try:

        async def where() -> int:
            await asyncio.sleep(0)
            return threading.get_ident()

        assert thread.run(where()) not in (None, threading.get_ident())
        called = threading.Event()
        thread.soon(called.set)
        assert called.wait(10)
    finally:
        thread.close()
    assert thread.loop.is_closed()


def test_what_goes_wrong_reaches_the_caller() -> None:
    thread = LoopThread()

    async def fail() -> None:
        raise ValueError("no")

    try:
        with pytest.raises(ValueError, match="no"):
            thread.run(fail())
    finally:
        thread.close()
