"""The thread that serves all labs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from chaosmod.lab.proxy.loop import LoopThread, aside


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


def test_what_still_runs_at_the_end_is_cancelled() -> None:
    thread, closed = LoopThread(), threading.Event()

    async def holds() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            asyncio.get_running_loop().call_soon(closed.set)

    async def leave() -> None:
        kept.append(asyncio.create_task(holds()))
        await asyncio.sleep(0)

    kept: list[asyncio.Task[None]] = []
    thread.run(leave())
    thread.close()
    assert kept[0].cancelled()
    assert closed.is_set()


def test_what_goes_wrong_reaches_the_caller() -> None:
    thread = LoopThread()

    async def fail() -> None:
        raise ValueError("no")

    try:
        with pytest.raises(ValueError, match="no"):
            thread.run(fail())
    finally:
        thread.close()


def test_what_may_block_holds_up_neither_the_loop_nor_the_end_of_python() -> None:
    code = """
import asyncio, threading
from chaosmod.lab.proxy.loop import LoopThread, aside
thread = LoopThread()
begun = threading.Event()
async def both():
    stuck = asyncio.create_task(aside(lambda: begun.set() or threading.Event().wait()))
    print(await aside(divmod, 7, 2), stuck.done())
thread.run(both())
begun.wait()
thread.close()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, "(3, 1) False\n"), done.stderr


def test_what_goes_wrong_aside_reaches_the_caller() -> None:
    thread = LoopThread()
    try:
        with pytest.raises(ZeroDivisionError):
            thread.run(aside(divmod, 1, 0))
    finally:
        thread.close()


def test_an_answer_that_comes_after_the_end_is_dropped() -> None:
    thread = LoopThread()
    begun, go_on = threading.Event(), threading.Event()

    def late() -> None:
        begun.set()
        go_on.wait()

    asyncio.run_coroutine_threadsafe(aside(late), thread.loop)
    assert begun.wait(10)
    (answering,) = [t for t in threading.enumerate() if t.name == "chaosmod-aside"]
    thread.close()
    go_on.set()
    answering.join(10)
    assert not answering.is_alive()
