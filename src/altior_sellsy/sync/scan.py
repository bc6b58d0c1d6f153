"""The detector that rests on nothing: turns through everything by id, compares hashes, marks looks.

It never plans from its own pages (histories 13, 22), and what a page does not show is a signal, never a conclusion.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import nsmallest

from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Look, Sighting
from altior_sellsy.sync.engine import Binding, Engine
from altior_sellsy.sync.patience import patiently
from altior_sellsy.values.reference import Reference, Side

ROTATED = 20
"""Per turn: these records are read one by one."""


@dataclass(slots=True)
class ScanReport:
    """`seen`: records shown. `marked`: looks marked because something moved, appeared or is no longer shown."""

    seen: int = 0
    marked: int = 0


def pages(engine: Engine, binding: Binding, side: Side) -> Iterator[tuple[Sequence[Snapshot], int | None]]:
    """Every record of one side, archived ones included, by pages of 100 in id order, with the total if known. A person
    waits for it: a page that fails is asked for again."""
    system = binding.system(side)
    after: str | None = None
    while True:
        page = patiently(engine.clock, engine.timing, partial(system.scan, after))
        yield page.snapshots, page.total
        if page.after is None:
            return
        after = page.after


def scan(engine: Engine, binding: Binding, side: Side) -> ScanReport:
    """One whole turn of one side."""
    report = ScanReport()
    seen: set[Reference] = set()
    for snapshots, _ in pages(engine, binding, side):
        report.seen += len(snapshots)
        seen |= {s.reference for s in snapshots}
        report.marked += mark_moved(engine, binding, snapshots)
    missing = not_shown(engine.ledger.all_sightings(binding.kind.name, side), seen)
    mark_missing(engine, binding, missing)
    report.marked += len(missing)
    return report


def not_shown(known: Iterable[Sighting], seen: Container[Reference]) -> list[Reference]:
    """What a whole turn should have shown. A deal that it no longer shows is looked at once: it says itself, then,
    whether the lists will show it again."""
    return [s.reference for s in known if s.listed and s.gone_at is None and s.reference not in seen]


def mark_missing(engine: Engine, binding: Binding, references: Sequence[Reference]) -> None:
    """Known records that a whole turn did not show: a signal, never a conclusion."""
    _mark(engine, binding, references, "scan")


def mark_oldest(engine: Engine, binding: Binding, side: Side) -> int:
    """Where a scan shows only a part, what left it between two pages of a rolling turn has no other detector: the
    records that were looked at longest ago are looked at again, some each turn (design 6)."""
    if side not in binding.kind.scanned_in_part:
        return 0
    known = (s for s in engine.ledger.all_sightings(binding.kind.name, side) if s.listed and s.gone_at is None)
    oldest = nsmallest(ROTATED, known, key=lambda s: (s.at.timestamp() if s.at else 0.0, s.reference))
    _mark(engine, binding, [s.reference for s in oldest], "rotation")
    return len(oldest)


def mark_moved(engine: Engine, binding: Binding, snapshots: Sequence[Snapshot]) -> int:
    """Marks the records of a page whose content is not the one last looked at."""
    known = engine.ledger.sightings([s.reference for s in snapshots])
    moved = [
        s.reference
        for s in snapshots
        if (before := known.get(s.reference)) is None or before.hash != s.hash or before.gone_at is not None
    ]
    _mark(engine, binding, moved, "scan")
    return len(moved)


def _mark(engine: Engine, binding: Binding, references: Sequence[Reference], reason: str) -> None:
    now = engine.clock.now()
    engine.ledger.mark([Look(reference=r, kind=binding.kind.name, reason=reason, due=now) for r in references])
