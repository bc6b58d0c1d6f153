"""What jobs need of an environment at work: a narrow door to the service, and to the ledgers."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from altior_sellsy.ledger.port import Ledgers


class DrainReport(Protocol):
    @property
    def more_due(self) -> bool:
        """Looks are due already: the drain defers itself again."""
        ...


class Runtime(Protocol):
    """One environment with its clients and its ledger. Used by one thread; closed by whoever opened it."""

    def drain(self) -> DrainReport:
        """Work for about two seconds, under the environment's lease."""
        ...

    def schedules(self, now: datetime) -> None:
        """Start what is due by the environment's cursors (scans, sweeps, checks). They mark looks."""
        ...

    def poll_feed(self, wait: float) -> int:
        """Long poll of Altior's feed, at most `wait` seconds. Returns the number of looks marked."""
        ...

    def close(self) -> None: ...


OpenRuntime = Callable[[str], Runtime]


def open_runtime(name: str) -> Runtime:
    """The real one. Imported late: it needs Django to be set up."""
    from altior_sellsy.service.runtime import open_runtime as open_real

    return open_real(name)


def ledgers() -> Ledgers:
    """The ledgers on PostgreSQL. Imported late: they need Django to be set up."""
    from altior_sellsy.ledger.django_app.store import DjangoLedgers

    return DjangoLedgers()
