"""A card closes with its cause, also where the record was hidden meanwhile, or asked in one of its two volets."""

from altior_sellsy.errors import Invalid, Unclear
from altior_sellsy.sync.scan import scan
from altior_sellsy.values.reference import Side
from tests.simulation.moments import answering, failing, later
from tests.simulation.test_gone_beside import DAY, SIRET, told
from tests.simulation.test_two_volets import BOTH, asks_as_supplier, let_in
from tests.simulation.world import World

CLIENT = frozenset({"client"})
NOBODY = "sellsy:97417:company:999"


# -- what fails, or is refused
def one_pair() -> tuple[World, str, str]:
    world = World()
    company = world.sellsy.add(name="Alpha", gate=True, phone="0102030405")
    world.sync()
    [tiers] = world.altior.records
    world.clock.advance(300)
    return world, company, tiers


def tried_for_hours(world: World) -> None:
    for _ in range(40):
        world.drain()
        world.clock.advance(300)


def test_the_card_of_one_that_the_search_did_not_show_closes_once_it_does() -> None:
    world, company, _ = one_pair()
    world.sellsy.add(name="Bravo", gate=True)
    world.sync()
    world.clock.advance(300)
    world.sellsy.hidden.add(company)  # asked for by itself, it answers
    world.mark(world.ref(Side.SELLSY, company))
    tried_for_hours(world)
    assert "fault" in told(world)
    world.sellsy.hidden.clear()
    later(world, 1000)
    later(world, DAY)
    assert not told(world)


def test_the_card_of_a_write_that_failed_again_and_again_closes_once_it_is_done() -> None:
    world, company, tiers = one_pair()
    world.altior.on_call = failing("update", Unclear("panne"))
    world.sellsy.edit(company, phone="0102030499")
    world.mark(world.ref(Side.SELLSY, company))
    tried_for_hours(world)
    assert told(world) == ["fault"]
    world.altior.on_call = answering
    later(world, 1000)
    later(world, DAY)
    assert world.altior.values(tiers)["phone"] == "0102030499"
    assert not told(world)


def test_the_card_of_a_refused_write_closes_though_the_company_was_hidden_meanwhile() -> None:
    world, company, tiers = one_pair()
    world.altior.on_call = failing("update", Invalid("non", {}))
    world.sellsy.edit(company, phone="0102030499")
    world.sync()
    assert told(world) == ["failed"]
    world.altior.on_call = answering
    world.clock.advance(300)
    world.sellsy.delete(company)
    world.sync()
    later(world, DAY)
    world.sellsy.records[company] = world.sellsy.last[company]
    world.sellsy.edit(company, phone="0102030488")
    later(world, 600)
    later(world, DAY)
    assert world.altior.values(tiers)["phone"] == "0102030488"
    assert not told(world)


# -- what one of two volets asked, while the other one is linked
def linked_as_client() -> tuple[World, str, str]:
    world = World()
    client = world.sellsy.add(name="Client", siret=SIRET, gate=True)
    world.sync()
    [tiers] = world.altior.records
    return world, client, tiers


def test_the_card_of_an_unknown_reference_closes_when_it_is_taken_away() -> None:
    world, _, tiers = linked_as_client()
    record = world.altior.records[tiers]
    record.roles = BOTH
    record.stamps |= {NOBODY}
    world.altior.edit(tiers, phone="0102030405")
    world.sync()
    assert told(world) == ["stamp_unknown"]
    world.clock.advance(300)
    record.stamps -= {NOBODY}
    world.altior.edit(tiers, phone="0102030406")
    world.sync()
    later(world, DAY)
    assert not told(world)


def test_what_one_volet_asked_is_closed_though_the_client_is_not_shown() -> None:
    world = World()
    tiers, client, _ = asks_as_supplier(world)
    world.sellsy.hidden.add(client)
    world.altior.records[tiers].roles = CLIENT
    world.altior.edit(tiers, phone="0102030406")
    for _ in range(200):
        scan(world.engine, world.binding, Side.ALTIOR)
        world.drain()
        world.clock.advance(60)
    assert "siret_ambiguous" not in told(world)


def test_the_card_of_a_volet_that_was_refused_closes_when_it_is_no_longer_there() -> None:
    world, client, tiers = linked_as_client()
    world.sellsy.on_call = failing("create", Invalid("non", {}))
    world.altior.records[tiers].roles = BOTH
    world.altior.edit(tiers, phone="0102030405")
    world.sync()
    let_in(world, tiers)
    world.sync()
    assert told(world) == ["failed"]
    world.clock.advance(300)
    world.sellsy.edit(client, phone="0102030409")
    world.sync()
    world.clock.advance(300)
    world.altior.records[tiers].roles = CLIENT
    world.altior.edit(tiers, phone="0102030406")
    world.sync()
    later(world, DAY)
    assert not told(world)


def test_the_reference_of_a_company_that_is_deleted_asks_nothing_in_the_other_volet() -> None:
    world, client, tiers = linked_as_client()
    world.sellsy.add(name="Autre", gate=False)
    world.altior.records[tiers].roles = BOTH
    world.altior.edit(tiers, phone="0102030405")
    world.sync()
    assert not told(world)
    world.clock.advance(300)
    world.sellsy.delete(client)
    world.sync()
    later(world, DAY)
    assert told(world) == ["gone"]
