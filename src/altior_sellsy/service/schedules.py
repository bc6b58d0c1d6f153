"""Schedules are due instants in the environment's cursors, read by the tick (design 4). They only mark looks."""

from datetime import datetime, timedelta
from typing import Any

from altior_sellsy.errors import ConnectorError
from altior_sellsy.ledger.port import Changes, Ledger
from altior_sellsy.sync.engine import Engine
from altior_sellsy.sync.scan import mark_moved
from altior_sellsy.values.reference import Side

PAGES_PER_TURN = 20
"""Pages read per turn of the tick, so that a scan of a hundred thousand records never holds a worker."""


def scan_now(now: datetime) -> dict[str, Any]:
    return {"scan_due": now.isoformat()}


def run(engine: Engine, now: datetime) -> None:
    """One turn: the rolling scan goes on for some pages, kind after kind, side after side."""
    cursors = engine.ledger.environment().cursors
    due = cursors.get("scan_due")
    position = cursors.get("scan_position")
    if due is not None and datetime.fromisoformat(due) > now:
        return
    turns = [(b.kind.name, side.value) for b in engine.bindings for side in Side]
    kind, side, after = position or [*turns[0], None]
    engine.lane(False)
    for _ in range(PAGES_PER_TURN):
        binding = engine.binding(kind)
        page = binding.system(Side(side)).scan(after)
        mark_moved(engine, binding, page.snapshots)
        after = page.after
        if after is None:
            here = turns.index((kind, side))
            if here + 1 == len(turns):
                following = now + timedelta(seconds=engine.timing.scan_every)
                _keep(engine.ledger, None, following)
                return
            kind, side = turns[here + 1]
        _keep(engine.ledger, [kind, side, after], now)


def _keep(ledger: Ledger, position: list[Any] | None, due: datetime) -> None:
    ledger.commit(Changes(cursors={"scan_position": position, "scan_due": due.isoformat()}), None)


def postpone(ledger: Ledger, now: datetime, error: ConnectorError) -> None:
    """A remote fault: the scan goes on from its page in a minute, or when the quota says."""
    wait = getattr(error, "retry_after", None) or 60
    cursors = ledger.environment().cursors
    due = now + timedelta(seconds=float(wait))
    ledger.commit(Changes(cursors={"scan_position": cursors.get("scan_position"), "scan_due": due.isoformat()}), None)
