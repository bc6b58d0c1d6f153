"""What a sweep of open opportunities costs when nothing has changed: calls, CPU, writes."""

import argparse
import json
import math
import sys
import time
from dataclasses import asdict, dataclass

from tests.acceptance.deal_town import DealTown

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import State
from altior_sellsy.ledger.port import Changes, Ledgers
from altior_sellsy.sync.scan import pages, scan
from altior_sellsy.sync.sighted import make_sighting
from altior_sellsy.values.reference import Side

MOST_SECONDS = 3
SEARCH = "POST /v2/opportunities/search"
STEPS = "GET /v2/opportunities/pipelines/{pipeline:int}/steps"


@dataclass(frozen=True)
class Sweep:
    """`calls`: the pages of open ones, and one for those closed lately. `step_calls`: of a pipeline's steps, which are
    read when an opportunity moves and once an hour, not here. `cpu_seconds`: of this side alone."""

    opportunities: int
    calls: int
    most_calls: int
    step_calls: int
    other_calls: int
    marked: int
    writes: int
    cpu_seconds: float

    @property
    def good(self) -> bool:
        quiet = self.marked == self.writes == self.other_calls == 0
        return quiet and self.calls <= self.most_calls and self.cpu_seconds <= MOST_SECONDS


def sweep(size: int, ledgers: Ledgers) -> Sweep:
    """All of one configured pipeline, all known already."""
    related = [{"type": "company", "id": 3001}]
    deals = [
        {"id": 201 + n, "name": f"Affaire {n}", "pipeline": 11, "step": 1101, "related": related}
        for n in range(size - 1)
    ]
    with DealTown(opportunities=deals) as town, town.runtime(ledgers) as runtime:
        binding = runtime.engine.binding("deal")
        for snapshots, _ in pages(runtime.engine, binding, Side.SELLSY):
            seen = [make_sighting(one, "deal", None, State.EXCLUDED, activated_at=None) for one in snapshots]
            runtime.ledger.commit(Changes(sightings=seen), None)
        town.forget_writes()
        town.sellsy("DELETE", "calls")
        started = time.thread_time()
        report = scan(runtime.engine, binding, Side.SELLSY)
        used = time.thread_time() - started
        calls = dict(town.sellsy("GET", "calls")["by"])
        assert report.seen == size, f"{report.seen} of {size} opportunities were read"
        return Sweep(
            opportunities=size,
            calls=sum(calls.values()),
            most_calls=math.ceil(size / 100) + 1,
            step_calls=calls.get(STEPS, 0),
            other_calls=sum(calls.values()) - calls.get(SEARCH, 0) - calls.get(STEPS, 0),
            marked=report.marked,
            writes=sum(town.writes()),
            cpu_seconds=round(used, 2),
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.deals", description=__doc__)
    parser.add_argument("--size", type=int, default=5000)
    measured = sweep(parser.parse_args().size, MemoryLedgers())
    print(json.dumps(asdict(measured), indent=2))
    return 0 if measured.good else 1


if __name__ == "__main__":
    sys.exit(main())
