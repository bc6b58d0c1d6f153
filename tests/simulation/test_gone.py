"""What a side no longer shows: deleted, hidden, or only otherwise for the moment in which we asked."""

from altior_sellsy.ledger.model import Pair, State
from altior_sellsy.service.decisions import decide
from altior_sellsy.sync.scan import scan
from altior_sellsy.values.reference import Side
from tests.simulation.world import World

SIRET = "73282932000074"
DAY = 86_400.0


def with_one_pair() -> tuple[World, str]:
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, gate=True)
    world.sync()
    world.clock.advance(300)
    return world, company


def the_pair(world: World) -> Pair:
    [pair] = world.ledger.all_pairs()
    return pair


def told(world: World) -> list[str]:
    return [card.code for card in world.ledger.cards()]


def gone_unsure() -> tuple[World, str]:
    """The last known company, no longer there: nothing else answers that could tell a deletion from lost rights."""
    world, company = with_one_pair()
    world.sellsy.delete(company)
    world.sync()
    assert told(world) == ["gone_unsure"]
    assert (the_pair(world).state, the_pair(world).closed) == (State.HELD, False)
    return world, company


def test_the_last_known_one_that_is_gone_is_asked_for_less_and_less_often() -> None:
    world, _ = gone_unsure()
    asked = list[str]()
    world.sellsy.on_call = asked.append
    began = world.clock.now()
    for _ in range(1000):
        due = world.drain().next_due
        assert due is not None
        if (due - began).total_seconds() > 10 * DAY:
            break
        world.clock.advance((due - world.clock.now()).total_seconds())
    assert 10 <= asked.count("observe") < 20
    assert told(world) == ["gone_unsure"]


def test_the_last_known_one_is_found_deleted_within_a_day_once_another_one_answers() -> None:
    world, _ = gone_unsure()
    world.sellsy.add(name="Bravo", gate=False)
    world.sync()
    world.clock.advance(DAY)
    world.settle()
    assert told(world) == ["gone"]
    assert not world.ledger.all_pairs()


def test_one_that_was_only_hidden_comes_back_and_its_card_closes() -> None:
    world, company = gone_unsure()
    world.sellsy.records[company] = world.sellsy.last[company]
    world.sellsy.edit(company, phone="0123456789")
    world.sync()
    [tiers] = world.altior.records.values()
    assert tiers.fields["phone"] == "0123456789"
    assert the_pair(world).state is State.IN_STEP
    assert not told(world)


def test_a_person_unlinks_one_of_which_nobody_can_tell_whether_it_is_deleted() -> None:
    world, _ = gone_unsure()
    decide(world.ledger, str(the_pair(world).altior), "unlink", by="Claire Martin", clock=world.clock)
    world.settle()
    [tiers] = world.altior.records.values()
    assert not tiers.stamps
    assert not world.ledger.all_pairs()
    assert not told(world)


def test_who_rests_because_of_a_record_that_was_archived_for_a_moment_is_linked_to_it() -> None:
    """Archived between our reading of it and our search for it, and back before anybody looked at it again."""
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, gate=False)
    tiers = world.altior.add(name="Alpha", siret=SIRET)

    def archived(name: str) -> None:
        if name == "find":
            world.sellsy.on_call = lambda name: None
            world.sellsy.archive(company)

    world.sellsy.on_call = archived
    scan(world.engine, world.binding, Side.SELLSY)
    scan(world.engine, world.binding, Side.ALTIOR)
    world.drain()
    assert told(world) == ["siret_taken"]
    world.sellsy.archive(company, False)
    world.clock.advance(300)
    world.sync()
    assert (the_pair(world).sellsy.id, the_pair(world).altior.id, the_pair(world).code) == (company, tiers, "gate_off")
    assert not told(world)


def test_two_that_rest_because_of_each_other_come_to_rest() -> None:
    """Each stands, in the search, otherwise than it was last looked at."""
    world = World()
    world.sellsy.add(name="Alpha", siret=SIRET, gate=True)
    world.sellsy.add(name="Bravo", siret=SIRET, gate=True)
    world.altior.add(name="Charlie", siret=SIRET)
    world.altior.add(name="Delta", siret=SIRET)
    names = iter(f"Nom {n}" for n in range(100))

    def renamed(name: str) -> None:
        if name == "find":
            for one in world.sellsy.records:
                world.sellsy.edit(one, name=next(names, "Fin"))

    world.altior.on_call = world.sellsy.on_call = renamed
    world.sync()
    world.altior.on_call = world.sellsy.on_call = lambda name: None
    world.sync()
    calls = world.sellsy.calls + world.altior.calls
    world.drain()
    assert world.sellsy.calls + world.altior.calls == calls
