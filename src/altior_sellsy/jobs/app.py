"""procrastinate, set up for what it is used for here: few jobs, quick take-over, no history."""

from procrastinate.app import WorkerOptions
from procrastinate.contrib.django import app

STALLED_AFTER = 8.0
"""Seconds without a heartbeat after which a worker is taken for dead, and its jobs are rescued."""
HEARTBEAT = 2.0
POLLING = 0.5

WORKER: WorkerOptions = {
    "concurrency": 8,
    "fetch_job_polling_interval": POLLING,
    "update_heartbeat_interval": HEARTBEAT,
    "stalled_worker_timeout": STALLED_AFTER,
    "delete_jobs": "always",
    "install_signal_handlers": False,
    "shutdown_graceful_timeout": 35,
}
"""A drain that waits for an answer may take the deadline of one call (30 s) to end: a stop waits for it."""

__all__ = ["HEARTBEAT", "POLLING", "STALLED_AFTER", "WORKER", "app"]
