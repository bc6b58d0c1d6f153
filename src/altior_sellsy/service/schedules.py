"""Schedules are due instants in the environment's cursors, read by the tick (design 4). They only mark looks.

Whoever starts one first moves its due instant on, under a lock that all workers share: several workers never run the
same turn, and a worker that dies leaves its turn to the others within a minute.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from altior_sellsy.errors import ConnectorError, Refused, Retryable
from altior_sellsy.ledger.port import Changes
from altior_sellsy.service import checks, identity, scanning, subscription, sweep
from altior_sellsy.sync.scan import mark_oldest
from altior_sellsy.values.reference import Side

if TYPE_CHECKING:
    from altior_sellsy.service.runtime import Runtime

PAGES_PER_TURN = 20
"""Pages read per turn of the tick, so that a scan of a hundred thousand records never holds a worker."""
HELD = timedelta(seconds=60)
"""A turn is whose worker renews it at least this often."""
NIGHTLY = timedelta(hours=24)


def scan_now(now: datetime) -> dict[str, Any]:
    """Cursors that ask for a whole turn of the rolling scan."""
    return {"scan_due": now.isoformat(), "scan_position": None}


def run(runtime: "Runtime", now: datetime) -> None:
    """One turn of everything due. A remote fault puts its schedule off, and never the others."""
    turns: tuple[tuple[str, Callable[[Runtime, datetime], datetime]], ...] = (
        ("webhook", _webhook),
        ("checks", _checks),
        ("sweep", _sweep),
        ("scan", _scan),
    )
    for name, turn in turns:
        if not _claim(runtime, name, now):
            continue
        try:
            following = turn(runtime, now)
        except Refused:
            raise
        except ConnectorError as error:
            following = runtime.clock.now() + timedelta(seconds=_wait(name, error, runtime.timing.turn_again))
        _due(runtime, name, following)


def _wait(name: str, error: ConnectorError, again: float) -> float:
    """The scan, on which everything rests, goes on as soon as the quota allows, page after page or part by part; the
    others leave it some time in between."""
    asked = (error.again_after if isinstance(error, Retryable) else None) or again
    return asked if name == "scan" else max(asked, again)


def _claim(runtime: "Runtime", name: str, now: datetime) -> bool:
    with runtime.ledgers.exclusive(f"schedules:{runtime.ledger.name}")():
        due = runtime.ledger.environment().cursors.get(f"{name}_due")
        if due is not None and datetime.fromisoformat(due) > now:
            return False
        _due(runtime, name, now + HELD)
        return True


def _due(runtime: "Runtime", name: str, due: datetime, **cursors: Any) -> None:
    runtime.ledger.commit(Changes(cursors={f"{name}_due": due.isoformat(), **cursors}), None)


def _scan(runtime: "Runtime", now: datetime) -> datetime:
    """The rolling scan goes on for some pages, kind after kind, side after side: what moved is marked, at the end of a
    side what it did not show, too. Before it begins anew, the identity of both systems is checked."""
    engine = runtime.engine
    turns = [(b.kind.name, side.value) for b in engine.bindings for side in Side]
    held = position = runtime.ledger.environment().cursors.get("scan_position")
    if position is None or (position[0], position[1]) not in turns:
        identity.check(runtime.ledger, runtime.sellsy, runtime.altior, runtime.clock)
        position = [*turns[0], None, ""]
    kind, side, after = position[:3]
    began = position[3] if len(position) > 3 else ""  # older versions kept none
    engine.lane(False)
    for _ in range(PAGES_PER_TURN):
        if after is None or not began:
            after, began = None, engine.clock.now().isoformat()
        binding, turn = engine.binding(kind), datetime.fromisoformat(began)
        page = binding.system(Side(side)).scan(after)
        if runtime.ledger.environment().cursors.get("scan_position") != held:
            # Suspended meanwhile: another worker has gone on, and of this turn's pages nothing may be left.
            return now
        engine.ledger.shown(kind, Side(side), turn, [snapshot.reference for snapshot in page.snapshots])
        scanning.look_at_page(engine, binding, page.snapshots)
        after = page.after
        if after is None:
            scanning.look_for_unshown(engine, binding, Side(side), turn)
            mark_oldest(engine, binding, Side(side))
            here = turns.index((kind, side))
            if here + 1 == len(turns):
                following = now + timedelta(seconds=engine.timing.scan_every)
                _due(runtime, "scan", following, scan_position=None)
                return following
            kind, side = turns[here + 1]
        held = [kind, side, after, began]
        _due(runtime, "scan", runtime.clock.now() + HELD, scan_position=held)
    return now


def _sweep(runtime: "Runtime", now: datetime) -> datetime:
    sweep.run(runtime)
    return now + timedelta(seconds=runtime.timing.sweep_every)


def _checks(runtime: "Runtime", now: datetime) -> datetime:
    # What says that a system cannot be checked is not left to stand until tomorrow.
    whole = checks.nightly(runtime)
    return now + (NIGHTLY if whole else timedelta(seconds=runtime.timing.scan_every))


def _webhook(runtime: "Runtime", now: datetime) -> datetime:
    subscription.ensure(runtime, runtime.public_url)
    return now + NIGHTLY
