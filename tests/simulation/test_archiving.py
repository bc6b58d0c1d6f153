"""Archiving that is followed: what was linked to it, unanswered, or went to and fro."""

import pytest

from altior_sellsy.service import decisions
from altior_sellsy.values.reference import Side
from tests.simulation.moments import later
from tests.simulation.test_gone_beside import SIRET, told
from tests.simulation.world import World, answer_lost_once

BY = "Claire Martin"


def followed() -> World:
    world = World()
    world.follow_archiving()
    return world


def test_a_live_client_that_a_person_links_to_an_archived_tiers_is_not_archived() -> None:
    world = followed()
    tiers = world.altior.add(name="Ancienne fiche", siret=SIRET, tags=[], archived=True)
    world.sync()
    live = world.sellsy.add(name="Alpha", siret=SIRET, tags=[], gate=True)
    world.sync()
    assert told(world) == ["siret_taken"]
    own, other = world.ref(Side.SELLSY, live), world.ref(Side.ALTIOR, tiers)
    decisions.decide(world.ledger, str(own), "link", to=str(other), by=BY, clock=world.clock)
    later(world, 300)
    assert world.sellsy.records[live].archived is False
    # Taken out by a person it is in step like any other; archived again, both are.
    world.altior.archive(tiers, False)
    later(world, 300)
    assert world.sellsy.records[live].fields["name"] == world.altior.records[tiers].fields["name"]
    world.altior.archive(tiers)
    later(world, 300)
    assert world.sellsy.records[live].archived is True


def test_what_went_with_an_archiving_that_was_not_answered_is_heard_once_it_is_out() -> None:
    """A person's undo of its un-archiving leaves with another field in one write."""
    world = followed()
    company = world.sellsy.add(name="Alpha", email="zero@alpha.example", tags=[], gate=True)
    later(world, 300)
    later(world, 300)
    [tiers] = world.altior.records
    for value in (True, False):
        world.altior.archive(tiers, value)
        later(world, 300)
        world.clock.advance(300)
    assert world.sellsy.records[company].archived is False
    reference = str(world.ref(Side.SELLSY, company))
    decisions.undo(world.ledger, reference, "archived", by=BY, clock=world.clock)
    world.altior.edit(tiers, email="un@alpha.example")
    world.sellsy.fault = answer_lost_once()
    world.sync()
    world.clock.advance(300)
    assert world.sellsy.records[company].archived is True
    assert world.sellsy.values(company)["email"] == "un@alpha.example"
    world.altior.edit(tiers, email="deux@alpha.example")
    later(world, 300)
    world.sellsy.archive(company, False)
    later(world, 300)
    later(world, 300)
    assert world.altior.records[tiers].archived is False
    assert world.altior.values(tiers)["email"] == "deux@alpha.example"
    assert world.sellsy.values(company)["email"] == "deux@alpha.example"


@pytest.mark.parametrize("archived", [True, False])
def test_the_card_of_an_archiving_that_went_to_and_fro_closes(archived: bool) -> None:
    world = followed()
    company = world.sellsy.add(name="Alpha", tags=[], gate=True)
    world.sync()
    [tiers] = world.altior.records
    world.clock.advance(300)
    for _ in range(3):
        world.sellsy.archive(company)
        world.sync()
        world.clock.advance(300)
        world.altior.archive(tiers, False)
        world.sync()
        world.clock.advance(300)
    assert told(world) == ["oscillating"]
    if archived:
        world.altior.archive(tiers)
    else:
        world.sellsy.archive(company, False)
    for _ in range(2):
        world.sync()
        world.clock.advance(300)
    assert (world.sellsy.records[company].archived, world.altior.records[tiers].archived) == (archived, archived)
    assert told(world) == []
