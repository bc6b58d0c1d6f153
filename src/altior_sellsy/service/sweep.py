"""The sweep by modification time: an optimisation of the scan, nothing rests on it (design 4, histories 22).

A closed window, [previous start − overlap, this start], on Sellsy's own clock, in id order: what changes meanwhile is
the next one's. It only marks looks. Altior's feed does this on the other side.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync.scan import mark_moved

if TYPE_CHECKING:
    from altior_sellsy.service.runtime import Runtime


@runtime_checkable
class Sweepable(Protocol):
    def changed(self, start: datetime, end: datetime) -> Iterator[Sequence[Snapshot]]:
        """Pages, in id order, of the records modified from `start` to `end`."""
        ...


def run(runtime: "Runtime") -> int:
    """Returns the number of looks marked. Raises what Sellsy raises: the window then stays open for the next one."""
    runtime.learn_quota()  # its answer tells Sellsy's time, too
    start = runtime.sellsy.server_time or runtime.clock.now()
    kept = runtime.ledger.environment().cursors.get("sweep_from")
    previous = datetime.fromisoformat(kept) if kept else start
    window = previous - timedelta(seconds=runtime.timing.sweep_overlap)
    engine, marked = runtime.engine, 0
    engine.lane(False)
    for binding in engine.bindings:
        if isinstance(binding.sellsy, Sweepable):
            for page in binding.sellsy.changed(window, start):
                marked += mark_moved(engine, binding, page)
    runtime.ledger.commit(Changes(cursors={"sweep_from": start.isoformat()}), None)
    return marked
