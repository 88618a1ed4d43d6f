"""The thread that serves all labs of a worker."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def aside(call: Callable[..., T], *args: object) -> T:
    """Call ``call`` in a thread of its own and wait for its result: for what may block.

    A daemon thread, where ``asyncio.to_thread`` takes one that the interpreter waits for at its end: a server that never
    answers would keep it from ending.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def tell(settle: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: future.done() or settle())

    def work() -> None:
        try:
            result = call(*args)
        except BaseException as e:
            error = e  # the name of an ``except`` clause is gone after it
            tell(lambda: future.set_exception(error))
        else:
            tell(lambda: future.set_result(result))

    threading.Thread(target=work, name="chaosmod-aside", daemon=True).start()
    return await future


_PATIENCE = 1.0
"""Seconds that a task has to end once it is cancelled."""


async def _cancel_all() -> None:
    """As ``asyncio.run`` does at its end: what a task alone would have closed is closed."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=_PATIENCE)
    await asyncio.sleep(0)  # transports call ``connection_lost`` one step after they are closed


class LoopThread:
    """An event loop in a daemon thread, started at once and kept until :meth:`close`."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="chaosmod-proxy", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run ``coroutine`` in the loop and wait for its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def soon(self, call: Callable[..., object], *args: object) -> None:
        """Have the loop call ``call``; does not wait."""
        self.loop.call_soon_threadsafe(call, *args)

    def close(self) -> None:
        """Cancel what still runs in the loop, stop it and wait for the thread to end."""
        self.run(_cancel_all())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()
