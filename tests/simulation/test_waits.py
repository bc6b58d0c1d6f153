"""Who waits for a record that is hidden, archived, unticked or another one by now: comes to rest, makes nothing beside
it, and goes on once it is itself again."""

from collections import Counter
from datetime import timedelta

import pytest

from altior_sellsy.errors import Unclear
from altior_sellsy.kinds.contact.record import LINKS
from altior_sellsy.ledger.model import State
from altior_sellsy.service.decisions import decide
from altior_sellsy.sync.scan import scan
from altior_sellsy.values.reference import Side
from tests.simulation.deals.test_life import BEFORE, FIRST, Sales
from tests.simulation.deals.world import COMMERCIAL
from tests.simulation.moments import Office, failing, later
from tests.simulation.test_gone_beside import DAY, SIRET, SUPPLIER, linked_by_a_person, taken_back, told
from tests.simulation.test_two_volets import bounded
from tests.simulation.world import World, never_made


# -- a deal whose third party, linked and never at Oui, cannot be set
def reaches_event_1(sales: Sales) -> None:
    sales.deals.edit(sales.id, step=FIRST)
    sales.world.look(sales.reference)


def test_a_deal_of_a_linked_company_that_is_archived_comes_to_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    sales = linked_by_a_person()
    bounded(monkeypatch)
    sales.world.sellsy.archive(sales.company)
    sales.world.sync()
    reaches_event_1(sales)
    for _ in range(5):
        sales.world.drain()


def test_a_deal_of_a_linked_company_that_is_not_shown_comes_to_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    sales = linked_by_a_person()
    bounded(monkeypatch)
    sales.world.sellsy.delete(sales.company)
    reaches_event_1(sales)
    for _ in range(5):
        sales.world.drain()


def test_sa_that_could_not_be_set_is_not_tried_again_at_once() -> None:
    sales = linked_by_a_person()
    sales.world.sellsy.on_call = failing("set_gate", Unclear("panne"))
    reaches_event_1(sales)
    sales.world.drain()
    assert not sales.world.drain().more_due


# -- contacts
def test_a_contact_of_altior_goes_on_once_its_company_is_shown_again() -> None:
    office = Office()
    world, contacts = office.world, office.view
    hidden = world.sellsy.records.pop(office.company)
    world.sync()
    later(world, DAY)
    assert told(world) == ["gone_unsure"]
    contact = contacts.altior.add(name="Durand", tags=[])
    contacts.altior.edit(contact, **{LINKS: [office.tiers]})
    later(world, 600)
    assert not contacts.sellsy.records
    world.sellsy.records[office.company] = hidden
    later(world, 600)
    later(world, DAY)
    assert not told(world)
    assert len(contacts.sellsy.records) == 1


def test_a_contact_of_a_company_that_was_taken_back_goes_on_once_its_tiers_is_shown_again() -> None:
    office = Office()
    world, contacts = office.world, office.view
    world.sellsy.tick(office.company, False)
    world.sync()
    world.clock.advance(300)
    hidden = world.altior.records.pop(office.tiers)
    world.sync()
    later(world, DAY)
    assert told(world) == ["gone_unsure"]
    office.contact("Durand")
    later(world, 600)
    assert not contacts.altior.records
    world.altior.records[office.tiers] = hidden
    later(world, 600)
    later(world, DAY)
    assert not told(world)
    office.contact("Petit")  # as one that never waited
    later(world, 600)
    assert len(contacts.altior.records) == 2


# -- deals
def of_another(sales: Sales, company: str) -> None:
    sales.deals.add(name="Véranda", pipeline=COMMERCIAL, step=FIRST, company=company, amount="50.00")


def test_a_deal_goes_on_once_its_company_is_shown_for_the_first_time() -> None:
    sales = Sales(step=BEFORE)
    world = sales.world
    other = world.sellsy.add(name="Garage", tags=[], gate=None)
    hidden = world.sellsy.records.pop(other)
    of_another(sales, other)
    world.sync()
    sales.later(3600)
    world.sellsy.records[other] = hidden
    sales.later(600)
    sales.later(DAY)
    assert world.sellsy.records[other].gate is True
    assert len(world.affaires.rows) == 1


def test_a_deal_goes_on_once_its_company_is_no_longer_archived() -> None:
    sales = Sales(step=BEFORE)
    world = sales.world
    other = world.sellsy.add(name="Garage", tags=[], gate=None, archived=True)
    of_another(sales, other)
    world.sync()
    sales.later(3600)
    world.sellsy.archive(other, False)
    sales.later(600)
    sales.later(DAY)
    assert world.sellsy.records[other].gate is True
    assert len(world.affaires.rows) == 1


def test_a_deal_goes_on_once_its_linked_company_is_shown_again() -> None:
    """Figée, never at Oui."""
    sales = linked_by_a_person()
    world = sales.world
    hidden = world.sellsy.records.pop(sales.company)
    world.sync()
    sales.later(DAY)
    assert told(world) == ["gone_unsure"]
    sales.deals.edit(sales.id, step=FIRST)
    sales.later(600)
    world.sellsy.records[sales.company] = hidden
    sales.later(600)
    sales.later(DAY)
    assert sales.stands() == (State.IN_STEP, "")


def test_a_deal_that_a_person_let_in_goes_on_once_the_tiers_of_its_company_is_shown_again() -> None:
    sales = taken_back()
    world = sales.world
    [tiers] = world.altior.records
    world.altior.delete(tiers)
    world.sync()
    sales.later(DAY)
    sales.deals.edit(sales.id, step=FIRST)
    sales.later(600)
    assert "third_party_taken_back" in told(world)
    decide(world.ledger, str(sales.reference), "create", by="Claire Martin", clock=world.clock)
    sales.later(600)
    world.altior.records[tiers] = world.altior.last[tiers]
    sales.later(600)
    sales.later(DAY)
    assert sales.stands() == (State.IN_STEP, "")


def test_a_deal_asks_once_its_company_that_asks_itself_is_taken_back() -> None:
    sales = Sales(step=BEFORE)
    world = sales.world
    world.altior.add(name="Un", siret=SIRET, roles=SUPPLIER, tags=[])
    world.altior.add(name="Deux", siret=SIRET, roles=SUPPLIER, tags=[])
    other = world.sellsy.add(name="Garage", siret=SIRET, tags=[], gate=True)
    world.sync()
    assert told(world) == ["siret_ambiguous"]
    of_another(sales, other)
    sales.later(600)
    world.sellsy.tick(other, False)
    sales.later(600)
    sales.later(DAY)
    assert "third_party_taken_back" in told(world)


@pytest.mark.parametrize("known", [False, True])
def test_a_deal_whose_tiers_was_not_shown_for_a_moment_goes_on(known: bool) -> None:
    """Its third party was looked at meanwhile, or else not."""
    sales = Sales(step=BEFORE)
    world = sales.world
    world.clock.advance(300)
    [tiers] = world.altior.records
    world.altior.delete(tiers)
    if known:
        world.look(world.ref(Side.SELLSY, sales.company))
        world.drain()
    reaches_event_1(sales)
    world.settle(within=60)
    world.clock.advance(120)
    world.altior.records[tiers] = world.altior.last[tiers]
    sales.later(600)
    sales.later(DAY)
    assert sales.stands() == (State.IN_STEP, "")
    assert not told(world)


# -- a tiers that is another one by now: nothing is written there
def becomes_another_one(world: World) -> frozenset[str]:
    """The references that it had."""
    [(tiers, record)] = world.altior.records.items()
    mine, record.stamps = record.stamps, frozenset()
    world.altior.edit(tiers, name="Une autre entreprise")
    later(world, 600)
    assert told(world) == ["stamp_missing"]
    return mine


def is_itself_again(world: World, name: str, stamps: frozenset[str]) -> None:
    [(tiers, record)] = world.altior.records.items()
    record.stamps = stamps
    world.altior.edit(tiers, name=name)
    later(world, 600)
    later(world, DAY)
    assert not told(world)


def test_no_affaire_is_made_in_a_tiers_that_is_another_one() -> None:
    sales = Sales(step=BEFORE)
    world = sales.world
    world.clock.advance(300)
    mine = becomes_another_one(world)
    sales.deals.edit(sales.id, step=FIRST)
    sales.later(600)
    assert not world.affaires.rows
    is_itself_again(world, "Boulangerie Morel", mine)
    assert len(world.affaires.rows) == 1


def test_no_contact_is_made_in_a_tiers_that_is_another_one() -> None:
    office = Office()
    mine = becomes_another_one(office.world)
    office.contact("Durand")
    later(office.world, 600)
    assert not office.view.altior.records
    is_itself_again(office.world, "Alpha", mine)
    assert len(office.view.altior.records) == 1


def test_a_deal_whose_company_waits_for_anothers_create_is_not_looked_at_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two companies of one SIRET: the create of the first one is lost, and nobody has looked at the second one yet."""
    bounded(monkeypatch)
    sales = Sales(step=BEFORE)
    world = sales.world
    first = world.sellsy.add(name="Un", siret=SIRET, tags=[], gate=True)

    def lose(point: str) -> None:
        world.altior.fault = lambda point: None
        raise Unclear("réponse perdue")

    world.altior.fault = lose
    world.mark(world.ref(Side.SELLSY, first))
    world.drain()
    assert world.ledger.announcements(creates_of="third_party")
    second = world.sellsy.add(name="Deux", siret=SIRET, tags=[], gate=True)
    deal = sales.deals.add(name="Véranda", pipeline=COMMERCIAL, step=FIRST, company=second, amount="50.00")
    world.look(sales.deals.reference(deal), "webhook")
    world.settle(within=1)
    sighting = world.ledger.sightings([world.ref(Side.SELLSY, second)])
    assert [(one.state, one.code) for one in sighting.values()] == [(State.WAITING, "create_open")]
    sales.later(300)
    assert len({pair.sellsy.id for pair in world.ledger.all_pairs("third_party")} & {first, second}) == 1


def test_a_company_entered_again_does_not_wait_for_one_that_was_deleted_with_its_create_unanswered() -> None:
    """The first company of a new account: nothing else of its kind answers, to say what is deleted."""
    world = World()
    first = world.sellsy.add(name="Alpha", siret=SIRET, tags=[], gate=True)
    never_made(world, world.ref(Side.SELLSY, first))
    world.sellsy.delete(first)
    for _ in range(7):
        later(world, DAY)
    world.sellsy.add(name="Alpha", siret=SIRET, tags=[], gate=True)
    for _ in range(20):
        later(world, 60)
    assert len(world.altior.records) == 1


def test_one_that_waits_for_a_hidden_records_create_does_not_ask_after_it_without_end() -> None:
    world = World()
    first = world.sellsy.add(name="Alpha", siret=SIRET, tags=[], gate=True)
    never_made(world, world.ref(Side.SELLSY, first))
    world.sellsy.hidden.add(first)
    world.sellsy.add(name="Bravo", siret=SIRET, tags=[], gate=True)
    asked = Counter[str]()
    world.sellsy.on_call = lambda call: asked.update([call])
    scan(world.engine, world.binding, Side.SELLSY)
    end = world.clock.now() + timedelta(hours=4)
    while world.clock.now() < end:
        report = world.drain()
        assert report.next_due is not None
        world.clock.advance(max(0.05, (report.next_due - world.clock.now()).total_seconds()))
    assert asked["exists"] < 60
