"""What a first synchronisation, or its trial, has done: for the command, and as .xlsx for the file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from altior_sellsy.ledger.model import EnvironmentStatus, Planned, State
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.sync import initialise, stages, words
from altior_sellsy.sync.approved import CHANGED
from altior_sellsy.sync.engine import DrainReport
from altior_sellsy.values.reference import Side

JOURNAL = 100_000
"""Entries read back at most: what a run of a hundred thousand records writes is counted by the newest of them."""


@dataclass(slots=True)
class FirstSyncReport:
    """`done`: what the journal says was done since `started`, by action and side. `waiting`: looks not yet done.
    `review`: records on which the plan no longer holds. `trial`: the rows of the trial, empty for the whole. `calls`:
    by system, reads and writes of this process. `rest`: rows that no one has approved yet."""

    plan: dict[str, Any]
    writes: dict[Side, int]
    started: datetime
    seconds: float = 0
    done: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    cards: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    held: int = 0
    excluded: int = 0
    review: int = 0
    rest: int = 0
    paused: str = ""
    trial: list[dict[str, Any]] = field(default_factory=list)
    calls: dict[str, dict[str, int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "plan": self.plan,
            "writes": {side.value: number for side, number in self.writes.items()},
            "done": dict(self.done),
            "waiting": self.waiting,
            "cards": self.cards,
            "causes": [
                {"code": code, "label": words.short(code), "number": n} for code, n in self.causes.most_common()
            ],
            "held": self.held,
            "excluded": self.excluded,
            "review": self.review,
            "rest": self.rest,
            "paused": self.paused,
            "trial": self.trial,
            "calls": self.calls,
            "started": self.started.isoformat(),
            "seconds": round(self.seconds, 1),
        }


def figures(done: Mapping[str, Any]) -> list[tuple[str, int]]:
    """What people are told first of `FirstSyncReport.as_json`: French title, number."""
    made = done["done"]
    return [
        ("Importées : créées dans Altior", made.get("created:altior", 0)),
        ("Exportées : créées dans Sellsy", made.get("created:sellsy", 0)),
        ("Rapprochées : liées", made.get("linked:", 0)),
        *((f"Écritures dans {side.label}", done["writes"][side.value]) for side in Side),
        ("Champs retenus", done["held"]),
        ("Exclues", done["excluded"]),
    ]


def report(runtime: Runtime, drained: DrainReport, rows: Sequence[Planned], started: datetime) -> FirstSyncReport:
    ledger = runtime.ledger
    header = ledger.plan() or {}
    environment = ledger.environment()
    cards = ledger.cards()
    counters = ledger.counters().values()
    found = FirstSyncReport(
        plan=dict(header.get("summary", {})),
        writes=drained.writes,
        started=started,
        seconds=(runtime.clock.now() - started).total_seconds(),
        done=Counter(
            {
                f"{action}:{side.value if side else ''}": number
                for (action, side), number in ledger.done_since(started).items()
                if action != "updated"
            }
        ),
        waiting=ledger.pending()[0],
        cards=len(cards),
        causes=Counter(card.code for card in cards),
        held=sum(1 for card in cards if card.field_name),
        excluded=sum(states.get(State.EXCLUDED.value, 0) for states in counters),
        review=sum(1 for card in cards if card.code == CHANGED),
        paused=drained.paused,
        trial=[_result(ledger, row, started) for row in rows],
        calls={"sellsy": dict(runtime.sellsy.sent), "altior": dict(runtime.altior.sent)},
    )
    if environment.status is EnvironmentStatus.INITIALISING and stages.stage(environment) == stages.TRIAL:
        found.rest = sum(
            entry["number"] for entry in found.plan.get("counts", ()) if entry["decision"] in initialise.DOES
        ) - len(ledger.plan_rows(released=True, limit=100_000))
    return found


def _result(ledger: Ledger, row: Planned, started: datetime) -> dict[str, Any]:
    """What became of one row of the trial."""
    pair = next(iter(ledger.pairs([row.reference])), None)
    told = ledger.journal(reference=pair.sellsy) if pair else []
    fields = [
        e for e in told if e.field_name and e.at >= started and pair and pair.altior in (e.reference, e.counterpart)
    ]
    card = next(iter(ledger.cards(reference=row.reference)), None)
    return {
        "reference": str(row.reference),
        "label": row.label,
        "kind": row.kind,
        "side": row.reference.side.value,
        "decision": row.decision,
        "counterpart": str(pair.reference(row.reference.side.other)) if pair else None,
        "done": pair is not None,
        "fields": len(fields),
        "card": card.sentence if card else "",
    }
