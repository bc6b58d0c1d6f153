"""The first thread: companies both ways, on the real engine and simulated systems."""

from altior_sellsy.ledger.model import State
from altior_sellsy.values.reference import Side
from tests.simulation.world import World

SIRET = "73282932000074"


def test_a_ticked_company_descends_and_stays_in_step() -> None:
    world = World()
    company = world.sellsy.add(name="Menuiserie Léo", siret=SIRET, phone="0144419191", gate=True)
    world.sync()
    [tiers] = world.altior.records.values()
    assert tiers.fields["name"] == "Menuiserie Léo"
    assert tiers.stamps == {f"sellsy:97417:company:{company}"}
    before = len(world.sellsy.writes), len(world.altior.writes)
    world.clock.advance(300)
    world.sync()
    assert (len(world.sellsy.writes), len(world.altior.writes)) == before


def test_an_unticked_company_stays() -> None:
    world = World()
    world.sellsy.add(name="Sans", siret=SIRET, gate=None)
    world.sync()
    assert not world.altior.records
    [sighting] = world.ledger.all_sightings()
    assert (sighting.state, sighting.code) == (State.EXCLUDED, "not_ticked")


def test_a_tiers_ascends_ticked_and_stamped() -> None:
    world = World()
    tiers = world.altior.add(name="Garage Dupont", phone="0102030405")
    world.sync()
    [company] = world.sellsy.records.values()
    assert company.gate is True
    assert company.fields["name"] == "Garage Dupont"
    assert world.altior.records[tiers].stamps == {f"sellsy:97417:company:{company.id}"}
    writes = len(world.sellsy.writes)
    world.clock.advance(300)
    report = world.sync()
    assert len(world.sellsy.writes) == writes
    assert report.writes == {Side.SELLSY: 0, Side.ALTIOR: 0}


def test_edits_travel_both_ways() -> None:
    world = World()
    company = world.sellsy.add(name="A", siret=SIRET, phone="0144419191", gate=True)
    world.sync()
    [tiers] = world.altior.records
    world.clock.advance(300)
    world.sellsy.edit(company, name="B")
    world.altior.edit(tiers, phone="0199999999")
    world.sync()
    for values in (world.sellsy.values(company), world.altior.values(tiers)):
        assert values["name"] == "B"
        assert values["phone"] == "0199999999"


def test_a_twin_by_siret_is_linked_frozen_and_not_written() -> None:
    world = World()
    company = world.sellsy.add(name="LEO", siret=SIRET, gate=None)
    tiers = world.altior.add(name="Léo", siret=SIRET, phone="0102030405")
    world.sync()
    [pair] = world.ledger.all_pairs()
    assert (pair.state, pair.code) == (State.FROZEN, "gate_off")
    expected = {"name": "LEO", "siret": SIRET, "phone": None, "email": None, "tags": None}
    assert world.sellsy.values(company) == expected
    assert world.altior.values(tiers)["name"] == "Léo"
    assert not world.sellsy.writes
    world.sellsy.tick(company)
    world.clock.advance(300)
    world.sync()
    assert world.sellsy.values(company)["phone"] == "0102030405"


def test_two_companies_of_one_siret_ticked_at_once_make_one_tiers_and_one_card() -> None:
    world = World()
    world.sellsy.add(name="Léo", siret=SIRET, gate=True)
    world.sellsy.add(name="Léo bis", siret=SIRET, gate=True)
    world.sync()
    assert len(world.altior.records) == 1
    [card] = world.ledger.cards()
    assert card.code == "siret_taken"


def test_a_lossy_side_never_shortens_the_original() -> None:
    world = World()
    world.altior.rewrite["name"] = lambda v: str(v)[:7].upper()
    company = world.sellsy.add(name="Société Générale", siret=SIRET, gate=True)
    world.sync()
    for _ in range(3):
        world.clock.advance(300)
        assert not any(world.sync().writes.values())
    assert world.sellsy.values(company)["name"] == "Société Générale"


def test_export_non_keeps_old_tiers_out_even_when_edited() -> None:
    world = World(tiers_export=False)
    from datetime import timedelta

    ids = [world.altior.add(name=f"T{n}", created=world.clock.now() - timedelta(days=30)) for n in range(10)]
    world.sync()
    for one in ids:
        world.altior.edit(one, name=f"edited {one}")
    world.sync()
    assert not world.sellsy.records
