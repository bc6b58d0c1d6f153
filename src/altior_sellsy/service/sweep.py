"""The sweep by modification time: an optimisation of the scan, nothing rests on it (design 4, histories 22).

A closed window, [previous start − overlap, this start], on Sellsy's own clock, in id order: what changes meanwhile is
the next one's. A window that is refused half-way is swept to its end first. It only marks looks. Altior's
feed does this on the other side.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from altior_sellsy.errors import ConnectorError, Retryable
from altior_sellsy.kinds.port import Page
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync.scan import mark_moved

if TYPE_CHECKING:
    from altior_sellsy.service.runtime import Runtime


@runtime_checkable
class Sweepable(Protocol):
    def swept(self, start: datetime, end: datetime, after: str | None) -> Page:
        """A page, or a part of one, in id order, of the records modified from `start` to `end`."""
        ...


POSITION = "sweep_position"
"""Cursor of a sweep that was refused or failed on its way: its window, the kind, and the page or part that is next."""


def run(runtime: "Runtime") -> int:
    """Returns the number of looks marked. Raises what Sellsy raises: the next one goes on where this one broke off, in
    the same window."""
    kept = runtime.ledger.environment().cursors.get(POSITION)
    begins, start, kind, after = kept or (*_window(runtime), None, None)
    engine, marked = runtime.engine, 0
    engine.lane(False)
    swept = [b for b in engine.bindings if isinstance(b.sellsy, Sweepable)]
    names = [b.kind.name for b in swept]
    for binding in swept[names.index(kind) if kind in names else 0 :]:
        assert isinstance(binding.sellsy, Sweepable)
        while True:
            try:
                page = binding.sellsy.swept(datetime.fromisoformat(begins), datetime.fromisoformat(start), after)
            except ConnectorError as error:
                # A cursor that is refused for good (from before a restore) begins anew.
                position = [begins, start, binding.kind.name, after] if isinstance(error, Retryable) else None
                runtime.ledger.commit(Changes(cursors={POSITION: position}), None)
                raise
            marked += mark_moved(engine, binding, page.snapshots)
            after = page.after
            if after is None:
                break
    runtime.ledger.commit(Changes(cursors={"sweep_from": start, POSITION: None}), None)
    return marked


def _window(runtime: "Runtime") -> tuple[str, str]:
    runtime.learn_quota()  # its answer tells Sellsy's time, too
    start = runtime.sellsy.server_time or runtime.clock.now()
    kept = runtime.ledger.environment().cursors.get("sweep_from")
    previous = datetime.fromisoformat(kept) if kept else start
    return (previous - timedelta(seconds=runtime.timing.sweep_overlap)).isoformat(), start.isoformat()
