"""Planning a hundred thousand companies: peak memory of the process, and CPU seconds that grow as the number does.

Both sides are generated page by page as the kinds read them (their HTTP is measured elsewhere); the plan, its twins and
its rows are the real ones, and the rows go into a ledger that keeps none, as PostgreSQL's leaves no row in memory.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from altior_sellsy.clock import SystemClock
from altior_sellsy.kinds.content import hashed
from altior_sellsy.kinds.port import Page, Snapshot
from altior_sellsy.kinds.third_party.admission import admit, volets
from altior_sellsy.kinds.third_party.record import THIRD_PARTY
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import Environment
from altior_sellsy.sync import planning
from altior_sellsy.sync.engine import Binding, Engine
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Reference, Side

MOST_MEGABYTES = 160
MOST_GROWTH = 1.25
"""CPU per record at the full size / at a quarter of it."""
AT = datetime.now(UTC)
"""One per page when it is read."""
NAMES = ("Menuiserie", "Charpente", "Plomberie", "Peinture", "Toitures", "Serrurerie", "Maçonnerie", "Électricité")


@dataclass(frozen=True)
class Generated:
    """Records 0 … `size`-1 of one side: every other company is ticked, half of the tiers share a company's SIRET."""

    side: Side
    size: int

    @property
    def things(self) -> frozenset[str]:
        return frozenset({"company" if self.side is Side.SELLSY else "tiers"})

    def one(self, number: int) -> Snapshot:
        sellsy = self.side is Side.SELLSY
        firm = number if sellsy or number % 2 else number + 10_000_000
        name = f"{NAMES[firm % 8]} {firm * 7919 % 100_003} et fils"
        siret = f"{firm:014d}"
        address = {"line_1": f"{firm} rue des Lilas", "postal_code": f"{firm % 90_000 + 1000}", "city": "Nantes"}
        fields: dict[str, Any] = {
            "name": name, "siret": siret, "siren": siret[:9], "email": f"contact{firm}@firme.example",
            "phone": f"+332619{firm:05d}", "note": "x" * 200, "invoicing_address": address, "website": f"{firm}.fr",
        }  # fmt: skip
        owner, thing = ("97417", "company") if sellsy else ("leo", "tiers")
        return hashed(
            Snapshot(
                reference=Reference(self.side, owner, thing, str(number + 1)),
                at=AT,
                fields=fields,
                label=name,
                created=f"2025-01-06T08:{number // 60 % 60:02}:{number % 60:02}+00:00",
                gate=(number % 2 == 0) if sellsy else None,
                roles=frozenset({"client"}),
                keys={"siret": siret},
            )
        )

    def scan(self, after: str | None) -> Page:
        start = int(after or 0)
        end = min(start + 100, self.size)
        return Page([self.one(n) for n in range(start, end)], str(end) if end < self.size else None, self.size)

    def observe(self, references: Sequence[Reference]) -> Mapping[Reference, Snapshot]:
        return {reference: self.one(int(reference.id) - 1) for reference in references}


def child(size: int) -> None:
    ledger = MemoryLedgers().add(
        Environment("leo", "Léo", "Léo", settings={"tiers": {"export": True, "import": True, "siret": True}})
    )
    sides = {Side.SELLSY: Generated(Side.SELLSY, size), Side.ALTIOR: Generated(Side.ALTIOR, size // 2)}
    binding = Binding(THIRD_PARTY, admit, volets, sides[Side.SELLSY], sides[Side.ALTIOR])  # type: ignore[arg-type]
    engine = Engine(ledger, [binding], SystemClock(), Timing(), "bench")
    before = time.process_time()
    plan = planning.preview(engine)
    rows = _count(planning.rows(plan))
    used = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"companies": size, "rows": rows, "peak_megabytes": round(peak), "cpu_seconds": round(used, 1)}))


def _count(rows: Iterable[Any]) -> int:
    return sum(1 for _ in rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.plan_memory", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--child", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child)
        return 0
    measured = []
    for size in (asked.size // 4, asked.size):
        command = [sys.executable, "-m", "bench.plan_memory", "--child", str(size)]
        measured.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    quarter, whole = ((one["cpu_seconds"] / one["companies"]) for one in measured)
    figures = {"measured": measured, "cpu_per_record_grows_by": round(whole / quarter, 2)}
    print(json.dumps(figures, indent=2))
    good = measured[-1]["peak_megabytes"] <= MOST_MEGABYTES and whole / quarter <= MOST_GROWTH
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
