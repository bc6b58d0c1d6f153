"""What would be wrong in numbers stops the environment before it is written."""

from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.service import environments
from altior_sellsy.values.reference import Side
from tests.simulation.people import siret_of
from tests.simulation.world import World


def world_with(number: int) -> World:
    world = World()
    for one in range(number):
        world.sellsy.add(name=f"Société {one}", gate=True)
    world.sync()
    world.clock.advance(600)
    world.sellsy.writes.clear()
    world.altior.writes.clear()
    return world


def rename(world: World, number: int) -> None:
    for id in list(world.sellsy.records)[:number]:
        world.sellsy.edit(id, name=f"Import {id}")


def test_sixty_records_rewritten_at_once_stop_the_environment_with_one_card() -> None:
    world = world_with(60)
    rename(world, 60)
    world.sync()
    environment = world.ledger.environment()
    assert environment.status is EnvironmentStatus.PAUSED
    assert not world.altior.writes
    [card] = world.ledger.cards()
    assert card.code == "rewrites_many"
    assert len(card.data["first"]) == 20

    environments.resume(world.ledger, world.clock, "Claire Martin")
    world.sync()
    assert len(world.altior.writes) == 60
    assert not world.ledger.cards()


def test_fifty_are_ordinary_work() -> None:
    world = world_with(60)
    rename(world, 50)
    world.sync()
    assert world.ledger.environment().status is EnvironmentStatus.ACTIVE
    assert len(world.altior.writes) == 50


def test_people_who_work_all_day_do_not_add_up() -> None:
    world = world_with(60)
    for id in list(world.sellsy.records):
        world.sellsy.edit(id, name=f"À la main {id}")
        world.sync()
        world.clock.advance(30)
    assert world.ledger.environment().status is EnvironmentStatus.ACTIVE
    assert len(world.altior.writes) == 60


def test_of_a_large_kind_five_percent_are_allowed() -> None:
    world = world_with(1300)
    rename(world, 60)
    world.sync()
    assert world.ledger.environment().status is EnvironmentStatus.ACTIVE


def test_after_a_restore_whoever_resumes_gets_a_card_each_and_the_others_go_on() -> None:
    world = World()
    for one in range(4):
        world.altior.add(name=f"Société {one}")
    world.altior.back_up()
    world.sync()
    world.sellsy.add(name="Née depuis", gate=True)
    world.clock.advance(600)
    world.altior.restore()
    world.sync()
    assert [c.code for c in world.ledger.cards()] == ["other_records"]

    environments.resume(world.ledger, world.clock, "Claire Martin")
    world.sync()
    assert world.ledger.environment().status is EnvironmentStatus.ACTIVE
    assert [c.code for c in world.ledger.cards()] == ["stamp_missing"] * 4
    assert [r.fields["name"] for r in world.altior.records.values() if r.stamps] == ["Née depuis"]
    world.clock.advance(2 * 86400)
    world.sync()
    assert world.ledger.environment().status is EnvironmentStatus.ACTIVE


def test_whose_siret_stood_elsewhere_is_looked_at_again_once_it_does_not() -> None:
    world = World()
    siret = siret_of(1)
    world.sellsy.add(name="Première", siret=siret, gate=True)
    second = world.sellsy.add(name="Deuxième", siret=siret, gate=True)
    world.sync()
    reference = world.ref(Side.SELLSY, second)
    assert world.ledger.sightings([reference])[reference].code == "siret_taken"

    [tiers] = world.altior.records
    world.altior.edit(tiers, siret=None)
    world.sync()
    assert len(world.altior.records) == 2
    assert not world.ledger.cards()
