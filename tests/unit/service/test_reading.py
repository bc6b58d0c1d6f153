"""Cards are told by cause: one decision settles them all."""

from datetime import UTC, datetime

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import Card, Environment
from altior_sellsy.ledger.port import Changes
from altior_sellsy.service import reading
from altior_sellsy.values.reference import Reference, Side

NOW = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)


def card(number: int, code: str, cause: str, field: str = "legal_form") -> Card:
    label = f"Fiche {number}"
    reference = Reference(Side.SELLSY, "97417", "company", str(number))
    sentence = f"Sur « {label} », {cause or code}"
    data = {"label": label} | ({"cause": cause} if cause else {})
    return Card(reference, code, sentence, "Corrigez.", field_name=field if cause else "", data=data, at=NOW)


def test_one_row_per_cause_most_records_first() -> None:
    ledger = MemoryLedgers().add(Environment("leo", "Léo", "Léo"))
    coop = [card(n, "unknown_legal_form", "Forme juridique inconnue : « Sté coop »") for n in range(3)]
    other = card(7, "unknown_legal_form", "Forme juridique inconnue : « GAEC »")
    alone = [card(n, "siret_taken", "") for n in (8, 9)]
    ledger.commit(Changes(cards=[alone[0], other, *coop, alone[1]]), None)
    found = reading.causes(reading.cards(ledger))
    assert [(c["code"], c["number"]) for c in found] == [
        ("unknown_legal_form", 3),
        ("siret_taken", 1),
        ("siret_taken", 1),
        ("unknown_legal_form", 1),
    ]
    assert found[0]["sentence"] == "Forme juridique inconnue : « Sté coop »"
    assert [r["label"] for r in found[0]["records"]] == ["Fiche 0", "Fiche 1", "Fiche 2"]
