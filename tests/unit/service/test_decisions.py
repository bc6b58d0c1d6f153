"""Decisions on records that only the plan knows yet: wrong input is refused, in one French sentence."""

import pytest

from altior_sellsy.clock import SystemClock
from altior_sellsy.errors import Final
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import Environment, Planned, Tombstone
from altior_sellsy.ledger.port import Changes, Ledger
from altior_sellsy.service import decisions
from altior_sellsy.values.reference import Reference, Side, Volet

BY = "Claire Martin"
COMPANY = Reference(Side.SELLSY, "97417", "company", "3001")
TIERS = Reference(Side.ALTIOR, "leo", "tiers", "501")
CONTACT = Reference(Side.ALTIOR, "leo", "contact", "c701")


@pytest.fixture
def ledger() -> Ledger:
    opened = MemoryLedgers().add(Environment("leo", "Léo", "Léo"))
    rows = [
        Planned(0, COMPANY, "third_party", Volet.VENTE, "Charpente Zoé", "link", "siret", other=TIERS),
        Planned(1, TIERS, "third_party", Volet.VENTE, "Charpente Zoé", "create"),
        Planned(2, CONTACT, "contact", Volet.VENTE, "Marc Petit", "create"),
    ]
    opened.save_plan({"summary": {}}, rows)
    return opened


@pytest.mark.parametrize(
    ("verb", "to", "by", "said"),
    [
        ("link", str(TIERS), "  ", "Il manque le nom de la personne"),
        ("create", str(TIERS), BY, "« --to » ne sert qu'à « link »"),
        ("link", str(CONTACT), BY, "« Marc Petit » n'est pas du même type que « Charpente Zoé »"),
        ("link", str(COMPANY), BY, "une fiche dans Altior"),
        ("link", "altior:leo:tiers:999", BY, "« altior-sellsy initialise leo --dry-run »"),
        ("link", "altior:autre:tiers:501", BY, "n'est pas connue"),
    ],
)
def test_what_cannot_be_decided_is_refused(ledger: Ledger, verb: str, to: str, by: str, said: str) -> None:
    with pytest.raises(Final, match=said):
        decisions.decide(ledger, str(COMPANY), verb, to=to, by=by, clock=SystemClock())
    assert ledger.decisions([COMPANY, TIERS]) == []
    assert ledger.looks() == []


def test_a_field_held_on_one_side_is_released_from_either(ledger: Ledger) -> None:
    clock = SystemClock()
    decisions.hold(ledger, str(TIERS), "note", by=BY, clock=clock)
    decisions.hold(ledger, str(COMPANY), "note", by=BY, clock=clock, release=True)
    assert ledger.decisions([COMPANY, TIERS]) == []
    with pytest.raises(Final, match="n'est pas retenu"):
        decisions.hold(ledger, str(COMPANY), "note", by=BY, clock=clock, release=True)
    with pytest.raises(Final, match="Il manque le nom"):
        decisions.hold(ledger, str(COMPANY), "note", by="", clock=clock)


@pytest.mark.parametrize("reason", ["unlinked", "gone"])
def test_an_unlinked_record_is_not_let_in(ledger: Ledger, reason: str) -> None:
    """It was answered «Ce sera fait», and nothing ever was: only «create» and «link» pass a tombstone."""
    clock = SystemClock()
    ledger.commit(Changes(tombstones=[Tombstone(COMPANY, Volet.VENTE, reason, clock.now())]), None)
    with pytest.raises(Final, match=r"Décidez « create » .* ou « link »"):
        decisions.decide(ledger, str(COMPANY), "let_in", by=BY, clock=clock)
    assert (ledger.decisions([COMPANY]), ledger.looks()) == ([], [])
    decisions.decide(ledger, str(COMPANY), "create", by=BY, clock=clock)
    decisions.decide(ledger, str(TIERS), "let_in", by=BY, clock=clock)
