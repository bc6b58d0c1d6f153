"""The drain of one environment: claims due looks, live before bulk, and passes over them for about two seconds."""

from datetime import timedelta

from altior_sellsy.errors import ConnectorError, Refused
from altior_sellsy.ledger.model import Card, EnvironmentStatus, JournalEntry, Look
from altior_sellsy.ledger.port import Changes, Lease, LeaseLost, Taken
from altior_sellsy.sync import passes, portions, words
from altior_sellsy.sync.breakers import Breaker
from altior_sellsy.sync.engine import Binding, DrainReport, Engine
from altior_sellsy.sync.work import PAGE, Work

RUNNING = frozenset({EnvironmentStatus.ACTIVE, EnvironmentStatus.INITIALISING})


def drain(engine: Engine, *, seconds: float | None = None) -> DrainReport:
    """Works for `seconds` (timing.slice by default), then says whether more is due. Never raises for a record: what
    fails is put off in its look. Raises only when the ledger itself fails."""
    report = DrainReport()
    timing, clock, ledger = engine.timing, engine.clock, engine.ledger
    started = clock.now()
    lease = ledger.lease(engine.holder, started, timing.lease)
    if lease is None:
        report.busy = True
        return report
    try:
        budget = timedelta(seconds=timing.slice if seconds is None else seconds)
        while _slice(engine, lease, report):
            if clock.now() - started >= budget:
                break
            if ledger.lease(engine.holder, clock.now(), timing.lease) != lease:
                report.busy = True
                break
    except LeaseLost:
        report.busy = True
    finally:
        ledger.release(lease)
    _, due = ledger.pending()
    report.more_due = due is not None and due <= clock.now() and not report.paused
    report.next_due = due
    return report


def _slice(engine: Engine, lease: Lease, report: DrainReport) -> bool:
    """One claim. False when nothing was due, or nothing that was due could be done now."""
    ledger = engine.ledger
    environment = ledger.environment()
    if environment.status not in RUNNING:
        report.paused = environment.paused_reason or environment.status.value
        return False
    now = engine.clock.now()
    looks = ledger.claim(now, PAGE, live_only=True)
    live = bool(looks)
    if not looks:
        looks = ledger.claim(now, PAGE)
    if not looks:
        return False
    done_before = report.done
    for binding in engine.bindings:
        size = portions.size(environment, binding.kind.name)
        mine = [look for look in looks if look.kind == binding.kind.name][: max(size, 1)]
        if not mine:
            continue
        engine.lane(live or not size)
        before = portions.Before.of(report)
        try:
            passes.run(engine, lease, binding, environment, mine, report)
        except Refused as error:
            _pause(engine, lease, error)
            report.paused = str(error)
            return False
        except (LeaseLost, Taken) as error:
            if isinstance(error, LeaseLost):
                raise
            _put_all_off(engine, lease, binding, mine, error, report)
        except ConnectorError as error:
            _put_all_off(engine, lease, binding, mine, error, report)
        portions.adapt(engine, lease, binding.kind.name, size, len(mine), before, report)
    unknown = [look for look in looks if look.kind not in {b.kind.name for b in engine.bindings}]
    if unknown:
        ledger.commit(Changes(done=unknown), lease)
    return bool(unknown) or report.done > done_before


def _put_all_off(
    engine: Engine, lease: Lease, binding: Binding, looks: list[Look], error: ConnectorError, report: DrainReport
) -> None:
    """Nothing was planned, or the whole pass failed: every look of it tries again later."""
    now = engine.clock.now()
    work = Work(
        engine=engine,
        lease=lease,
        binding=binding,
        environment=engine.ledger.environment(),
        report=report,
        started=now,
        writing=now,
        looks={look.reference: look for look in looks},
    )
    work.put_off_error(work.looks, error)
    passes.finish(work)


def _pause(engine: Engine, lease: Lease, error: Refused) -> None:
    """Refused credentials, account or rights, or a breaker, stop the environment with one card: changes are noted and
    will be caught up."""
    now, reason = engine.clock.now(), str(error)
    code, data = (error.code, error.data) if isinstance(error, Breaker) else ("stopped", {})
    engine.ledger.commit(
        Changes(
            environment={
                "status": EnvironmentStatus.PAUSED,
                "paused_reason": reason,
                "paused_at": now,
                "paused_by": "Connecteur",
            },
            journal=[JournalEntry(now, "", "paused", None, None, reason)],
            cards=[Card(None, code, words.sentence(code, "", reason), words.remedy(code), data=data, at=now)],
        ),
        lease,
    )
