"""What people are shown of an environment: status, cards, journal. Plain JSON-able data; French labels beside codes."""

from datetime import datetime
from typing import Any

from altior_sellsy.ledger.model import Card, Environment, EnvironmentStatus, JournalEntry, State, by_state
from altior_sellsy.ledger.port import Ledger, Ledgers
from altior_sellsy.sellsy.quota import DAY, MINUTE, MONTH, SECOND
from altior_sellsy.sync import words
from altior_sellsy.values.reference import Reference

STATUS_LABELS = {
    EnvironmentStatus.NOT_ACTIVATED: "Non activée",
    EnvironmentStatus.TO_APPROVE: "Initialisation à approuver",
    EnvironmentStatus.INITIALISING: "Initialisation en cours",
    EnvironmentStatus.ACTIVE: "Active",
    EnvironmentStatus.PAUSED: "En pause",
    EnvironmentStatus.STOPPED: "Arrêtée",
}
STATE_LABELS = {
    State.IN_STEP: "À jour",
    State.WAITING: "En attente",
    State.EXCLUDED: "Exclue",
    State.FAILED: "En échec",
    State.FROZEN: "Figée",
    State.HELD: "À traiter",
}
KIND_LABELS = {"third_party": "Tiers", "contact": "Contacts", "deal": "Affaires"}
WINDOW_LABELS = {SECOND: "par seconde", MINUTE: "par minute", DAY: "par jour", MONTH: "par mois"}


def status(ledgers: Ledgers, ledger: Ledger, now: datetime) -> dict[str, Any]:
    """Counters per kind and state, reasons of what is not in step, delay of the oldest due look, quota, open cards."""
    environment = ledger.environment()
    looks, standing = ledger.queue(now), ledger.standing()
    reasons = {
        (kind, state, code): number
        for (kind, state, code), number in standing.items()
        if code and state != State.IN_STEP
    }
    used = ledgers.quota(environment.account_id).usage(now) if environment.account_id else {}
    return {
        **overview(environment),
        "counters": by_state(standing),
        "reasons": [
            {"kind": kind, "state": state, "code": code, "label": words.short(code), "number": number}
            for (kind, state, code), number in sorted(reasons.items())
        ],
        "looks": {"due": looks.due, "later": looks.number - looks.due},
        "delay_seconds": round((now - looks.earliest).total_seconds(), 1) if looks.due and looks.earliest else 0,
        "quota": [{"seconds": seconds, "used": use, "limit": limit} for seconds, (use, limit) in sorted(used.items())],
        "cards": len(ledger.cards()),
    }


def overview(environment: Environment) -> dict[str, Any]:
    return {
        "name": environment.name,
        "client": environment.client,
        "status": environment.status.value,
        "status_label": STATUS_LABELS[environment.status],
        "paused_reason": environment.paused_reason,
        "paused_at": _iso(environment.paused_at),
        "paused_by": environment.paused_by,
        "account_id": environment.account_id,
        "activated_at": _iso(environment.activated_at),
        "approved_by": environment.approved_by,
        "next_scan": environment.cursors.get("scan_due"),
        "next_sweep": environment.cursors.get("sweep_due"),
    }


def cards(ledger: Ledger, *, all: bool = False) -> list[dict[str, Any]]:
    return [card_json(card) for card in ledger.cards(open_only=not all)]


def causes(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Open cards by cause, most records first: one decision settles them all (rules, section 4)."""
    grouped: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for card in cards:
        # A card of a record alone keeps its own sentence; one whose cause is shared is told by the cause.
        key = (card["code"], card["field"], card["cause"]) if card["cause"] else (card["code"], "", card["sentence"])
        grouped.setdefault(key, []).append(card)
    found = []
    for (code, field, told), mine in grouped.items():
        found.append(
            {
                "code": code,
                "field": field,
                "sentence": told,
                "remedy": mine[0]["remedy"],
                "number": len(mine),
                "at": min(card["at"] for card in mine),
                "records": [{"reference": card["reference"], "label": card["label"]} for card in mine],
            }
        )
    return sorted(found, key=lambda cause: (-cause["number"], cause["code"], cause["sentence"]))


def card_json(card: Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "reference": str(card.reference) if card.reference else None,
        "code": card.code,
        "short": words.short(card.code),
        "field": card.field_name,
        "sentence": card.sentence,
        "label": card.data.get("label", ""),
        "cause": card.data.get("cause", ""),
        "remedy": card.remedy,
        "count": card.count,
        "at": _iso(card.at),
        "closed_at": _iso(card.closed_at),
    }


def journal(ledger: Ledger, *, reference: Reference | None = None, limit: int = 200) -> list[dict[str, Any]]:
    return [entry_json(entry) for entry in ledger.journal(reference=reference, limit=limit)]


def entry_json(entry: JournalEntry) -> dict[str, Any]:
    return {
        "at": _iso(entry.at),
        "kind": entry.kind,
        "action": entry.action,
        "side": entry.side.value if entry.side else None,
        "reference": str(entry.reference) if entry.reference else None,
        "counterpart": str(entry.counterpart) if entry.counterpart else None,
        "field": entry.field_name,
        "before": entry.before,
        "after": entry.after,
        "lost": entry.other,
        "cause": entry.cause,
        "who": entry.who,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def labels(ledger: Ledger, entries: list[dict[str, Any]]) -> dict[str, str]:
    """Reference as text → the record's name, for those that the ledger knows."""
    named = {entry[key] for entry in entries for key in ("reference", "counterpart") if entry[key]}
    found = ledger.sightings([Reference.parse(text) for text in sorted(named)])
    return {str(reference): sighting.label for reference, sighting in found.items()}
