"""Calls of a first synchronisation beside the floors: what a reading and each write cannot do without.

Reads of Sellsy: its list pages of 100 for the plan, pages of 100 of what is carried out, and one call per company that
has contacts in each of both readings. Writes to Sellsy: creates, «Synchronisation Altior», addresses, links of
contacts, changed records. Bulk writes to Altior: one per hundred records of each kind (exported ones: references).
"""

import argparse
import json
import math
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from tests.acceptance.every_case import Cases, exported, imported, linked_with_differences
from tests.acceptance.town import Town

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.service import first_sync
from altior_sellsy.values.reference import Side
from bench.counting import Counting

FREE = {"quota": {"second": 10_000, "minute": None}}
MOST = 1.05
FIXED = 10
"""Reads whatever the number of records: who the account is, its highest ids, what changed since the plan."""
SEARCH = ("/search", "/favourite-filters")


@dataclass(frozen=True)
class Calls:
    """`over`: number / floor."""

    number: int
    floor: int
    over: float


def calls(number: int, floor: int) -> Calls:
    return Calls(number, floor, round(number / max(floor, 1), 3))


def town_of(size: int, third: str) -> Cases:
    cases = Cases()
    for number, firm in enumerate(sample_companies(size, 7)):
        if third == "import":
            imported(cases, firm) if number % 4 == 0 else cases.company(firm)
        elif third == "export":
            exported(cases, firm) if number % 4 == 0 else cases.tier(firm)
        else:
            linked_with_differences(cases, firm)
    return cases


def measure(size: int, what: str) -> dict[str, Any]:
    """`what`: import (Sellsy → Altior), export, link."""
    cases, counted = town_of(size, what), list[Counting]()

    def around(app: Any) -> Counting:
        counted.append(Counting(app))
        return counted[-1]

    with Town({**cases.sellsy(), "switches": FREE}, cases.altior(), around=around) as town:
        sellsy, altior = counted
        with town.runtime(MemoryLedgers()) as runtime:
            _ = runtime.engine
            sellsy.forget()
            altior.forget()
            started = time.monotonic()
            first_sync.preview(runtime)
            planned, at = Counter(sellsy.calls), time.monotonic() - started
            first_sync.run(runtime, "Claire Martin")
            took = time.monotonic() - started
            pairs, journal = runtime.ledger.all_pairs(), runtime.ledger.journal(limit=1_000_000)
            made = Counter(p.made_by for p in pairs)
            links = sum(len(c.get("contacts", ())) for c in town.companies())
            with_contacts = sum(1 for c in town.companies() if c.get("contacts"))
            addresses = sum(len(c["addresses"]) for c in town.companies())
        read = Counter({k: n for k, n in sellsy.calls.items() if _reads(k)})
        written = sellsy.calls - read
        companies, contacts = len(cases.companies), len(cases.contacts)
        listed = max(1, math.ceil(companies / 100)) + max(1, math.ceil(contacts / 100)) + 1
        done = Counter(p.kind for p in pairs)
        pages = sum(math.ceil(n / 100) for n in done.values())
        roles = math.ceil(with_contacts / 100)  # who the main contact is can only be said once he is there
        if what == "import":
            reads, writes = listed + with_contacts + pages + roles + with_contacts, 0
        elif what == "export":
            reads, writes = listed + pages + roles + with_contacts, 2 * sum(done.values()) + addresses + links
        else:
            changed = len({e.reference for e in journal if e.side is Side.SELLSY and e.field_name})
            converted = written["POST /v2/companies/#/convert"]
            # Compared for the plan, read for the execution, and again at most two seconds before each write.
            reads, writes = listed + 2 * pages + math.ceil(changed / 10), changed + converted
        bulk = sum(n for k, n in altior.calls.items() if k.endswith("/lot"))
        return {
            "what": what,
            "firms": size,
            "pairs": dict(made),
            "sellsy_reads": asdict(calls(sum(read.values()), reads + FIXED)),
            "sellsy_writes": asdict(calls(sum(written.values()), writes)),
            "altior_bulk": asdict(calls(bulk, pages + (roles if what == "import" else 0))),
            "plan_reads": sum(n for k, n in planned.items() if _reads(k)),
            "plan_seconds": round(at, 1),
            "seconds": round(took, 1),
            "reads": dict(read.most_common(12)),
            "writes": dict(written.most_common(8)),
            "altior": dict(altior.calls.most_common(8)),
        }


def _reads(call: str) -> bool:
    method, path = call.split(" ", 1)
    return method == "GET" or path.endswith(SEARCH) or "oauth" in path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.first_sync", description=__doc__)
    parser.add_argument("--size", type=int, default=3000)
    parser.add_argument("--what", choices=("import", "export", "link"), action="append")
    asked = parser.parse_args()
    good = True
    for what in asked.what or ("import", "export", "link"):
        figures = measure(asked.size, what)
        print(json.dumps(figures, indent=2))
        good &= all(figures[name]["over"] <= MOST for name in ("sellsy_reads", "sellsy_writes", "altior_bulk"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
