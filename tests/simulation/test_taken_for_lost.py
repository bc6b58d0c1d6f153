"""A write without an answer is taken for lost while a reading may lag, and another one is sent in its place: neither is
forgotten, whichever of them arrives, leaves, or is refused, and nobody's edit is beaten by what we sent ourselves."""

from collections.abc import Callable

import pytest

from altior_sellsy.errors import Final, NotSent, Unclear
from altior_sellsy.ledger.model import Value
from altior_sellsy.values.reference import Side
from tests.simulation.test_answered_in_part import nothing_is_open
from tests.simulation.test_decisions_on_pairs import both, paired
from tests.simulation.test_unanswered import lands_after, leaves_not
from tests.simulation.world import Crash, World


def taken_for_lost(world: World, tiers: str, **fields: Value) -> None:
    """What Altior's people enter lands in Sellsy after 25 s, and a reading shows it 20 s later."""
    world.sellsy.late, world.sellsy.stale_for = lands_after(world, 25), 20.0
    world.altior.edit(tiers, **fields)
    world.mark(world.ref(Side.ALTIOR, tiers))
    world.drain()
    world.clock.advance(31)


def later(world: World, seconds: float = 200) -> None:
    world.clock.advance(seconds)
    world.sync()


def conflicts(world: World) -> list[Value]:
    return [entry.before for entry in world.ledger.journal() if entry.action == "conflict"]


def refusing(value: str) -> Callable[[dict[str, Value]], dict[str, str]]:
    return lambda fields: {name: "Non." for name, one in fields.items() if one == value}


@pytest.mark.parametrize(
    ("field", "before", "after"), [("phone", "0102030405", "0102030406"), ("archived", False, True)]
)
def test_taken_back_at_its_source_it_stays_taken_back(field: str, before: Value, after: Value) -> None:
    """The second write does not leave; then the first one is shown."""
    world = World()
    world.follow_archiving()
    world.sellsy.add(name="Alpha", gate=True, phone="0102030405")
    world.sync()
    [tiers] = world.altior.records
    world.clock.advance(300)
    taken_for_lost(world, tiers, **{field: after})
    leaves_not(world, [NotSent("quota")])
    world.drain()
    world.altior.edit(tiers, **{field: before})
    world.clock.advance(1)
    world.mark(world.ref(Side.ALTIOR, tiers))
    world.drain()
    later(world)
    assert both(world, field) == {before}
    assert nothing_is_open(world)


def test_what_the_first_has_replaced_is_told_though_the_second_is_refused() -> None:
    world, company, tiers = paired()
    world.sellsy.edit(company, name="Bravo")
    taken_for_lost(world, tiers, name="Charlie")
    world.altior.edit(tiers, name="Delta")
    world.sellsy.refuse = refusing("Delta")
    world.drain()
    later(world)
    assert "Bravo" in conflicts(world)
    assert world.altior.values(tiers)["name"] == "Delta"
    assert nothing_is_open(world)


@pytest.mark.parametrize("touched", [False, True])
def test_our_own_first_write_does_not_beat_what_the_other_side_refuses(touched: bool) -> None:
    world, company, tiers = paired(phone="0102030405")
    taken_for_lost(world, tiers, phone="0102030411")
    world.altior.edit(tiers, phone="0102030499")
    world.sellsy.refuse = refusing("0102030499")
    world.drain()
    world.clock.advance(200)
    if touched:
        world.sellsy.edit(company, email="leo@exemple.fr")
    world.sync()
    later(world)
    assert world.altior.values(tiers)["phone"] == "0102030499"
    assert conflicts(world) == []
    assert nothing_is_open(world)


def test_a_final_refusal_leaves_nothing_open() -> None:
    """A month later a person types in Sellsy what had been sent first, and never landed: it is her edit."""
    world, company, tiers = paired(phone="0102030405")
    leaves_not(world, [Unclear("réponse perdue"), *[Final("Interdit.")] * 50])
    world.altior.edit(tiers, phone="0102030406")
    world.mark(world.ref(Side.ALTIOR, tiers))
    world.settle(within=1)
    world.clock.advance(31)
    world.altior.edit(tiers, phone="0102030407")
    world.drain()
    later(world, 86_400)
    assert nothing_is_open(world)
    world.clock.advance(30 * 86_400)
    world.sellsy.fault = lambda point: None
    world.sellsy.edit(company, phone="0102030406")
    world.sync()
    assert conflicts(world)


def test_the_first_shown_exactly_is_not_taken_for_the_second_cut_short() -> None:
    world, _, tiers = paired()
    taken_for_lost(world, tiers, name="Menuiserie Léo")
    world.altior.edit(tiers, name="Menuiserie Léo SARL")
    world.crash_at = "announced"
    with pytest.raises(Crash):
        world.drain()
    world.crash_and_restart()
    later(world)
    assert both(world, "name") == {"Menuiserie Léo SARL"}


def test_the_second_lands_at_its_deadline_though_its_source_went_back_to_the_first() -> None:
    world, _, tiers = paired(phone="0102030405")
    taken_for_lost(world, tiers, phone="0102030406")
    world.altior.edit(tiers, phone="0102030407")
    world.sellsy.late = lands_after(world, 29)
    world.drain()
    world.altior.edit(tiers, phone="0102030406")
    world.mark(world.ref(Side.ALTIOR, tiers))
    world.settle()
    world.sync()
    later(world)
    assert both(world, "phone") == {"0102030406"}
    assert nothing_is_open(world)


def test_of_three_in_a_row_the_last_word_stands_though_it_did_not_leave() -> None:
    world, _, tiers = paired(phone="0102030405")
    taken_for_lost(world, tiers, phone="0102030411")
    world.altior.edit(tiers, phone="0102030422")
    world.sellsy.late = lands_after(world, 29)
    world.drain()
    world.clock.advance(31)
    world.altior.edit(tiers, phone="0102030433")
    world.mark(world.ref(Side.ALTIOR, tiers))
    leaves_not(world, [NotSent("quota")])
    world.drain()
    later(world, 25)
    later(world)
    assert both(world, "phone") == {"0102030433"}
    assert conflicts(world) == []
    assert nothing_is_open(world)


def test_an_edit_between_our_reading_and_our_refused_write_is_seen() -> None:
    world, company, tiers = paired(phone="0102030405")
    world.sellsy.refuse = refusing("0102030499")
    world.altior.edit(tiers, phone="0102030499")
    hers = iter(["0102030477"])

    def meanwhile(call: str) -> None:
        if call == "update" and (phone := next(hers, None)):
            world.sellsy.edit(company, phone=phone)

    world.sellsy.on_call = meanwhile
    world.sync()
    later(world)
    assert both(world, "phone") == {"0102030477"}
    assert conflicts(world)
