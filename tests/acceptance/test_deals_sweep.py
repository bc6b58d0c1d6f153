"""Sweeping five thousand open opportunities: few calls, little work, no write when nothing changed."""

import time

from altior_sellsy.ledger.model import State
from altior_sellsy.ledger.port import Changes, Ledgers
from altior_sellsy.sync.remember import make_sighting
from altior_sellsy.sync.scan import pages, scan
from altior_sellsy.values.reference import Side
from tests.acceptance.test_deals import DealTown

MANY = 5000


def test_five_thousand_open_opportunities_cost_fifty_calls(ledgers: Ledgers) -> None:
    related = [{"type": "company", "id": 3001}]
    deals = [
        {"id": 201 + n, "name": f"Affaire {n}", "pipeline": 11, "step": 1101, "related": related}
        for n in range(MANY - 1)
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
        calls = town.sellsy("GET", "calls")["by"]
        assert (report.seen, report.marked) == (MANY, 0)
        assert calls.pop("GET /v2/opportunities/pipelines/{pipeline:int}/steps") == 1
        assert calls == {"POST /v2/opportunities/search": 52}  # fifty pages of open ones and their end; closed ones
        assert town.writes() == (0, 0)
        assert used <= 3
