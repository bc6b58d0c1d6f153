"""Creates in Sellsy whose answer was lost, and what people enter in their very second."""

from altior_sellsy.service.decisions import decide
from altior_sellsy.values.reference import Side
from tests.simulation.test_decisions_on_pairs import BY, SIRET
from tests.simulation.test_unanswered import names
from tests.simulation.world import World, made_unanswered


def made_in_one_second(world: World, *, name: str, ours: dict[str, str]) -> str:
    """The tiers whose create was not answered, beside a company of its SIRET that somebody has entered in the very
    second. `ours`: what people make of the one that the connector has made."""
    tiers = world.altior.add(name="Alpha", siret=SIRET, email="alpha@alpha.test")
    made_unanswered(world, world.ref(Side.ALTIOR, tiers))
    [made] = world.sellsy.records.values()
    world.sellsy.edit(made.id, **ours)
    world.sellsy.add(name=name, siret=SIRET, gate=True, created=made.created)
    return made.id


def test_what_a_lost_create_has_made_is_known_by_its_name_beside_one_of_its_firm() -> None:
    world = World()
    made = made_in_one_second(world, name="Alpha SAS", ours={"email": "a@alpha.test"})
    world.sync()
    world.clock.advance(700)
    world.sync()
    [pair] = world.ledger.all_pairs()
    assert pair.sellsy.id == made
    assert names(world) == ["Alpha", "Alpha SAS"]


def test_while_nobody_knows_what_a_lost_create_has_made_no_other_record_takes_its_source() -> None:
    """Linked to the one that somebody entered, it would leave its own double in Sellsy without a word."""
    world = World()
    made = made_in_one_second(world, name="Alpha SAS", ours={"name": "Alpha & fils", "email": "b@alpha.test"})
    world.sync()
    world.clock.advance(700)
    world.sync()
    assert not world.ledger.all_pairs()
    [tiers] = world.altior.records
    assert {(card.code, card.reference) for card in world.ledger.cards()} >= {
        ("create_unsure", world.ref(Side.ALTIOR, tiers))
    }
    decide(
        world.ledger,
        str(world.ref(Side.ALTIOR, tiers)),
        "link",
        to=str(world.ref(Side.SELLSY, made)),
        by=BY,
        clock=world.clock,
    )
    world.sync()
    [pair] = world.ledger.all_pairs()
    assert pair.sellsy.id == made
    world.clock.advance(700)
    world.sync()
    assert [card.code for card in world.ledger.cards()] == ["siret_taken"]
