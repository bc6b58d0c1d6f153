"""Who bears a match key in Sellsy, while the first synchronisation runs: Sellsy filters on one value at a time, so that
a search before each create would cost more than the creates. The plan has just read every record, paired and archived
ones included; what changed since is read by modification time, every `index_fresh` seconds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.sync.stages import cursor
from altior_sellsy.values.reference import Reference, Side

if TYPE_CHECKING:
    from altior_sellsy.sync.work import Work

PAGE = 100


class ReadKeys:
    """Of one engine: what a process has not read itself it reads first."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._since: dict[tuple[str, str, str], set[Reference]] = {}

    def knows(self, work: "Work") -> bool:
        running = work.environment.status is EnvironmentStatus.INITIALISING
        return running and work.binding.changed is not None and bool(_read(work))

    def bearing(self, work: "Work", key: str, values: Sequence[str]) -> list[Snapshot]:
        """Read anew, so that they are as they are now. Raises what Sellsy raises. Only while it `knows`."""
        self._catch_up(work, datetime.fromisoformat(_read(work)))
        kind = work.binding.kind.name
        known = work.engine.ledger.find_by_key(kind, Side.SELLSY, key, values)
        found = {one for value in values for one in known.get(value, ())}
        found |= {one for value in values for one in self._since.get((kind, key, value), ())}
        bearers, shown = sorted(found), dict[Reference, Snapshot]()
        for start in range(0, len(bearers), PAGE):
            shown |= work.binding.sellsy.observe(bearers[start : start + PAGE])
        return [one for one in shown.values() if one.keys.get(key) in values]

    def _catch_up(self, work: "Work", read: datetime) -> None:
        assert work.binding.changed is not None
        kind, now = work.binding.kind.name, work.now()
        fresh = timedelta(seconds=work.engine.timing.index_fresh)
        until = self._until.get(kind)
        if until is not None and now - until < fresh:
            return
        # As far back again as it is trusted: both clocks may differ by as much.
        for snapshots in work.binding.changed((until or read) - fresh, now + fresh):
            for one in snapshots:
                for key, value in one.keys.items():
                    self._since.setdefault((kind, key, value), set()).add(one.reference)
        self._until[kind] = now


def _read(work: "Work") -> str:
    return str(cursor(work.environment).get("sighted", ""))
