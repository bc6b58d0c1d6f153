"""What a person decides is done at the next look, and journaled with her name."""

import pytest

from altior_sellsy.errors import Final
from altior_sellsy.ledger.model import State
from altior_sellsy.ledger.port import Changes
from altior_sellsy.service.decisions import decide, take_side
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.moments import later
from tests.simulation.test_gone_beside import DAY
from tests.simulation.world import World

SIRET = "73282932000074"
BY = "Claire Martin"


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


# -- a link that a person wants, and that cannot be made at once
def stands(world: World, reference: Reference) -> set[tuple[State, str]]:
    return {(one.state, one.code) for one in world.ledger.sightings([reference]).values()}


@pytest.mark.parametrize("then", ["", "create"])
def test_a_link_whose_company_is_deleted_before_it_is_made_holds_nothing_up(then: str) -> None:
    """In Sellsy a person merges it into another one. Its tiers becomes a client: it ascends, or a person says so."""
    world = World()
    world.sellsy.add(name="Autre", tags=[], gate=False)
    company = world.sellsy.add(name="Alpha", tags=[], gate=False)
    tiers = world.altior.add(name="Alpha SAS", tags=[], roles=frozenset({"supplier"}))
    world.sync()
    world.clock.advance(300)
    own, other = world.ref(Side.SELLSY, company), world.ref(Side.ALTIOR, tiers)
    decide(world.ledger, str(own), "link", to=str(other), by=BY, clock=world.clock)
    world.sellsy.delete(company)
    for _ in range(4):
        later(world, DAY)
    world.altior.records[tiers].roles = frozenset({"client"})
    world.altior.edit(tiers, phone="0102030405")
    if then:
        decide(world.ledger, str(other), then, by=BY, clock=world.clock)
    for _ in range(4):
        later(world, DAY)
    assert State.WAITING not in {state for state, _ in stands(world, other)}
    assert len(world.ledger.all_pairs()) == 1


def test_a_link_that_was_impossible_is_made_once_the_tiers_is_free() -> None:
    """The tiers was linked to another one in the same minute; a person unlinks it for the sake of her link."""
    world = World()
    first = world.sellsy.add(name="Alpha", siret=SIRET, tags=[], gate=None)
    second = world.sellsy.add(name="Alpha SAS", tags=[], gate=None)
    tiers = world.altior.add(name="Alpha", siret=SIRET, tags=[], roles=frozenset({"supplier"}))
    world.sync()
    world.clock.advance(300)
    own, other = world.ref(Side.SELLSY, second), world.ref(Side.ALTIOR, tiers)
    world.sellsy.tick(first)
    decide(world.ledger, str(own), "link", to=str(other), by=BY, clock=world.clock)
    wanted = next(look for look in world.ledger.looks() if look.reference == own)
    world.ledger.commit(Changes(done=[wanted]), None)  # the other one is looked at first
    world.mark(world.ref(Side.SELLSY, first))
    world.settle(within=1)
    world.mark(own)
    later(world, DAY)
    assert [card.code for card in world.ledger.cards()] == ["link_impossible"]
    decide(world.ledger, str(other), "unlink", by=BY, clock=world.clock)
    for _ in range(3):
        later(world, DAY)
    assert [(pair.sellsy, pair.altior) for pair in world.ledger.all_pairs()] == [(own, other)]


# -- the last word counts, whichever of the two records it was said of
def two_apart() -> tuple[World, Reference, Reference]:
    world = World()
    company = world.sellsy.add(name="Alpha", tags=[], gate=None)
    tiers = world.altior.add(name="Alpha SAS", tags=[], roles=frozenset({"supplier"}))
    world.sync()
    world.clock.advance(300)
    return world, world.ref(Side.SELLSY, company), world.ref(Side.ALTIOR, tiers)


@pytest.mark.parametrize("first", list(Side))
def test_a_link_that_was_wanted_is_given_up_by_a_word_on_the_other_record(first: Side) -> None:
    world, company, tiers = two_apart()
    own, other = (company, tiers) if first is Side.SELLSY else (tiers, company)
    decide(world.ledger, str(own), "link", to=str(other), by=BY, clock=world.clock)
    decide(world.ledger, str(other), "leave_out", by=BY, clock=world.clock)
    world.sync()
    assert not world.ledger.all_pairs()
    assert State.WAITING not in {state for one in (own, other) for state, _ in stands(world, one)}


def test_a_link_to_another_one_takes_the_place_of_one_that_was_wanted_on_the_other_side() -> None:
    world, company, tiers = two_apart()
    right = world.ref(Side.SELLSY, world.sellsy.add(name="Alpha SAS", tags=[], gate=None))
    world.sync()
    decide(world.ledger, str(company), "link", to=str(tiers), by=BY, clock=world.clock)
    decide(world.ledger, str(tiers), "link", to=str(right), by=BY, clock=world.clock)
    world.sync()
    assert [(pair.sellsy, pair.altior) for pair in world.ledger.all_pairs()] == [(right, tiers)]
    assert not world.ledger.cards()


@pytest.mark.parametrize("first", list(Side))
def test_of_two_sides_chosen_the_last_one_counts(first: Side) -> None:
    """Each entered on the other record of the pair."""
    world = World()
    company = world.sellsy.add(name="Alpha", tags=[], gate=True, phone="0102030405")
    world.sync()
    [tiers] = world.altior.records
    world.clock.advance(300)
    world.sellsy.edit(company, phone="0102030406")
    world.altior.edit(tiers, phone="0102030407")
    said = {Side.SELLSY: world.ref(Side.SELLSY, company), Side.ALTIOR: world.ref(Side.ALTIOR, tiers)}
    take_side(world.ledger, str(said[first]), "phone", Side.SELLSY, by=BY, clock=world.clock)
    take_side(world.ledger, str(said[first.other]), "phone", Side.ALTIOR, by=BY, clock=world.clock)
    world.sync()
    assert world.sellsy.values(company)["phone"] == world.altior.values(tiers)["phone"] == "0102030407"


# -- a tiers that serves its client and its supplier: to link it to the one says nothing of the other
def client_and_supplier() -> tuple[World, Reference, Reference, Reference]:
    world = World()
    tiers = world.altior.add(name="T", roles=frozenset({"client", "supplier"}), archived=True)
    client = world.sellsy.add(name="Client", gate=None, tags=[])
    supplier = world.sellsy.add(name="Fournisseur", gate=None, tags=[], roles=frozenset({"supplier"}))
    world.sync()
    return world, world.ref(Side.ALTIOR, tiers), world.ref(Side.SELLSY, client), world.ref(Side.SELLSY, supplier)


@pytest.mark.parametrize("archived", [False, True])
def test_a_tiers_is_linked_to_its_client_and_to_its_supplier(archived: bool) -> None:
    world, tiers, client, supplier = client_and_supplier()
    world.altior.archive(tiers.id, archived)
    for own in (client, supplier):
        decide(world.ledger, str(own), "link", to=str(tiers), by=BY, clock=world.clock)
        world.sellsy.tick(own.id, True)
    world.sync()
    assert len(world.altior.records) == 1
    assert {pair.sellsy for pair in world.ledger.all_pairs()} == {client, supplier}


@pytest.mark.parametrize("verb", ["leave_out", "create"])
def test_a_link_that_is_given_up_leaves_the_one_in_the_other_role(verb: str) -> None:
    world, tiers, client, supplier = client_and_supplier()
    for own in (supplier, client):
        decide(world.ledger, str(own), "link", to=str(tiers), by=BY, clock=world.clock)
    decide(world.ledger, str(client), verb, by=BY, clock=world.clock)
    world.sync()
    assert [(pair.sellsy, pair.altior) for pair in world.ledger.all_pairs()] == [(supplier, tiers)]
