"""What stands beside a record that is gone: its other pair, its deal, its card, and what both sides no longer show."""

import pytest

from altior_sellsy.ledger.model import EnvironmentStatus, State
from altior_sellsy.service.decisions import decide
from altior_sellsy.service.environments import resume
from altior_sellsy.values.reference import Side
from tests.simulation.deals.test_life import BEFORE, FIRST, Sales
from tests.simulation.test_gone import asked_after
from tests.simulation.world import World

SIRET = "73282932000074"
SUPPLIER = frozenset({"supplier"})
DAY = 86_400.0


def told(world: World) -> list[str]:
    return sorted(card.code for card in world.ledger.cards())


def closings(world: World) -> list[str]:
    return [line.cause for line in world.ledger.journal() if line.action == "closed"]


def two_pairs() -> tuple[World, str, str, str]:
    world = World()
    client = world.sellsy.add(name="Client", siret=SIRET, gate=True)
    world.sync()
    supplier = world.sellsy.add(name="Fournisseur", siret=SIRET, gate=True, roles=SUPPLIER)
    world.sellsy.add(name="Autre", gate=False)
    world.altior.add(name="Zoulou", roles=SUPPLIER)
    world.sync()
    [tiers] = [id for id, record in world.altior.records.items() if record.fields["siret"]]
    world.clock.advance(300)
    return world, client, supplier, tiers


def test_the_other_company_that_is_gone_too_keeps_what_is_known_of_it() -> None:
    world, client, supplier, tiers = two_pairs()
    reference = world.ref(Side.SELLSY, supplier)
    before = world.ledger.sightings([reference])[reference]
    world.altior.delete(tiers)
    world.sellsy.delete(supplier)
    world.mark(world.ref(Side.SELLSY, client))
    world.drain()
    after = world.ledger.sightings([reference])[reference]
    assert (after.label, after.gate_seen, after.keys) == (before.label, before.gate_seen, before.keys)


def test_the_other_company_is_gone_since_it_was_first_not_shown() -> None:
    world, client, supplier, tiers = two_pairs()
    reference = world.ref(Side.SELLSY, supplier)
    world.altior.delete(tiers)
    world.sellsy.delete(supplier)
    world.mark(reference)
    world.drain()
    first = world.ledger.sightings([reference])[reference].gone_at
    world.clock.advance(300)
    world.mark(world.ref(Side.SELLSY, client))
    world.drain()
    assert world.ledger.sightings([reference])[reference].gone_at == first


def not_themselves() -> World:
    world = World()
    for number in range(4):
        world.sellsy.add(name=f"Nom {number}", gate=True)
    world.sync()
    world.clock.advance(300)
    for record in world.altior.records.values():
        record.stamps = frozenset()
        record.version += 1
    world.sync()
    assert told(world) == ["other_records"]
    resume(world.ledger, world.clock, "Claire Martin")
    world.sync()
    world.clock.advance(3 * DAY)
    world.sync()
    assert told(world) == ["stamp_missing"] * 4
    return world


def test_those_that_rest_as_others_and_are_not_shown_do_not_stop_the_environment_again() -> None:
    world = not_themselves()
    hidden = dict(world.sellsy.records)
    world.sellsy.records.clear()
    for _ in range(4):
        world.sync()
        world.clock.advance(DAY)
    assert world.ledger.environment().status is EnvironmentStatus.ACTIVE
    world.sellsy.records.update(hidden)
    world.clock.advance(DAY)
    world.sync()
    assert told(world) == ["stamp_missing"] * 4


def taken_back() -> Sales:
    """Its company is linked; a person has taken SA back before the deal reached event 1."""
    sales = Sales(step=BEFORE)
    sales.world.clock.advance(300)
    sales.world.sellsy.tick(sales.company, False)
    sales.world.sync()
    return sales


def test_a_deal_goes_on_once_its_company_was_ticked_while_its_tiers_was_not_shown() -> None:
    sales = taken_back()
    world = sales.world
    sales.deals.edit(sales.id, step=FIRST)
    sales.later(600)
    assert sales.stands()[1] == "third_party_taken_back"
    [tiers] = world.altior.records
    world.altior.delete(tiers)
    world.sync()
    sales.later(DAY)
    assert "gone_unsure" in told(world)
    world.sellsy.tick(sales.company, True)
    sales.later(600)
    world.altior.records[tiers] = world.altior.last[tiers]
    sales.later(600)
    sales.later(DAY)
    assert sales.stands() == (State.IN_STEP, "")


def both_gone(*, another: bool) -> World:
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, gate=True)
    world.altior.add(name="Zoulou", roles=SUPPLIER)
    if another:
        world.sellsy.add(name="Autre", gate=False)
    world.sync()
    [pair] = world.ledger.all_pairs()
    world.clock.advance(300)
    world.sellsy.delete(company)
    world.altior.delete(pair.altior.id)
    world.sync()
    for _ in range(4):
        world.clock.advance(DAY)
        world.sync()
    return world


def test_a_pair_that_was_closed_is_not_opened_again_by_its_other_side() -> None:
    world = both_gone(another=False)
    assert len(closings(world)) == 1
    assert not world.ledger.all_pairs()


def test_a_pair_both_sides_of_which_are_gone_is_closed_once() -> None:
    assert len(closings(both_gone(another=True))) == 1


def test_the_card_of_a_pair_both_sides_of_which_are_gone_is_not_written_at_each_question() -> None:
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, gate=True)
    world.altior.rewrite["name"] = lambda value: str(value).upper()
    world.sync()
    [tiers] = world.altior.records
    world.clock.advance(300)
    world.sellsy.delete(company)
    world.altior.delete(tiers)
    world.sync()
    for _ in range(10):
        world.clock.advance(2 * DAY)
        world.sync()
    [card] = world.ledger.cards()
    assert card.count == 1


def test_sa_that_a_person_took_back_is_not_ticked_by_a_deal() -> None:
    """R28: both companies and their tiers were hidden for a moment, and only the client was looked at."""
    sales = Sales(step=BEFORE)
    world = sales.world
    world.sellsy.edit(sales.company, siret=SIRET)
    world.sync()
    supplier = world.sellsy.add(name="Fournisseur", siret=SIRET, gate=True, roles=SUPPLIER, tags=[])
    deal = sales.deals.add(name="Véranda", pipeline="11", step=BEFORE, company=supplier, amount="50.00")
    world.sync()
    [tiers] = world.altior.records
    assert len([p for p in world.ledger.all_pairs() if p.altior.id == tiers]) == 2
    world.clock.advance(300)
    world.altior.delete(tiers)
    world.sellsy.delete(supplier)
    world.look(world.ref(Side.SELLSY, sales.company))
    world.drain()
    world.altior.records[tiers] = world.altior.last[tiers]
    world.sellsy.records[supplier] = world.sellsy.last[supplier]
    world.sellsy.tick(supplier, False)
    sales.later(600)
    sales.deals.edit(deal, step=FIRST)
    sales.later(600)
    sales.later(600)
    assert world.sellsy.records[supplier].gate is False


@pytest.mark.parametrize("edited", [False, True])
def test_one_that_rests_as_another_is_asked_for_less_and_less_often_though_the_other_side_was_edited(
    edited: bool,
) -> None:
    world = not_themselves()
    world.sellsy.records.clear()
    world.sync()
    if edited:
        for tiers in list(world.altior.records):
            world.altior.edit(tiers, phone="0102030499")
    assert asked_after(world, days=5) < 20 * 4 * 4


def linked_by_a_person() -> Sales:
    """Figée: SA was never at Oui. The opportunity has not reached event 1."""
    sales = Sales(step=BEFORE, gate=False)
    world = sales.world
    tiers = world.ref(Side.ALTIOR, world.altior.add(name="Boulangerie Morel", tags=[], roles=SUPPLIER))
    world.sync()
    company = str(world.ref(Side.SELLSY, sales.company))
    decide(world.ledger, company, "link", to=str(tiers), by="Claire Martin", clock=world.clock)
    world.sync()
    world.clock.advance(300)
    return sales


@pytest.mark.parametrize("ticked", [False, True])
def test_a_deal_of_a_tiers_that_is_not_shown_waits_and_blames_nobody(ticked: bool) -> None:
    """Linked by a person, SA is set by the deal; or else it stood at Oui."""
    sales = Sales(step=BEFORE) if ticked else linked_by_a_person()
    world = sales.world
    world.clock.advance(300)
    [tiers] = world.altior.records
    world.altior.delete(tiers)
    world.sync()
    sales.later(DAY)
    sales.deals.edit(sales.id, step=FIRST)
    sales.later(600)
    assert world.sellsy.records[sales.company].gate is True
    assert told(world) == ["gone_unsure"]
    world.altior.records[tiers] = world.altior.last[tiers]
    sales.later(600)
    sales.later(DAY)
    assert sales.stands() == (State.IN_STEP, "")
    assert not told(world)


def test_a_deal_and_its_third_party_whose_tiers_is_not_shown_do_not_wake_each_other_without_end() -> None:
    """Figée, never at Oui: the deal sets SA, which is not looked at while the tiers may be deleted."""
    sales = linked_by_a_person()
    world = sales.world
    world.altior.records.clear()
    sales.deals.edit(sales.id, step=FIRST)
    world.look(sales.reference)
    calls = world.altior.calls
    for _ in range(60):
        world.drain()
    assert world.altior.calls - calls < 20
