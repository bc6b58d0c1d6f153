"""While a first synchronisation imports thousands of companies: how long an edit on a paired record takes to the other
side, from the edit itself to what the other server shows."""

import argparse
import json
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field

from tests.acceptance.test_first_sync import company
from tests.acceptance.town import Town

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.service import first_sync
from altior_sellsy.service.runtime import Runtime

FREE = {"quota": {"second": 10_000, "minute": None}}
MOST_SECONDS = 2.0
PAIRED, EVERY, GIVE_UP = 10, 1.0, 30.0


@dataclass
class Seen:
    delays: list[float] = field(default_factory=list)
    lost: int = 0


def measure(size: int) -> dict[str, float | int]:
    companies = [company(firm, number, True) for number, firm in enumerate(sample_companies(size, 7))]
    ledgers = MemoryLedgers()
    with Town({"companies": companies, "switches": FREE}) as town, town.runtime(ledgers) as runtime:
        first_sync.run(runtime, "Claire Martin", trial=PAIRED)
        pairs = [(p.sellsy.id, p.altior.id) for p in runtime.ledger.all_pairs()]
        started, done = time.monotonic(), threading.Event()

        def whole() -> None:
            with town.runtime(ledgers) as other:
                first_sync.run(other, "Claire Martin")
            done.set()

        work = threading.Thread(target=whole)
        work.start()
        seen, number = Seen(), 0
        while not done.is_set():
            number += 1
            _one_edit(town, runtime, pairs[number % len(pairs)], f"Édité {number}", seen, done)
            done.wait(EVERY)
        work.join()
        took = time.monotonic() - started
        made = len(town.tiers())
    delays = seen.delays or [GIVE_UP]
    return {
        "companies": size,
        "imported": made,
        "seconds": round(took, 1),
        "edits": number,
        "lost": seen.lost,
        "median_seconds": round(statistics.median(delays), 2),
        "slowest_seconds": round(max(delays), 2),
    }


def _one_edit(
    town: Town, runtime: Runtime, pair: tuple[str, str], name: str, seen: Seen, imported: threading.Event
) -> None:
    sellsy, altior = pair
    town.altior("PATCH", f"tiers/{altior}", {"corps": {"raison_sociale": name}})
    edited = time.monotonic()
    while time.monotonic() < edited + GIVE_UP:
        runtime.poll_feed(0.05)  # the import's own tiers are in the feed too
        if imported.is_set():
            runtime.drain()  # the service's worker goes on where the import has ended
        if town.sellsy("GET", f"records/companies/{sellsy}")["name"] == name:
            seen.delays.append(time.monotonic() - edited)
            return
    seen.lost += 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.live_during_import", description=__doc__)
    parser.add_argument("--size", type=int, default=5000)
    size = parser.parse_args().size
    figures = measure(size)
    print(json.dumps(figures, indent=2))
    good = figures["imported"] == size and not figures["lost"] and figures["slowest_seconds"] <= MOST_SECONDS
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
