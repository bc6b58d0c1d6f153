"""Small records for the tests of the ledger."""

from datetime import UTC, datetime, timedelta
from typing import Any

from altior_sellsy.ledger.model import (
    Announcement,
    Card,
    Environment,
    EnvironmentStatus,
    JournalEntry,
    Look,
    Pair,
    Sent,
    Sighting,
    State,
)
from altior_sellsy.values.reference import Reference, Side, Volet

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
KIND = "third_party"


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def sellsy(number: int, thing: str = "company") -> Reference:
    return Reference(Side.SELLSY, "97417", thing, str(number))


def altior(number: int, thing: str = "tiers") -> Reference:
    return Reference(Side.ALTIOR, "menuiserie", thing, str(number))


def environment(name: str = "menuiserie", **more: Any) -> Environment:
    known: dict[str, Any] = {"client": "Menuiserie Léo", "altior_name": name, "status": EnvironmentStatus.ACTIVE}
    return Environment(name=name, **(known | more))


def pair(number: int, **more: Any) -> Pair:
    known: dict[str, Any] = {"id": f"pair-{number}", "kind": KIND, "sellsy": sellsy(number), "altior": altior(number)}
    return Pair(**(known | more))


def look(reference: Reference, due: float = 0, **more: Any) -> Look:
    known: dict[str, Any] = {"kind": KIND, "reason": "webhook", "due": at(due)}
    return Look(reference, **(known | more))


def create(number: int, **more: Any) -> Announcement:
    known: dict[str, Any] = {
        "id": f"create-{number}",
        "kind": KIND,
        "side": Side.SELLSY,
        "fields": {"name": Sent("Léo", None, "Léo")},
        "deadline": at(30),
        "source": altior(number),
        "volet": Volet.VENTE,
    }
    return Announcement(**(known | more))


def sighting(reference: Reference, **more: Any) -> Sighting:
    known: dict[str, Any] = {
        "kind": KIND,
        "label": "Léo",
        "folded": "leo",
        "keys": {},
        "hash": "h",
        "gate": None,
        "state": State.EXCLUDED,
    }
    return Sighting(reference=reference, **(known | more))


def card(reference: Reference | None, code: str = "siret", **more: Any) -> Card:
    known: dict[str, Any] = {"sentence": "Le SIRET est faux.", "remedy": "Corrigez-le."}
    return Card(reference, code, **(known | more))


def entry(seconds: float, action: str = "updated", **more: Any) -> JournalEntry:
    known: dict[str, Any] = {"kind": KIND, "side": Side.ALTIOR, "reference": altior(1), "cause": "webhook"}
    return JournalEntry(at=at(seconds), action=action, **(known | more))
