"""What the tests of records that are hidden, archived or refused for a while share."""

from collections.abc import Callable

from altior_sellsy.kinds.contact.record import LINKS
from tests.simulation.contacts.world import ContactWorld
from tests.simulation.world import World


def later(world: World, seconds: float) -> None:
    world.clock.advance(seconds)
    world.sync()


def failing(call: str, error: Exception) -> Callable[[str], None]:
    """For `Simulated.on_call`: this call fails each time."""

    def fail(name: str) -> None:
        if name == call:
            raise error

    return fail


def answering(call: str) -> None:
    """For `Simulated.on_call`: nothing fails any more."""


class Office:
    """One company and its tiers, before their first contact."""

    def __init__(self) -> None:
        self.world = ContactWorld()
        assert self.world.contacts is not None
        self.view = self.world.contacts
        self.company = self.world.sellsy.add(name="Alpha", tags=[], gate=True)
        self.world.sync()
        [self.tiers] = self.world.altior.records
        self.world.clock.advance(300)

    def contact(self, name: str) -> str:
        """One of the company, ticked."""
        contact = self.view.sellsy.add(name=name, tags=[], gate=True)
        self.view.sellsy.edit(contact, **{LINKS: [self.company]})
        return contact
