"""No second record of a SIRET is made while the first one is not shown: not indexed yet, or hidden for a moment."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.values.reference import Side
from tests.simulation.moments import later
from tests.simulation.test_gone_beside import SIRET, told
from tests.simulation.world import World


def indexed_late() -> World:
    """Beside another record; what is made is searched for in vain for a minute."""
    world = World()
    world.altior.add(name="Zoulou", tags=[])
    world.sync()
    world.clock.advance(300)
    world.sellsy.search_late = 60.0
    return world


def known() -> tuple[World, str]:
    """The company of the SIRET, without a pair, beside another one."""
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, tags=[], gate=None)
    world.sellsy.add(name="Bravo", tags=[], gate=None)
    world.sync()
    world.clock.advance(300)
    return world, company


def entered(world: World, name: str) -> None:
    """A tiers of the SIRET, signalled."""
    world.mark(world.ref(Side.ALTIOR, world.altior.add(name=name, siret=SIRET, tags=[])))


def drained(world: World, times: int) -> None:
    for _ in range(times):
        world.drain()
        world.clock.advance(1)
    later(world, 600)
    later(world, 600)


def test_a_tiers_entered_while_the_company_of_its_siret_is_not_in_the_index_yet() -> None:
    world = indexed_late()
    entered(world, "Un")
    world.drain()
    assert len(world.sellsy.records) == 2
    world.clock.advance(15)
    entered(world, "Deux")
    drained(world, 5)
    assert len(world.sellsy.records) == 2
    assert told(world) == ["siret_taken"]


def test_two_tiers_of_one_siret_entered_together() -> None:
    world = indexed_late()
    for name in ("Un", "Deux"):
        entered(world, name)
    drained(world, 10)
    assert len(world.sellsy.records) == 2
    assert told(world) == ["siret_taken"]


def test_a_record_without_a_pair_that_is_hidden_for_a_moment() -> None:
    world, company = known()
    hidden = world.sellsy.records.pop(company)
    entered(world, "Un")
    world.drain()
    world.clock.advance(3)
    world.drain()
    world.sellsy.records[company] = hidden
    later(world, 600)
    later(world, 900)
    assert len(world.sellsy.records) == 2
    assert len(world.ledger.all_pairs()) == 1


def test_records_without_a_pair_that_are_all_hidden_for_half_an_hour() -> None:
    """None that is known answers: rights, rather than deletions."""
    world, _ = known()
    hidden = dict(world.sellsy.records)
    world.sellsy.records.clear()
    entered(world, "Un")
    world.drain()
    for _ in range(2):
        later(world, 900)
    assert told(world) == ["siret_hidden"]
    world.sellsy.records.update(hidden)
    for _ in range(2):
        later(world, 900)
    assert len(world.sellsy.records) == 2
    assert len(world.ledger.all_pairs()) == 1
    assert not told(world)


def test_the_last_record_of_all_that_is_deleted_is_forgotten_once_another_one_answers() -> None:
    world = World()
    company = world.sellsy.add(name="Alpha", siret=SIRET, tags=[], gate=None)
    world.sync()
    world.clock.advance(300)
    world.sellsy.delete(company)
    world.altior.add(name="Un", siret=SIRET, tags=[])
    for _ in range(3):
        later(world, 900)
    assert told(world) == ["siret_hidden"]
    world.sellsy.add(name="Bravo", tags=[], gate=None)
    later(world, 900)
    later(world, 86_400)
    assert not told(world)
    assert len(world.ledger.all_pairs()) == 1


def test_a_record_that_was_archived_for_a_moment_in_an_account_that_hides_what_is_archived() -> None:
    """Nobody has looked at it while it was: shown as before, no scan finds it moved."""
    world, company = known()
    find = world.sellsy.find
    world.sellsy.find = lambda key, values: [one for one in find(key, values) if not one.archived]  # type: ignore[method-assign]
    world.sellsy.archive(company)
    entered(world, "Un")
    world.drain()
    assert told(world) == ["siret_taken"]
    world.sellsy.archive(company, False)
    for _ in range(3):
        later(world, 900)
    assert not told(world)
    assert len(world.ledger.all_pairs()) == 1


OTHER = "12345678900011"


def finds_late(world: World, seconds: float) -> None:
    """Sellsy's search finds and shows records as they stood so long ago; by id they are shown as they are."""
    sellsy = world.sellsy

    def find(key: str, values: Iterable[str]) -> list[Snapshot]:
        at, wanted, found = world.clock.now(), set(values), []
        for record in sellsy.records.values():
            for _, fields, modified in [h for h in record.history if h[0] <= at - timedelta(seconds=seconds)][-1:]:
                if str(fields.get(key)) in wanted:
                    old = replace(record, fields=dict(fields), modified=modified, content=None)
                    found.append(sellsy._snapshot(old, at))
        return found

    sellsy.find = find  # type: ignore[method-assign]


@pytest.mark.parametrize("asked", [False, True])
def test_a_siret_that_moved_is_made_once_while_the_index_shows_the_old_one(asked: bool) -> None:
    """`asked`: a tiers of the old SIRET meets the company by it in between."""
    world = World()
    company = world.sellsy.add(name="B", siret=SIRET, tags=[], gate=True)
    world.sync()
    world.clock.advance(600)
    finds_late(world, 60)
    world.sync()
    world.sellsy.edit(company, siret=OTHER)
    world.mark(world.ref(Side.SELLSY, company))
    world.settle(within=1)
    for name, siret in (("A", SIRET), ("C", OTHER))[not asked :]:
        world.mark(world.ref(Side.ALTIOR, world.altior.add(name=name, siret=siret, tags=[])))
        world.settle(within=1)
    later(world, 300)
    later(world, 86_400)
    sirets = sorted(str(record.fields["siret"]) for record in world.sellsy.records.values())
    assert sirets == ([OTHER, SIRET] if asked else [OTHER])
    assert told(world) == ["siret_taken"]


@pytest.mark.parametrize("together", [True, False])
def test_a_second_siret_that_comes_with_an_edit_asks(together: bool) -> None:
    """In Altior a client is given the SIRET of one that is added at once: one pass over both, or one after another."""
    world = World()
    first = world.altior.add(name="Alpha", tags=[])
    world.sync()
    world.clock.advance(300)
    world.altior.edit(first, siret=SIRET)
    if not together:
        world.mark(world.ref(Side.ALTIOR, first))
        world.settle(within=1)
    world.altior.add(name="Alpha SAS", siret=SIRET, tags=[])
    world.sync()
    later(world, 86_400)
    assert told(world) == ["siret_taken"]
    assert len(world.sellsy.records) == 1
