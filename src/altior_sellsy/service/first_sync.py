"""The first synchronisation as people run it: preview, approval of a trial or of the whole, execution, report."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from altior_sellsy.errors import Final, Retryable
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.service import identity, subscription
from altior_sellsy.service.first_sync_report import FirstSyncReport, report
from altior_sellsy.service.plan_summary import summary
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.sync import initialise, planning, stages
from altior_sellsy.sync.engine import DrainReport
from altior_sellsy.sync.preview import Preview
from altior_sellsy.sync.progress import Progress
from altior_sellsy.sync.stages import OUTDATED

__all__ = ["FirstSyncReport", "drain_until_quiet", "preview", "ready", "run", "stored"]

MOST_WAIT = timedelta(minutes=10)
"""A command waits this long for looks that come due by themselves; then it says what still waits."""
SILENT: Progress = lambda what, done, total: None  # noqa: E731


def preview(runtime: Runtime, progress: Progress = SILENT) -> Preview:
    """Computed without writing to either system; kept in the ledger, record by record, until it is approved."""
    check_status(runtime)
    ready(runtime)
    settle_creates(runtime, progress)
    feed = runtime.altior.changes(None).cursor
    plan = planning.preview(runtime.engine, progress)
    account = runtime.ledger.environment().account_id
    kinds = [binding.kind for binding in runtime.engine.bindings]
    header = {
        "started": plan.started.isoformat(),
        "feed": feed,  # from before the first read: nothing that happens meanwhile is missed
        "summary": summary(plan, kinds, runtime.ledgers.quota(account), runtime.timing.bulk_reserve),
    }
    runtime.ledger.save_plan(header, planning.rows(plan))
    return plan


def stored(runtime: Runtime) -> dict[str, Any] | None:
    """The plan that may be approved: not too old, and nobody has decided or ticked anything since."""
    header, environment = runtime.ledger.plan(), runtime.ledger.environment()
    if header is None:
        return None
    started = datetime.fromisoformat(header["started"])
    outdated = environment.cursors.get(OUTDATED)
    if outdated and datetime.fromisoformat(outdated) >= started:
        return None
    running = stages.stage(environment) in (stages.TRIAL, stages.ALL)
    if not running and runtime.clock.now() - started > timedelta(seconds=runtime.timing.plan_valid):
        return None
    return dict(header)


def ready(runtime: Runtime) -> None:
    """Both systems answer, and for the right company. For commands: a person waits, so what is lost is asked for again,
    call by call. Raises Refused or Retryable."""
    if runtime.patience is None:
        runtime.be_patient()
    identity.check(runtime.ledger, runtime.sellsy, runtime.altior, runtime.clock)
    _ = runtime.engine


def check_status(runtime: Runtime) -> None:
    """Raises Final when the environment is paused."""
    environment = runtime.ledger.environment()
    if environment.status is EnvironmentStatus.PAUSED:
        raise Final(
            f"L'environnement « {environment.name} » est en pause ({environment.paused_reason}) : "
            f'lancez « altior-sellsy environment resume {environment.name} --by "Prénom Nom" », puis recommencez.'
        )


def run(
    runtime: Runtime,
    by: str,
    progress: Progress = SILENT,
    public_url: str = "",
    interrupted: Callable[[], bool] = lambda: False,
    *,
    trial: int = 0,
) -> FirstSyncReport:
    """The stored plan (computed now when there is none, refused when it no longer holds), approved by `by` for `trial`
    records or as a whole (0), then the drain until everything it marked is done or waits with a reason.

    Running it again after a crash goes on from the stored plan: what is paired is not done again.
    """
    started = runtime.clock.now()
    check_status(runtime)
    ready(runtime)
    settle_creates(runtime, progress)
    if stored(runtime) is None:
        _refuse_unseen(runtime)
        preview(runtime, progress)
    rows = initialise.approve(runtime.engine, by, trial=trial)
    _subscribe(runtime, public_url)
    todo = runtime.ledger.pending()[0]

    def left(number: int) -> None:
        progress("Synchronisation", max(0, todo - number), todo)

    total = drain_until_quiet(runtime, left, interrupted)
    if not total.paused and not interrupted():
        initialise.finish(runtime.engine)
    return report(runtime, total, rows, started)


def _refuse_unseen(runtime: Runtime) -> None:
    """Nobody approves, by a plan that was shown and no longer holds, another one that nobody has seen."""
    environment = runtime.ledger.environment()
    if runtime.ledger.plan() is not None and not stages.stage(environment):
        raise Final(
            f"L'aperçu gardé pour « {environment.name} » n'est plus valable (trop ancien, ou des fiches ont été "
            f"cochées ou déliées depuis), rien n'a été écrit : relancez « altior-sellsy initialise {environment.name} "
            "--dry-run », relisez-le, puis approuvez-le."
        )


def settle_creates(runtime: Runtime, progress: Progress) -> None:
    """A run that died left creates without an answer: what became of them is found out before anything is planned,
    or the plan would take our own record for a twin."""
    if runtime.ledger.environment().status is not EnvironmentStatus.INITIALISING:
        return
    timing = runtime.timing
    longest = timing.call_deadline + timing.create_recovery + timing.create_recovery_gap + 60
    give_up = runtime.clock.now() + timedelta(seconds=longest)
    while any(runtime.ledger.announcements(creates_of=b.kind.name) for b in runtime.engine.bindings):
        progress("Reprise : créations à confirmer", 0, None)
        report = runtime.drain()
        now = runtime.clock.now()
        if report.paused or now > give_up:
            return
        if not report.more_due:
            runtime.clock.sleep(max(0.1, (report.next_due - now).total_seconds()) if report.next_due else 0.5)


def _subscribe(runtime: Runtime, public_url: str) -> None:
    """Without an answer now, the nightly check makes the subscription, at its first turn."""
    with suppress(Retryable):
        subscription.ensure(runtime, public_url)


def drain_until_quiet(
    runtime: Runtime,
    left: Callable[[int], None] = lambda number: None,
    interrupted: Callable[[], bool] = lambda: False,
    most_wait: timedelta = MOST_WAIT,
) -> DrainReport:
    """Drains under the environment's lease, waiting for its holder and for looks that come due soon."""
    total = DrainReport()
    give_up = runtime.clock.now() + most_wait
    for_quota = runtime.clock.now()
    """What was put off for the quota comes due by then, and is waited for; for the rest, the service is there."""
    while not interrupted():
        report = runtime.drain()
        total.add(report)
        left(runtime.ledger.pending()[0])
        now = runtime.clock.now()
        if report.done:
            give_up = now + most_wait
        if report.refused:
            for_quota = now + timedelta(seconds=runtime.timing.person_quota)
        soon = now + timedelta(seconds=10)
        if report.paused or now > give_up:
            return total
        if report.busy:
            runtime.clock.sleep(0.5)
        elif report.more_due:
            continue
        elif report.next_due is not None and report.next_due <= max(soon, for_quota):
            _wait(runtime, max(0.05, (report.next_due - now).total_seconds()), limited=report.next_due > soon)
        else:
            return total
    return total


def _wait(runtime: Runtime, seconds: float, *, limited: bool) -> None:
    if limited and runtime.patience is not None:
        runtime.patience[0].paused(seconds)
    else:
        runtime.clock.sleep(seconds)
