"""Blocking work beside an event loop."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """A short step on the database. Its connection goes back to the pool at the end."""
    return await asyncio.to_thread(_closing_connections, work)


async def in_abandonable_thread(work: Callable[[], T], name: str) -> T:
    """A long wait. When the task is cancelled the thread is left behind, and dies with the process."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = _closing_connections(work)
        except BaseException as caught:  # noqa: BLE001 - handed over to the task that waits
            error = caught
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await done


def _closing_connections(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connections.close_all()
