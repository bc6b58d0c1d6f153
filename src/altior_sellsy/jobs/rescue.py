"""The rescue: jobs whose worker is dead are finished as failed, and their environment gets a new one.

Each is treated apart, and none is «retried»: a retry collides with a waiting successor of the same queueing lock, and
would leave both blocked for ever.
"""

import asyncio

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from altior_sellsy.jobs.app import STALLED_AFTER
from altior_sellsy.jobs.drain import drain, enqueue_drain
from altior_sellsy.jobs.threads import in_thread

log = structlog.get_logger(__name__)

EVERY = 5.0


async def rescue_forever(app: App) -> None:
    """`app` holds a worker's connector, open. Runs until cancelled."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            await rescue(app)
        except ConnectorException as error:
            log.warning("rescue failed", cause=str(error))


async def rescue(app: App, stalled_after: float = STALLED_AFTER) -> int:
    """Returns how many jobs were taken from dead workers."""
    rescued = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after):
        try:
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
        except ConnectorException:
            continue  # another worker's rescue was first
        rescued += 1
        log.warning("job of a dead worker rescued", job=job.id, task=job.task_name)
        await _enqueue_again(job)
    return rescued


async def _enqueue_again(job: Job) -> None:
    name = str(job.task_kwargs.get("environment", ""))
    if job.task_name == drain.name and name:
        await in_thread(lambda: enqueue_drain(name))
