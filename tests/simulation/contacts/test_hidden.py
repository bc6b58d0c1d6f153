"""Contacts of a third party that one side does not show for a while: they keep their links, and their roles."""

import pytest

from altior_sellsy.kinds.contact.record import LINKS
from altior_sellsy.sync.scan import scan
from altior_sellsy.values.reference import Side
from tests.simulation.contacts.roles import ROLE_OF
from tests.simulation.contacts.world import ContactWorld
from tests.simulation.moments import Office, later

MAIN = ROLE_OF["main_contact"]
DAY = 86_400.0


class Staffed(Office):
    """With one contact, the main one: Altior took the other roles away."""

    def __init__(self) -> None:
        super().__init__()
        self.linked = [self.company], [self.tiers]
        self.mine = self.contact("Durand")
        later(self.world, 600)
        [self.theirs] = self.view.altior.records
        assert self.links() == self.linked
        self.world.altior.give(self.tiers, self.theirs, [MAIN])
        self.world.altior.edit(self.tiers)
        later(self.world, 600)
        later(self.world, 600)

    def links(self) -> tuple[object, object]:
        """Of the contact, as they stand in Sellsy and in Altior."""
        in_sellsy, in_altior = self.view.sellsy.records[self.mine], self.view.altior.records[self.theirs]
        return in_sellsy.fields[LINKS], in_altior.fields[LINKS]


def looked_at(world: ContactWorld, *, minutes: int) -> None:
    for _ in range(minutes):
        for binding in world.engine.bindings:
            for side in Side:
                scan(world.engine, binding, side)
        for _ in range(10):
            world.drain()
            world.clock.advance(0.1)
        world.clock.advance(60)


@pytest.mark.parametrize("minutes", [5, 60])
@pytest.mark.parametrize("side", Side)
def test_a_contact_keeps_its_link_and_role_while_its_third_party_is_hidden(side: Side, minutes: int) -> None:
    office = Staffed()
    world = office.world
    records, id = {
        Side.SELLSY: (world.sellsy.records, office.company),
        Side.ALTIOR: (world.altior.records, office.tiers),
    }[side]
    hidden = records.pop(id)
    looked_at(world, minutes=minutes)
    assert office.links() == office.linked
    records[id] = hidden
    later(world, 600)
    later(world, DAY)
    assert office.links() == office.linked
    assert world.altior.roles == {office.tiers: {office.theirs: [MAIN]}}
