"""The one job: drain an environment. Its lock and queueing lock are the environment; it never uses a retry."""

import structlog
from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from altior_sellsy.errors import ConnectorError
from altior_sellsy.jobs import runtime
from altior_sellsy.jobs.app import app
from altior_sellsy.jobs.damping import Damper

log = structlog.get_logger(__name__)
_faults = Damper()


@app.task(name="drain", queue="drain")
def drain(environment: str) -> None:
    """Ends as succeeded whatever happens: the next attempt is a row of the ledger, and the tick comes back."""
    try:
        opened = runtime.open_runtime(environment)
        try:
            more = opened.drain().more_due
        finally:
            opened.close()
    except LookupError:
        log.info("drain of an environment that is gone", environment=environment)
    except ConnectorError as error:
        log.warning("drain ended early", environment=environment, cause=str(error))
    except Exception as error:
        # The tick comes back every few seconds, and so may the fault.
        untold = _faults.due(environment, error)
        if untold is not None:
            log.exception("drain failed", environment=environment, untold=untold)
    else:
        if more:
            enqueue_drain(environment)


def enqueue_drain(environment: str) -> None:
    """Once the current transaction is committed, see that a drain of this environment waits."""
    # robust: a look is marked by now, and the tick enqueues what was missed here.
    transaction.on_commit(lambda: _defer(environment), robust=True)


def _defer(environment: str) -> None:
    try:
        # Its own savepoint: without it, «already enqueued» aborts a transaction around it.
        with transaction.atomic():
            drain.configure(lock=environment, queueing_lock=environment).defer(environment=environment)
    except AlreadyEnqueued:
        return  # the drain that waits will see what is committed by now
