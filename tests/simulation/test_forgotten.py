"""A record without a pair that is not shown for a moment: what is known of it stays known."""

from datetime import timedelta

from altior_sellsy.ledger.model import EnvironmentStatus
from tests.simulation.deals.test_life import BEFORE, FIRST, Sales
from tests.simulation.deals.world import COMMERCIAL
from tests.simulation.moments import later
from tests.simulation.test_gone_beside import SIRET, SUPPLIER, told
from tests.simulation.test_hidden import looked_at
from tests.simulation.world import START, World


def test_a_record_that_a_person_let_in_stays_let_in_though_it_was_not_shown_for_a_moment() -> None:
    """R4: SA turned Oui after the activation; it asked which tiers it is."""
    world = World(tiers_import=False)
    company = world.sellsy.add(name="Alpha", siret=SIRET, tags=[], gate=None, created=START - timedelta(days=90))
    world.sellsy.add(name="Bravo", tags=[], gate=None)
    tiers = [world.altior.add(name=name, siret=SIRET, roles=SUPPLIER, tags=[]) for name in ("Un", "Deux")]
    world.sync()
    world.clock.advance(300)
    world.sellsy.tick(company, True)
    world.sync()
    assert told(world) == ["siret_ambiguous"]
    hidden = world.sellsy.records.pop(company)
    looked_at(world, company)
    world.sellsy.records[company] = hidden
    later(world, 600)
    later(world, 900)
    assert told(world) == ["siret_ambiguous"]
    world.altior.merge(tiers[1], tiers[0])
    later(world, 600)
    later(world, 900)
    later(world, 900)
    assert len(world.ledger.all_pairs()) == 1


def test_sa_that_a_person_took_back_is_not_ticked_by_a_deal_though_the_company_was_not_shown_for_a_moment() -> None:
    sales = Sales(step=BEFORE)
    world = sales.world
    for name in ("Un", "Deux"):
        world.altior.add(name=name, siret=SIRET, roles=SUPPLIER, tags=[])
    other = world.sellsy.add(name="Garage", siret=SIRET, tags=[], gate=True)
    world.sync()
    assert told(world) == ["siret_ambiguous"]
    world.sellsy.tick(other, False)
    sales.later(600)
    hidden = world.sellsy.records.pop(other)
    looked_at(world, other)
    world.sellsy.records[other] = hidden
    sales.later(900)
    sales.deals.add(name="Véranda", pipeline=COMMERCIAL, step=FIRST, company=other, amount="50.00")
    sales.later(600)
    sales.later(900)
    assert world.sellsy.records[other].gate is False


def test_records_without_a_pair_that_people_clear_out_stop_nothing() -> None:
    """Together with one that is linked: it alone is unlinked."""
    world = World()
    linked = world.sellsy.add(name="Alpha", tags=[], gate=True)
    world.sellsy.add(name="Bravo", tags=[], gate=True)
    others = [
        world.sellsy.add(name=f"Ancienne {number}", siret=str(73282932000000 + number), tags=[], gate=None)
        for number in range(20)
    ]
    world.sync()
    world.clock.advance(300)
    for one in (linked, *others):
        world.sellsy.delete(one)
    for _ in range(3):
        later(world, 900)
    assert world.ledger.environment().status is EnvironmentStatus.ACTIVE
    assert told(world) == ["gone"]
    assert len(world.ledger.all_pairs()) == 1
