"""The first synchronisation as people run it: preview, approval, execution with progress, report."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from altior_sellsy.errors import Final, Retryable
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.ledger.port import Changes
from altior_sellsy.service import identity, subscription
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.sync import initialise
from altior_sellsy.sync.engine import DrainReport
from altior_sellsy.sync.initialise import Lights, Progress
from altior_sellsy.sync.patience import patiently
from altior_sellsy.sync.preview import Preview
from altior_sellsy.values.reference import Side

MOST_WAIT = timedelta(minutes=10)
"""A command waits this long for looks that come due by themselves; then it says what still waits."""


@dataclass(slots=True)
class FirstSyncReport:
    """`done`: what the journal says was done, by action and side. `waiting`: looks not yet done, with their due."""

    plan: Preview
    writes: dict[Side, int] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    cards: int = 0
    seconds: float = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "plan": summary(self.plan),
            "writes": {side.value: number for side, number in self.writes.items()},
            "done": dict(self.done),
            "waiting": self.waiting,
            "cards": self.cards,
            "seconds": round(self.seconds, 1),
        }


def summary(plan: Preview) -> dict[str, Any]:
    return {
        "totals": {side.value: number for side, number in plan.totals.items()},
        "ticked": plan.ticked,
        "counts": [
            {"decision": decision, "side": side, "code": code, "number": number}
            for (decision, side, code), number in sorted(plan.counts().items())
        ],
        "differences": sum(len(i.differences) for i in plan.items),
        "held": sum(len(i.held) for i in plan.items),
    }


def preview(runtime: Runtime, progress: Progress = lambda what, done, total: None) -> tuple[Preview, Lights]:
    """Computed without writing to either system; kept in the ledger for the screens."""
    check_status(runtime)
    ready(runtime)
    plan, lights = initialise.preview(runtime.engine, progress)
    runtime.ledger.save_plan({"summary": summary(plan), "items": [i.as_json() for i in plan.items]})
    return plan, lights


def ready(runtime: Runtime) -> None:
    """Both systems answer, and for the right company. For commands: a person waits, so a lost answer is asked for
    again. Raises Refused or Retryable."""

    def read() -> None:
        identity.check(runtime.ledger, runtime.sellsy, runtime.altior, runtime.clock)
        _ = runtime.engine

    patiently(runtime.clock, runtime.timing, read)


def check_status(runtime: Runtime) -> None:
    """Raises Final when the environment is paused."""
    environment = runtime.ledger.environment()
    if environment.status is EnvironmentStatus.PAUSED:
        raise Final(
            f"L'environnement « {environment.name} » est en pause ({environment.paused_reason}) : "
            f"lancez « altior-sellsy environment resume {environment.name} », puis recommencez."
        )


def run(
    runtime: Runtime,
    by: str,
    progress: Progress = lambda what, done, total: None,
    public_url: str = "",
    interrupted: Callable[[], bool] = lambda: False,
) -> FirstSyncReport:
    """Preview, approval by `by`, then the drain until everything the plan marked is done or waits with a reason.

    Running it again after a crash goes on where it stood: what is paired is not planned again.
    """
    started = runtime.clock.now()
    check_status(runtime)
    ready(runtime)
    before = _feed_start(runtime)
    _settle_creates(runtime, progress)
    plan, lights = preview(runtime, progress)
    initialise.approve(runtime.engine, plan, lights, by)
    runtime.ledger.commit(Changes(cursors=before), None)
    _subscribe(runtime, public_url)
    todo = len(runtime.ledger.looks())
    report = FirstSyncReport(plan, dict.fromkeys(Side, 0))
    total = drain_until_quiet(runtime, lambda left: progress("Synchronisation", max(0, todo - left), todo), interrupted)
    report.writes = total.writes
    if runtime.ledger.environment().status is EnvironmentStatus.INITIALISING:
        initialise.finished(runtime.engine)
    entries = runtime.ledger.journal(limit=1_000_000)
    report.done = Counter(
        f"{e.action}:{e.side.value if e.side else ''}" for e in entries if e.at >= started and e.action != "updated"
    )
    report.waiting = len(runtime.ledger.looks())
    report.cards = len(runtime.ledger.cards())
    report.seconds = (runtime.clock.now() - started).total_seconds()
    return report


def _settle_creates(runtime: Runtime, progress: Progress) -> None:
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


def _feed_start(runtime: Runtime) -> dict[str, Any]:
    """The feed's place before the first read: nothing that happens meanwhile is missed."""
    if runtime.ledger.environment().cursors.get("feed"):
        return {}
    changes = patiently(runtime.clock, runtime.timing, lambda: runtime.altior.changes(None))
    return {"feed": changes.cursor}


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
    while not interrupted():
        report = runtime.drain()
        total.add(report)
        left(runtime.ledger.pending()[0])
        now = runtime.clock.now()
        if report.paused or now > give_up:
            return total
        if report.busy:
            runtime.clock.sleep(0.5)
        elif report.more_due:
            continue
        elif report.next_due is not None and report.next_due - now <= timedelta(seconds=10):
            runtime.clock.sleep(max(0.05, (report.next_due - now).total_seconds()))
        else:
            return total
    return total
