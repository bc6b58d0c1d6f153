"""Altior comes back from a backup: what it holds is an edit, what it lacks is not made again, an id that it gives anew
is another record's."""

from altior_sellsy.values.reference import Side
from tests.simulation.test_gone_beside import SIRET
from tests.simulation.world import World, made_unanswered


def test_altior_back_from_a_backup_gives_an_id_to_another_record() -> None:
    """The pair that named the id has lost its record: it is told on a card, and nothing stands still."""
    world = World()
    world.altior.back_up()
    first = world.sellsy.add(name="Alpha", siret=SIRET, gate=True)
    world.sync()
    world.altior.restore()
    second = world.sellsy.add(name="Bravo", gate=True)
    world.mark(world.ref(Side.SELLSY, second))
    world.settle()
    [pair] = world.ledger.all_pairs()
    [tiers] = world.altior.records.values()
    assert (pair.sellsy.id, pair.altior.id, tiers.fields["name"]) == (second, tiers.id, "Bravo")
    world.sync()
    assert [(c.code, c.reference) for c in world.ledger.cards()] == [("gone", world.ref(Side.SELLSY, first))]
    assert {s.reference.id: s.code for s in world.ledger.all_sightings(side=Side.SELLSY)}[first] == "unlinked"


def test_altior_back_from_a_backup_is_an_edit_though_its_dates_go_back() -> None:
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, gate=True)
    world.sync()
    [tiers] = world.altior.records
    world.clock.advance(300)
    world.altior.back_up()
    world.altior.edit(tiers, name="Bravo")
    world.sync()
    assert world.sellsy.values(company)["name"] == "Bravo"
    world.clock.advance(300)
    world.altior.restore()
    world.sync()
    assert world.sellsy.values(company)["name"] == "Alpha"


def test_a_record_back_from_a_backup_is_not_made_a_second_time() -> None:
    """The answer of its create was lost, and it was deleted before what it made was found."""
    world = World()
    tiers = world.altior.add(name="Alpha")
    world.altior.back_up()
    made_unanswered(world, world.ref(Side.ALTIOR, tiers))
    world.altior.delete(tiers)
    world.settle()
    assert not world.ledger.announcements(creates_of="third_party")
    world.altior.restore()
    world.sync()
    assert len(world.sellsy.records) == 1
    assert [c.code for c in world.ledger.cards()] == ["create_unsure"]


def test_a_record_that_gets_the_id_of_one_lost_with_a_backup_is_another_one() -> None:
    """The other one's create was not answered; it is gone with the backup, before what it made was found."""
    world = World()
    world.altior.back_up()
    lost = world.altior.add(name="Alpha")
    made_unanswered(world, world.ref(Side.ALTIOR, lost))
    world.altior.restore()
    world.settle()
    world.clock.advance(60)
    assert world.altior.add(name="Bravo") == lost
    world.sync()
    assert sorted(str(one.fields["name"]) for one in world.sellsy.records.values()) == ["Alpha", "Bravo"]
    assert [world.sellsy.records[p.sellsy.id].fields["name"] for p in world.ledger.all_pairs()] == ["Bravo"]
