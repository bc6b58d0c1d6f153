"""Altior's change feed: one task per active environment, each in a long poll. They are tasks, not jobs."""

import asyncio
import random
from collections.abc import Callable

import structlog

from altior_sellsy.errors import ConnectorError
from altior_sellsy.jobs.drain import enqueue_drain
from altior_sellsy.jobs.runtime import OpenRuntime
from altior_sellsy.jobs.threads import in_abandonable_thread, in_thread
from altior_sellsy.jobs.tick import active_environments
from altior_sellsy.ledger.port import Ledgers
from altior_sellsy.timing import Timing

log = structlog.get_logger(__name__)


async def follow_feeds(ledgers: Ledgers, open_runtime: OpenRuntime, timing: Timing) -> None:
    """Keeps one task per active environment. Runs until cancelled, and then takes its tasks along."""
    followed: dict[str, asyncio.Task[None]] = {}
    try:
        while True:
            try:
                wanted = set(await in_thread(lambda: active_environments(ledgers)))
            except Exception:
                log.exception("environments could not be read")
                wanted = set(followed)
            for name in followed.keys() - wanted:
                followed.pop(name).cancel()
            for name in wanted - followed.keys():
                followed[name] = asyncio.create_task(follow(name, open_runtime, timing), name=f"feed of {name}")
            await asyncio.sleep(timing.tick)
    finally:
        for task in followed.values():
            task.cancel()
        await asyncio.gather(*followed.values(), return_exceptions=True)


async def follow(name: str, open_runtime: OpenRuntime, timing: Timing) -> None:
    """One environment's feed, until cancelled: errors are waited out, longer each time."""
    loop = asyncio.get_running_loop()
    failures = 0
    while True:
        started = loop.time()
        try:
            marked = await in_abandonable_thread(_poll(name, open_runtime, timing.feed_poll), f"feed of {name}")
        except Exception as error:
            failures += 1
            wait = min(timing.backoff_most, timing.backoff_first * 2 ** (failures - 1)) * random.uniform(0.8, 1.2)  # noqa: S311
            if isinstance(error, ConnectorError | LookupError):
                log.warning("feed not read", environment=name, cause=str(error), failures=failures)
            else:
                log.exception("feed failed", environment=name, failures=failures)
            await asyncio.sleep(wait)
            continue
        failures = 0
        # An empty answer that came at once (nothing to poll yet) must not turn into a busy loop.
        if not marked and loop.time() - started < timing.tick:
            await asyncio.sleep(timing.tick)


def _poll(name: str, open_runtime: OpenRuntime, wait: float) -> Callable[[], int]:
    def step() -> int:
        runtime = open_runtime(name)
        try:
            marked = runtime.poll_feed(wait)
        finally:
            runtime.close()
        if marked:
            enqueue_drain(name)
        return marked

    return step
