"""One worker on PostgreSQL, slow servers: how long another environment's only change takes while one has ten thousand
live looks, and a live change while a bulk import of its own environment runs."""

import asyncio
import json
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from tests.simulation.systems import SimAltior, SimSellsy
from tests.simulation.world import KIND

from altior_sellsy.clock import SystemClock
from altior_sellsy.kinds.third_party.admission import admit, volets
from altior_sellsy.ledger.model import Environment, EnvironmentStatus, Look
from altior_sellsy.ledger.port import Ledger, Ledgers
from altior_sellsy.sync.drain import drain
from altior_sellsy.sync.engine import Binding, DrainReport, Engine
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Reference
from bench.database import database

LIVE_LOOKS, BULK_LOOKS, CHANGES = 10_000, 8_000, 30
SLOW, BETWEEN = 0.5, 0.4
"""Seconds: each call of the busy environment's servers, between two changes."""
MOST_BESIDE, MOST_WITHIN = 1.0, 2.0
"""Seconds, p95."""
CLOCK = SystemClock()
TIMING = Timing(echo_delay=0)


@dataclass
class House:
    """An environment with its two servers; each call takes `latency` seconds."""

    name: str
    ledger: Ledger
    latency: float
    sellsy: SimSellsy = field(init=False)
    altior: SimAltior = field(init=False)
    drains: int = 0

    def __post_init__(self) -> None:
        self.sellsy = SimSellsy(CLOCK, self.ledger.environment().account_id)
        self.altior = SimAltior(CLOCK, self.name)
        for system in (self.sellsy, self.altior):
            system.on_call = self._wait

    def _wait(self, call: str) -> None:
        time.sleep(self.latency)

    # -- what jobs ask of a runtime
    def drain(self) -> DrainReport:
        self.drains += 1
        binding = Binding(KIND, admit, volets, self.sellsy, self.altior)
        return drain(Engine(self.ledger, [binding], CLOCK, TIMING, f"{self.name}-{self.drains}"))

    def schedules(self, now: datetime) -> None:
        """Nothing is due: no scan disturbs the measurement."""

    def poll_feed(self, wait: float) -> int:
        time.sleep(wait)
        return 0

    def close(self) -> None:
        """Nothing is held."""

    def mark(self, references: list[Reference], *, live: bool) -> None:
        from django.db import transaction

        from altior_sellsy.jobs.drain import enqueue_drain

        with transaction.atomic():
            now = CLOCK.now()
            self.ledger.mark([Look(one, "third_party", "webhook", now, live=live) for one in references])
            enqueue_drain(self.name)

    def company(self, *, gate: bool | None) -> Reference:
        return self.sellsy.reference(self.sellsy.add(name=f"Société {self.sellsy.next_id}", gate=gate))


def house(ledgers: Ledgers, name: str, latency: float) -> House:
    tiers = {"export": True, "import": True, "siret": True}
    environment = Environment(
        name=name,
        client=name,
        altior_name=name,
        status=EnvironmentStatus.ACTIVE,
        account_id=str(sum(name.encode())),
        settings={"tiers": tiers, "export_roles": ["client"]},
    )
    return House(name, ledgers.add(environment), latency)


@contextmanager
def worker(houses: dict[str, House]) -> Iterator[None]:
    from altior_sellsy.jobs import runtime
    from altior_sellsy.jobs.worker import work

    runtime.open_runtime = houses.__getitem__
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(work(stop, TIMING)), name="worker")
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def until(condition: Callable[[], bool], what: str, seconds: float = 60) -> float:
    """Seconds that it took."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise TimeoutError(what)
        time.sleep(0.005)
    return time.monotonic() - began


def changes(one: House, company: Reference) -> list[float]:
    """Seconds from each change of a person to its arrival in Altior, the servers' own time taken off."""
    [tiers] = [r for r in one.altior.records.values() if str(company) in r.stamps]
    took = []
    for number in range(CHANGES):
        name = f"Nom {number}"
        one.sellsy.edit(company.id, name=name)
        one.mark([company], live=True)
        took.append(until(lambda name=name: tiers.fields["name"] == name, f"change {number}"))  # type: ignore[misc]
        time.sleep(BETWEEN)
    return took


def p95(took: list[float]) -> float:
    return round(sorted(took)[math.ceil(0.95 * len(took)) - 1], 3)


def measure(ledgers: Ledgers) -> dict[str, float | int]:
    busy, quiet = house(ledgers, "busy", SLOW), house(ledgers, "quiet", 0.0)
    importing = house(ledgers, "importing", 0.05)
    houses = {one.name: one for one in (busy, quiet, importing)}
    own, within = quiet.company(gate=True), importing.company(gate=True)
    many = [busy.company(gate=None) for _ in range(LIVE_LOOKS)]
    with worker(houses):
        for one, company in ((quiet, own), (importing, within)):
            one.mark([company], live=True)
            until(lambda one=one: not one.ledger.pending()[0], "the first pairing")  # type: ignore[misc]
        busy.mark(many, live=True)
        beside = changes(quiet, own)
        left = busy.ledger.pending()[0]
        busy.latency = 0.0
        until(lambda: not busy.ledger.pending()[0], "the ten thousand", 300)
        importing.mark([importing.company(gate=True) for _ in range(BULK_LOOKS)], live=False)
        among = changes(importing, within)
        still = importing.ledger.pending()[0]
        until(lambda: not importing.ledger.pending()[0], "the import", 300)
    return {
        "live_looks": LIVE_LOOKS,
        "left_at_the_end": left,
        "another_environment_p95_s": p95(beside),
        "another_environment_worst_s": round(max(beside), 3),
        "bulk_looks": BULK_LOOKS,
        "bulk_left_at_the_end": still,
        "live_during_import_p95_s": p95(among),
        "live_during_import_worst_s": round(max(among), 3),
        "imported": len(importing.altior.records) - 1,
    }


def main() -> int:
    with database():
        from altior_sellsy.ledger.django_app.store import DjangoLedgers

        figures = measure(DjangoLedgers())
    print(json.dumps(figures, indent=2))
    whole = figures["left_at_the_end"] > 0 and figures["bulk_left_at_the_end"] > 0
    fair = figures["another_environment_p95_s"] <= MOST_BESIDE and figures["live_during_import_p95_s"] <= MOST_WITHIN
    return 0 if whole and fair and figures["imported"] == BULK_LOOKS else 1


if __name__ == "__main__":
    sys.exit(main())
