"""One synchronisation that a person asks for and waits for: both sides scanned once, then drained."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from altior_sellsy.errors import Final, Refused, Retryable
from altior_sellsy.ledger.model import EnvironmentStatus, Look
from altior_sellsy.service import pipelines
from altior_sellsy.service.first_sync import ready
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.service.scanning import scan
from altior_sellsy.sync.engine import DrainReport
from altior_sellsy.values.reference import Side

MOST_WAIT = timedelta(minutes=10)
"""A command waits this long for another drainer that does not get on."""
Left = Callable[[str, int, int | None], None]
"""(what, done, total or None)."""


@dataclass(slots=True)
class FullSyncReport:
    """`writes`: by this command; a service that runs beside it may have made others. `later`: looks marked before the
    scans ended whose next attempt has a later due time."""

    seen: dict[Side, int] = field(default_factory=lambda: dict.fromkeys(Side, 0))
    marked: int = 0
    writes: dict[Side, int] = field(default_factory=lambda: dict.fromkeys(Side, 0))
    later: list[Look] = field(default_factory=list)
    cards: int = 0
    seconds: float = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "seen": {side.value: number for side, number in self.seen.items()},
            "marked": self.marked,
            "writes": {side.value: number for side, number in self.writes.items()},
            "later": [
                {"reference": str(look.reference), "due": look.due.isoformat(), "attempts": look.attempts}
                for look in self.later
            ],
            "cards": self.cards,
            "seconds": round(self.seconds, 1),
        }


def run(runtime: Runtime, progress: Left = lambda what, done, total: None) -> FullSyncReport:
    """Done when every look marked before the scans ended is done or has a later due time (design 9). Raises Final when
    the environment is not active, Refused when it stops meanwhile, Retryable when another process holds it for ever."""
    _check_active(runtime)
    report = FullSyncReport()
    started = runtime.clock.now()
    ready(runtime)
    pipelines.forget(runtime.ledger)
    for binding in runtime.engine.bindings:
        runtime.engine.lane(False)
        for side in Side:
            found = scan(runtime.engine, binding, side)
            report.seen[side] += found.seen
            report.marked += found.marked
            progress(f"Lues dans {side.label} ({binding.kind.plural})", found.seen, found.seen)
    report.later = _drain(runtime, report, progress)
    report.cards = len(runtime.ledger.cards())
    report.seconds = (runtime.clock.now() - started).total_seconds()
    return report


def _check_active(runtime: Runtime) -> None:
    environment = runtime.ledger.environment()
    name = environment.name
    if environment.status is EnvironmentStatus.PAUSED:
        raise Final(
            f"L'environnement « {name} » est en pause ({environment.paused_reason}) : lancez « altior-sellsy "
            f'environment resume {name} --by "Prénom Nom" », puis recommencez. Les modifications sont notées '
            "et seront rattrapées."
        )
    if environment.activated_at is None:
        raise Final(
            f"L'environnement « {name} » n'est pas activé : lancez d'abord « altior-sellsy initialise {name} "
            "--dry-run » pour voir l'aperçu."
        )


def _drain(runtime: Runtime, report: FullSyncReport, progress: Left) -> list[Look]:
    """Looks marked later than now are not this command's: with `serve` beside it, it would never end."""
    asked = runtime.ledger.queue(runtime.clock.now())
    give_up = runtime.clock.now() + MOST_WAIT
    before = asked.number
    while True:
        drained = runtime.drain()
        for side, number in drained.writes.items():
            report.writes[side] += number
        if drained.paused:
            raise Refused(_stopped(runtime, drained))
        now = runtime.clock.now()
        due = runtime.ledger.queue(now, asked.latest).due
        progress("Synchronisation", asked.number - due, asked.number)
        if not due:
            return runtime.ledger.looks(asked.latest)
        if due < before:
            before, give_up = due, now + MOST_WAIT
        elif now > give_up:
            raise Retryable(
                "Un autre processus synchronise cet environnement et n'avance plus : vérifiez le service, puis "
                "recommencez."
            )
        if drained.busy:
            runtime.clock.sleep(0.3)


def _stopped(runtime: Runtime, drained: DrainReport) -> str:
    environment = runtime.ledger.environment()
    if environment.status is EnvironmentStatus.NOT_ACTIVATED:
        return f"L'environnement « {environment.name} » n'est plus activé : son initialisation vient d'être annulée."
    return (
        f"L'environnement « {environment.name} » s'est mis en pause : {drained.paused.strip().rstrip('.')}. "
        "Rien n'est perdu : les modifications sont notées et seront rattrapées."
    )
