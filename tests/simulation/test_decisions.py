"""What a person decides is done at the next look, and journaled with her name."""

import pytest

from altior_sellsy.errors import Final
from altior_sellsy.ledger.model import State
from altior_sellsy.service.decisions import decide
from altior_sellsy.values.reference import Side
from tests.simulation.world import World

SIRET = "73282932000074"


def test_a_siret_that_exists_waits_and_is_linked_by_decision() -> None:
    world = World(siret=False, tiers_export=False)
    from datetime import timedelta

    tiers = world.altior.add(name="Autre", siret=SIRET, created=world.clock.now() - timedelta(days=9))
    company = world.sellsy.add(name="Léo", siret=SIRET, gate=True)
    world.sync()
    assert [c.code for c in world.ledger.cards()] == ["siret_exists"]
    here, there = str(world.ref(Side.SELLSY, company)), str(world.ref(Side.ALTIOR, tiers))
    decide(world.ledger, here, "link", to=there, by="Claire Martin", clock=world.clock)
    world.settle()
    [pair] = world.ledger.all_pairs()
    assert (pair.altior.id, pair.state) == (tiers, State.IN_STEP)
    assert not world.ledger.cards()
    assert any(e.action == "decided" and e.who == "Claire Martin" for e in world.ledger.journal())
    world.clock.advance(300)
    assert not any(world.sync().writes.values())


def test_create_anyway_after_a_taken_siret() -> None:
    world = World()
    world.sellsy.add(name="Un", siret=SIRET, gate=True)
    world.sync()
    second = world.sellsy.add(name="Deux", siret=SIRET, gate=True)
    world.sync()
    assert len(world.altior.records) == 1
    decide(world.ledger, str(world.ref(Side.SELLSY, second)), "create", by="Claire", clock=world.clock)
    world.settle()
    assert len(world.altior.records) == 2
    assert not world.ledger.cards()


def test_let_in_and_leave_out() -> None:
    world = World(tiers_import=False)
    from datetime import timedelta

    old = world.sellsy.add(name="Ancienne", gate=True, created=world.clock.now() - timedelta(days=9))
    world.sync()
    assert not world.altior.records
    decide(world.ledger, str(world.ref(Side.SELLSY, old)), "let_in", by="Claire", clock=world.clock)
    world.settle()
    assert len(world.altior.records) == 1

    new = world.sellsy.add(name="Nouvelle", gate=None)
    world.sync()
    decide(world.ledger, str(world.ref(Side.SELLSY, new)), "leave_out", by="Claire", clock=world.clock)
    world.sellsy.tick(new)
    world.sync()
    assert len(world.altior.records) == 1


@pytest.mark.parametrize(
    ("record", "verb", "to", "told"),
    [
        ("dupont", "link", "", "référence"),
        ("sellsy:97417:company:999", "create", "", "pas connue"),
        ("sellsy:97417:company:1", "delete", "", "Décisions"),
        ("sellsy:97417:company:1", "link", "", "--to"),
        ("sellsy:97417:company:1", "link", "sellsy:97417:company:2", "même côté"),
        ("sellsy:97417:company:2", "create", "", "déjà liée"),
    ],
)
def test_bad_input_is_one_sentence_and_changes_nothing(record: str, verb: str, to: str, told: str) -> None:
    world = World()
    world.sellsy.add(name="Seule", gate=None)
    world.sellsy.add(name="Liée", gate=True)
    world.sync()
    with pytest.raises(Final, match=told):
        decide(world.ledger, record, verb, to=to, by="Claire", clock=world.clock)
    assert world.ledger.looks() == []
