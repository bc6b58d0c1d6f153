"""The tick: drains for what is due, schedules for what is active. A lost signal costs seconds."""

import asyncio
from collections.abc import Callable

import structlog

from altior_sellsy.clock import Clock
from altior_sellsy.errors import ConnectorError
from altior_sellsy.jobs.damping import Damper
from altior_sellsy.jobs.drain import enqueue_drain
from altior_sellsy.jobs.runtime import OpenRuntime
from altior_sellsy.jobs.threads import in_thread
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.ledger.port import Ledgers

log = structlog.get_logger(__name__)
_faults = Damper()


async def tick_forever(ledgers: Ledgers, open_runtime: OpenRuntime, clock: Clock, every: float) -> None:
    """Runs until cancelled. Schedules run beside the tick, at most one pass per environment at a time."""
    passes: dict[str, asyncio.Task[None]] = {}
    while True:
        try:
            active = await in_thread(lambda: tick(ledgers, clock))
        except Exception:
            log.exception("tick failed")
            active = []
        for name in active:
            if name not in passes:
                step = _schedules(name, open_runtime, clock)
                passes[name] = asyncio.create_task(in_thread(step), name=f"schedules of {name}")
                passes[name].add_done_callback(lambda _task, name=name: passes.pop(name))  # type: ignore[misc]
        await asyncio.sleep(every)


def tick(ledgers: Ledgers, clock: Clock) -> list[str]:
    """Enqueues a drain for each environment that has due looks. Returns the names of the active environments."""
    for name in ledgers.due(clock.now()):
        enqueue_drain(name)
    return active_environments(ledgers)


def active_environments(ledgers: Ledgers) -> list[str]:
    return [found.name for found in ledgers.environments() if found.status is EnvironmentStatus.ACTIVE]


def _schedules(name: str, open_runtime: OpenRuntime, clock: Clock) -> Callable[[], None]:
    def step() -> None:
        try:
            runtime = open_runtime(name)
            try:
                runtime.schedules(clock.now())
            finally:
                runtime.close()
        except (ConnectorError, LookupError) as error:
            log.warning("schedules ended early", environment=name, cause=str(error))
        except Exception as error:
            untold = _faults.due(name, error)
            if untold is not None:
                log.exception("schedules failed", environment=name, untold=untold)

    return step
