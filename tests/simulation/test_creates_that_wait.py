"""A create that is refused, does not leave, or waits for another's: what was asked before closes with its card, and
nobody is looked at without end."""

from collections.abc import Callable

import pytest

from altior_sellsy.errors import Invalid, NotSent
from altior_sellsy.values.reference import Side
from tests.simulation.moments import answering, failing, later
from tests.simulation.test_gone_beside import DAY, SIRET, SUPPLIER, told
from tests.simulation.test_two_volets import BOTH, bounded, let_in
from tests.simulation.world import Crash, World, never_made

REFUSED = Invalid("Altior refuse.", {})


def on_a_card(number: int = 1) -> tuple[World, list[str]]:
    """So many companies that could be two tiers, of which neither bears their SIRET any more."""
    world = World()
    tiers = [world.altior.add(name=name, siret=SIRET, roles=SUPPLIER, tags=[]) for name in ("Un", "Deux")]
    world.sync()
    companies = [world.sellsy.add(name=name, siret=SIRET, tags=[], gate=True) for name in ("A", "B")[:number]]
    world.sync()
    assert told(world) == ["siret_ambiguous"] * number
    world.clock.advance(300)
    for one in tiers:
        world.altior.edit(one, siret=None)
    return world, companies


def once_unticked(world: World, company: str) -> list[str]:
    world.altior.on_call = answering
    world.sellsy.tick(company, False)
    later(world, 300)
    later(world, DAY)
    return told(world)


# -- cards
def test_a_card_closes_when_its_record_waits_for_anothers_create_and_is_unticked() -> None:
    world, [first, second] = on_a_card(2)
    never_made(world, world.ref(Side.SELLSY, first))
    world.mark(world.ref(Side.SELLSY, second))
    world.settle(within=1)
    assert once_unticked(world, second) == []


@pytest.mark.parametrize(("error", "meanwhile"), [(NotSent("quota"), []), (REFUSED, ["failed"])])
def test_a_card_closes_when_its_record_may_be_made_and_is_not(error: Exception, meanwhile: list[str]) -> None:
    world, [company] = on_a_card()
    world.altior.on_call = failing("create", error)
    world.mark(world.ref(Side.SELLSY, company))
    world.settle(within=1)
    assert told(world) == meanwhile
    assert once_unticked(world, company) == []


def test_a_card_closes_also_when_the_process_dies_on_the_way() -> None:
    world, [company] = on_a_card()
    reference = world.ref(Side.SELLSY, company)
    world.altior.on_call = failing("create", NotSent("quota"))
    world.mark(reference)

    def dies_once_it_waits(point: str) -> None:
        if point == "after" and world.ledger.sightings([reference])[reference].code == "create_open":
            raise Crash(point)

    world.at_commit = dies_once_it_waits
    with pytest.raises(Crash):
        world.drain()
    world.at_commit = answering
    world.crash_and_restart()
    assert once_unticked(world, company) == []


def test_the_card_of_a_refusal_closes_when_the_next_create_does_not_leave() -> None:
    world = World()
    company = world.sellsy.add(name="A", tags=[], gate=True)
    world.altior.on_call = failing("create", REFUSED)
    world.sync()
    assert told(world) == ["failed"]
    world.clock.advance(300)
    world.altior.on_call = failing("create", NotSent("quota"))
    world.sellsy.edit(company, name="AA")
    world.mark(world.ref(Side.SELLSY, company))
    world.settle(within=1)
    assert once_unticked(world, company) == []


def two_suppliers() -> World:
    world = World()
    for name in ("Un", "Deux"):
        world.sellsy.add(name=name, siret=SIRET, gate=False, roles=SUPPLIER)
    return world


def test_the_card_of_a_refused_create_is_seen_beside_what_the_other_volet_asks() -> None:
    world = two_suppliers()
    tiers = world.altior.add(name="T", siret=SIRET, roles=BOTH)
    world.sellsy.on_call = failing("create", REFUSED)
    world.sync()
    let_in(world, tiers)
    world.sync()
    assert told(world) == ["failed", "siret_ambiguous"]
    world.sellsy.on_call = answering
    later(world, 300)
    world.altior.edit(tiers, phone="0102030405")
    later(world, 300)
    assert told(world) == ["siret_ambiguous"]


# -- two tiers of one SIRET, each client and supplier, that ask as suppliers
def both_ask(world: World) -> None:
    for name in ("T", "U"):
        tiers = world.altior.add(name=name, siret=SIRET, roles=SUPPLIER)
        world.mark(world.ref(Side.ALTIOR, tiers))
        world.settle(within=1)
        world.altior.records[tiers].roles = BOTH
        let_in(world, tiers)
        world.mark(world.ref(Side.ALTIOR, tiers))


def drained(world: World, seconds: float) -> None:
    for _ in range(int(seconds * 20)):
        world.drain()
        world.clock.advance(0.05)


def create_of_another_firm(world: World) -> None:
    never_made(world, world.ref(Side.ALTIOR, world.altior.add(name="Premier", tags=[])))


def create_of_their_siret(world: World) -> None:
    never_made(world, world.ref(Side.ALTIOR, world.altior.add(name="Premier", siret=SIRET, tags=[])))


def refusal(world: World) -> None:
    world.sellsy.on_call = failing("create", REFUSED)


@pytest.mark.parametrize("hindrance", [create_of_another_firm, create_of_their_siret, refusal])
def test_they_do_not_wake_each_other_without_end(
    hindrance: Callable[[World], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = two_suppliers()
    hindrance(world)
    both_ask(world)
    drained(world, 2)
    bounded(monkeypatch)
    drained(world, 20)
