"""A worker: jobs, tick, rescue and feeds in one event loop, until told to stop."""

import asyncio
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from procrastinate.contrib.django import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from altior_sellsy.clock import SystemClock
from altior_sellsy.jobs import runtime
from altior_sellsy.jobs.app import STALLED_AFTER, WORKER, app
from altior_sellsy.jobs.feed import follow_feeds
from altior_sellsy.jobs.rescue import rescue_forever
from altior_sellsy.jobs.tick import tick_forever
from altior_sellsy.timing import Timing

THREADS = 32


async def work(stop: asyncio.Event, timing: Timing) -> bool:
    """Runs until `stop` is set. Returns False when something ended by itself (a failed heartbeat, a lost database).

    The process must then exit and be started again: a worker that cannot beat is taken for dead by the others.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="work"))
    # A connector of its own, that gives up soon: a worker that cannot beat must end before others take its jobs twice.
    connector = PsycopgConnector(kwargs=connector_params(), min_size=2, max_size=8, timeout=STALLED_AFTER / 2)
    # with_connector, not replace_connector: the latter makes a defer inside a Django transaction not transactional.
    worker = app.with_connector(connector)
    worker.worker_defaults = app.worker_defaults
    ledgers = runtime.ledgers()
    async with worker.open_async():
        tasks = [
            asyncio.create_task(worker.run_worker_async(**WORKER), name="jobs"),
            asyncio.create_task(
                tick_forever(ledgers, runtime.open_runtime, SystemClock(), timing.tick),
                name="tick",
            ),
            asyncio.create_task(rescue_forever(worker), name="rescue"),
            asyncio.create_task(follow_feeds(ledgers, runtime.open_runtime, timing), name="feeds"),
        ]
        stopping = asyncio.create_task(stop.wait(), name="stop")
        done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in [stopping, *tasks]:
            task.cancel()
        await asyncio.gather(stopping, *tasks, return_exceptions=True)
        return stopping in done


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and SIGINT ask for a clean stop; a second one ends the process at once (the ledger survives that)."""
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if stop.is_set():
            os._exit(1)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked)


def run_worker(timing: Timing) -> int:
    """Runs a worker in this process, its database being ready. Returns the exit code."""

    async def main() -> bool:
        stop = asyncio.Event()
        stop_on_signals(stop)
        return await work(stop, timing)

    with suppress(KeyboardInterrupt):
        if asyncio.run(main()):
            return 0
    print("L'exécutant s'arrête : il a perdu la base de données. Relancez-le.", file=sys.stderr, flush=True)
    return 1
