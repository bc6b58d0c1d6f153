"""How many bulk calls Altior receives for a first import of ten thousand tiers."""

import argparse
import json
import sys
import time
from collections import Counter

from tests.acceptance.test_first_sync import company
from tests.acceptance.town import Town

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.service import first_sync

MOST_CALLS_PER_THOUSAND = 10.5


def measure(size: int) -> dict[str, float | int]:
    companies = [company(firm, number, True) for number, firm in enumerate(sample_companies(size, 7))]
    with Town({"companies": companies}) as town:
        started = time.monotonic()
        with town.runtime(MemoryLedgers()) as runtime:
            first_sync.run(runtime, "Claire Martin")
        took = time.monotonic() - started
        made = len(town.tiers())
        calls = Counter(call["path"] for call in town.altior("GET", "calls")["calls"])
    return {
        "tiers": made,
        "bulk_calls": calls["/api/v1/tiers/lot"],
        "all_calls": sum(calls.values()),
        "seconds": round(took, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.altior_bulk", description=__doc__)
    parser.add_argument("--size", type=int, default=10_000)
    size = parser.parse_args().size
    figures = measure(size)
    print(json.dumps(figures, indent=2))
    return 0 if figures["tiers"] == size and figures["bulk_calls"] <= MOST_CALLS_PER_THOUSAND * size / 1000 else 1


if __name__ == "__main__":
    sys.exit(main())
