"""Reading a side whole, watchfully: what a scan shows is compared with what is known before any look is marked.

Records that are no longer the same under their ids (a re-seeded server, a restored backup), or that vanish in numbers
(rights taken away), stop the environment with one card instead of a card, or a closing, per record (histories 8, 9).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from altior_sellsy.errors import Refused
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.service.stopping import stop
from altior_sellsy.sync import breakers
from altior_sellsy.sync.engine import Binding, Engine
from altior_sellsy.sync.patience import patiently
from altior_sellsy.sync.scan import ScanReport, mark_missing, mark_moved, not_shown, pages
from altior_sellsy.sync.work import PAGE
from altior_sellsy.values.reference import Reference, Side


def scan(engine: Engine, binding: Binding, side: Side) -> ScanReport:
    """One whole turn of one side. Raises Refused once it has stopped the environment."""
    report = ScanReport()
    seen: set[Reference] = set()
    for snapshots, _ in pages(engine, binding, side):
        report.seen += len(snapshots)
        seen |= {s.reference for s in snapshots}
        report.marked += look_at_page(engine, binding, snapshots)
    missing = not_shown(engine.ledger.all_sightings(binding.kind.name, side), seen)
    report.marked += _look_for(engine, binding, side, missing)
    return report


def look_for_unshown(engine: Engine, binding: Binding, side: Side, turn: datetime) -> int:
    """At the end of a turn of the rolling scan, that began then: marks what it should have shown. Raises Refused once
    it has stopped the environment."""
    return _look_for(engine, binding, side, engine.ledger.unshown(binding.kind.name, side, turn))


def _look_for(engine: Engine, binding: Binding, side: Side, unshown: Sequence[Reference]) -> int:
    missing = _not_just_written(engine, unshown)
    if missing and side not in binding.kind.scanned_in_part:
        known = engine.ledger.known(binding.kind.name, side)
        # Others people clear out by the dozen, and nothing is unlinked because of them.
        linked = {pair.reference(side) for pair in engine.ledger.pairs(missing)}
        absent = [one for one in missing if one in linked]
        if len(absent) > breakers.most_missing(engine, f"{binding.kind.name}:{side.value}", known):
            absent = _expected(engine, binding, side, absent)
        _stop_if(engine, lambda: breakers.missing(engine, binding, side, absent, known))
    mark_missing(engine, binding, missing)
    return len(missing)


def _expected(engine: Engine, binding: Binding, side: Side, missing: Sequence[Reference]) -> list[Reference]:
    """An account may hide from its lists what is archived: asked for by id, such a record says that it is in none."""
    left = set(missing)
    for start in range(0, len(missing), PAGE):
        page = missing[start : start + PAGE]
        shown = patiently(engine.clock, engine.timing, partial(binding.system(side).observe, page))
        left -= {reference for reference, one in shown.items() if not one.listed}
    return sorted(left)


def _not_just_written(engine: Engine, missing: Sequence[Reference]) -> list[Reference]:
    """A list that lags does not show yet what we have just made."""
    if not missing:
        return []
    since = (engine.clock.now() - timedelta(seconds=engine.timing.stale_after_write)).isoformat()
    fresh = {
        pair.reference(side)
        for pair in engine.ledger.pairs(missing)
        for side in Side
        if pair.made_by == f"created_in_{side.value}" and pair.seen.get(f"{side.value}_written", "") > since
    }
    return [reference for reference in missing if reference not in fresh]


def look_at_page(engine: Engine, binding: Binding, snapshots: Sequence[Snapshot]) -> int:
    """Marks what moved on one page. Raises Refused once it has stopped the environment."""
    _stop_if(engine, lambda: breakers.other_records(engine.ledger, engine.timing, snapshots))
    return mark_moved(engine, binding, snapshots)


def _stop_if(engine: Engine, look: "breakers.Check") -> None:
    try:
        look()
    except breakers.Breaker as error:
        stop(engine.ledger, engine.clock.now(), error.code, str(error), data=error.data)
        raise Refused(str(error)) from None
