"""How many pairs the planner decides in a second on one core: nothing changed, one edit, three edits and a conflict,
a first pairing."""

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from altior_sellsy.kinds.field import DEFAULT_POLICY
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.kinds.third_party.record import THIRD_PARTY
from altior_sellsy.ledger.model import Pair, Value
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.sync.plan import plan_pair
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Reference, Side, Volet

LEAST_PLANS = 20_000
"""A second, of pairs with one edited field: what a planner is there for."""
PAIRS = 2_000
SECONDS = 1.5
NOW = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


def values(number: int, name: str) -> dict[str, Value]:
    """Something in every field of a third party."""
    made: dict[str, Value] = {}
    for place, spec in enumerate(THIRD_PARTY.fields):
        address: Value = {"line1": f"{number} rue des Lilas", "postcode": "35000", "town": "Rennes", "country": "FR"}
        made[spec.name] = address if "address" in spec.name else [f"a{place}"] if spec.is_set else f"{place} {number}"
    return {**made, "name": name}


def pairs() -> list[tuple[Pair, dict[Side, Snapshot]]]:
    made = []
    for number, firm in enumerate(sample_companies(PAIRS, 7)):
        fields = values(number, firm.name)
        sellsy = Reference(Side.SELLSY, "97417", "company", str(3000 + number))
        altior = Reference(Side.ALTIOR, "leo", "tiers", str(number))
        shown = {
            side: Snapshot(
                reference=reference,
                at=NOW,
                fields=dict(fields),
                label=firm.name,
                modified=NOW - timedelta(days=1),
                created="2026-01-02T10:00:00+00:00",
                gate=True if side is Side.SELLSY else None,
                stamps=frozenset({str(sellsy)}) if side is Side.ALTIOR else frozenset(),
            )
            for side, reference in ((Side.SELLSY, sellsy), (Side.ALTIOR, altior))
        }
        pair = Pair(
            str(number), "third_party", sellsy, altior, Volet.VENTE, half_sellsy=dict(fields), half_altior=dict(fields)
        )
        made.append((pair, shown))
    return made


def edited(shown: Mapping[Side, Snapshot], *edits: tuple[Side, str]) -> dict[Side, Snapshot]:
    now = dict(shown)
    for side, name in edits:
        now[side] = replace(now[side], fields={**now[side].fields, name: f"edited in {side.value}"})
    return now


def rate(work: list[tuple[Pair, dict[Side, Snapshot]]]) -> int:
    timing, done, used = Timing(), 0, 0.0
    while used < SECONDS:
        began = time.process_time()
        for pair, shown in work:
            plan_pair(THIRD_PARTY, pair, shown, (), policy=DEFAULT_POLICY, now=NOW, timing=timing)
        used += time.process_time() - began
        done += len(work)
    return round(done / used)


def measure() -> dict[str, int]:
    whole = pairs()
    three = ((Side.SELLSY, "phone"), (Side.ALTIOR, "siret"), (Side.SELLSY, "name"), (Side.ALTIOR, "name"))
    return {
        "fields": len(THIRD_PARTY.fields),
        "unchanged": rate(whole),
        "one_edit": rate([(pair, edited(shown, (Side.SELLSY, "phone"))) for pair, shown in whole]),
        "three_edits_and_a_conflict": rate([(pair, edited(shown, *three)) for pair, shown in whole]),
        "first_pairing": rate([(replace(pair, half_sellsy={}, half_altior={}), shown) for pair, shown in whole]),
    }


def main() -> int:
    figures = measure()
    print(json.dumps(figures, indent=2))
    return 0 if figures["one_edit"] >= LEAST_PLANS else 1


if __name__ == "__main__":
    sys.exit(main())
