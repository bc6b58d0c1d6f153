"""The plan of the first synchronisation in numbers: what it would do, what it would leave alone, how long it takes."""

from collections import Counter
from typing import Any

from altior_sellsy.kinds.deal.record import DEAL
from altior_sellsy.kinds.kind import Kind
from altior_sellsy.ledger.port import Quota
from altior_sellsy.sync.preview import Item, Preview
from altior_sellsy.values.reference import Side

CALLS_PER_CREATE = 3
"""In Sellsy: the record, «Synchronisation Altior», an address."""


def summary(plan: Preview, kinds: list[Kind], quota: Quota | None, reserve: float) -> dict[str, Any]:
    """JSON. `counts`: by decision, side of the record and code. `deals`: opportunities by pipeline and decision.
    `held`: by field. `estimate`: calls that write to Sellsy, and the seconds that its quota makes of them (None: no
    quota is known)."""
    items = plan.items
    calls = sum(_sellsy_calls(item) for item in items)
    return {
        "totals": {side.value: number for side, number in plan.totals.items()},
        "ticked": plan.ticked,
        "paired": plan.paired,
        "counts": [
            {"decision": decision, "side": side, "code": code, "number": number}
            for (decision, side, code), number in sorted(plan.counts().items())
        ],
        "deals": _by_pipeline(items),
        "differences": sum(len(item.differences) for item in items),
        "held": _held(items, {kind.name: kind for kind in kinds}),
        "suggestions": sum(1 for item in items if item.suggestions),
        "brought": sum(1 for item in items if item.brought and item.unticked),
        "duplicates": sum(1 for item in items if item.code == "duplicate"),
        "untouched": plan.paired + sum(1 for item in items if item.decision == "exclude"),
        "estimate": {"sellsy_calls": calls, "seconds": _seconds(calls, quota, plan, reserve)},
        "reading_seconds": round(plan.seconds, 1),
    }


def _by_pipeline(items: list[Item]) -> list[dict[str, Any]]:
    """What would become of the opportunities if deals were activated now (rules, 4.5)."""
    counted: dict[str, Counter[str]] = {}
    for item in items:
        if item.kind == DEAL.name and item.reference.side is Side.SELLSY:
            name = str(item.record.position.get("pipeline_name") or "")
            counted.setdefault(name, Counter())[item.decision] += 1
    return [{"pipeline": name, **dict(numbers)} for name, numbers in sorted(counted.items())]


def _sellsy_calls(item: Item) -> int:
    if item.decision == "create" and item.reference.side is Side.ALTIOR:
        return CALLS_PER_CREATE
    return int(any(right == Side.ALTIOR.value for *_, right in item.differences))


def _held(items: list[Item], kinds: dict[str, Kind]) -> list[dict[str, Any]]:
    counted = Counter((item.kind, name) for item in items for name in item.held or ())
    found = []
    for (kind, name), number in counted.most_common():
        labels = {field.name: field.label for field in kinds[kind].fields}
        found.append({"kind": kind, "field": name, "label": labels.get(name, name), "number": number})
    return found


def _seconds(calls: int, quota: Quota | None, plan: Preview, reserve: float) -> float | None:
    windows = quota.usage(plan.started) if quota else {}
    rates = [limit * (1 - reserve) / seconds for seconds, (_, limit) in windows.items() if limit]
    return round(calls / min(rates)) if rates else None
