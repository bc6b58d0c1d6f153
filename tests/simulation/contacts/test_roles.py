"""Main, invoicing and dunning contact beside lost answers; planted defects of roles are caught."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from altior_sellsy.kinds.contact.record import LINKS
from altior_sellsy.values.reference import Side
from tests.simulation.contacts import roles, world
from tests.simulation.contacts.history import run
from tests.simulation.contacts.world import ContactWorld
from tests.simulation.world import Crash

CAUGHT_WITHIN = 150
MAIN = "main_contact"


class Firm:
    """One company, one tiers, their contact: its only one, so Sellsy gave it all roles."""

    def __init__(self) -> None:
        self.world = ContactWorld()
        assert self.world.contacts is not None
        self.view = self.world.contacts
        self.company = self.world.sellsy.add(name="Alpha", tags=[], gate=True)
        self.contact = self.view.sellsy.add(name="Durand", tags=[], gate=True)
        self.view.sellsy.edit(self.contact, **{LINKS: [self.company]})
        self.later()

    def later(self) -> None:
        self.world.sync()
        self.world.clock.advance(300)

    @property
    def roles(self) -> list[str]:
        """As Altior holds them."""
        [links] = self.world.altior.roles.values()
        [held] = links.values()
        return held


def test_the_only_contact_has_all_roles_in_altior_too() -> None:
    firm = Firm()
    assert firm.roles == list(roles.ROLE_OF.values())


def test_a_role_whose_writing_was_not_answered_is_ours_to_take_back() -> None:
    """It arrived unheard, and the contact lost it in Sellsy before that was known."""
    firm = Firm()
    firm.world.sellsy.set_roles(firm.company, firm.contact, ())
    firm.later()
    assert firm.roles == []
    firm.world.sellsy.set_roles(firm.company, firm.contact, [MAIN])
    firm.world.mark(firm.world.ref(Side.SELLSY, firm.company))
    firm.world.crash_at = "written"
    with pytest.raises(Crash):
        firm.world.drain()
    assert firm.roles == [roles.ROLE_OF[MAIN]]
    firm.world.sellsy.set_roles(firm.company, firm.contact, ())
    firm.world.crash_and_restart()
    firm.later()
    firm.later()
    assert firm.roles == []


def test_a_role_that_arrived_unheard_is_ours_also_if_sellsy_meanwhile_names_somebody_unknown() -> None:
    firm = Firm()
    firm.world.sellsy.set_roles(firm.company, firm.contact, ())
    firm.later()
    firm.world.sellsy.set_roles(firm.company, firm.contact, [MAIN])
    firm.world.mark(firm.world.ref(Side.SELLSY, firm.company))
    firm.world.crash_at = "written"
    with pytest.raises(Crash):
        firm.world.drain()
    other = firm.view.sellsy.add(name="Martin", tags=[], gate=None)  # not let in yet
    firm.view.sellsy.edit(other, **{LINKS: [firm.company]})
    firm.world.sellsy.set_roles(firm.company, other, [MAIN])
    firm.world.crash_and_restart()
    firm.later()
    firm.view.sellsy.tick(other)
    firm.later()
    firm.later()
    [links] = firm.world.altior.roles.values()
    names = {one.id: one.fields["name"] for one in firm.view.altior.records.values()}
    assert {names[id]: held for id, held in links.items()} == {"Durand": [], "Martin": [roles.ROLE_OF[MAIN]]}


def test_a_role_lost_with_a_link_of_ours_comes_back_with_it() -> None:
    """Unlinked in Sellsy, and linked again before anybody looked at the company: it names the same contact."""
    firm = Firm()
    firm.view.sellsy.edit(firm.contact, **{LINKS: []})
    firm.view.mark(firm.view.ref(Side.SELLSY, firm.contact))

    def again(name: str) -> None:
        if name == "update":
            firm.view.altior.on_call = lambda name: None
            firm.view.sellsy.edit(firm.contact, **{LINKS: [firm.company]})

    firm.view.altior.on_call = again
    firm.world.drain()
    assert any(turn.ours and not turn.given for turn in firm.world.altior.turns)
    firm.later()
    firm.later()
    assert firm.roles == list(roles.ROLE_OF.values())


def test_a_role_lost_with_a_link_comes_back_even_if_its_third_party_was_looked_at_first() -> None:
    """The process died once it had taken the link away; the contact is linked again before that is known."""
    firm = Firm()
    firm.view.sellsy.edit(firm.contact, **{LINKS: []})
    firm.view.mark(firm.view.ref(Side.SELLSY, firm.contact))
    firm.world.crash_at = "written"
    with pytest.raises(Crash):
        firm.world.drain()
    firm.view.sellsy.edit(firm.contact, **{LINKS: [firm.company]})
    firm.world.crash_and_restart()
    firm.world.mark(firm.world.ref(Side.SELLSY, firm.company))
    firm.world.drain()
    firm.later()
    firm.later()
    assert firm.roles == list(roles.ROLE_OF.values())


def test_a_role_on_a_link_that_stands_all_the_same_is_ours_to_take_back() -> None:
    """Altior's people took the link away, a role that Sellsy gave meanwhile brought it back; then Sellsy took it."""
    firm = Firm()
    other = firm.view.sellsy.add(name="Martin", tags=[], gate=True)  # so that a link alone gives no role
    firm.view.sellsy.edit(other, **{LINKS: [firm.company]})
    firm.world.sellsy.set_roles(firm.company, firm.contact, ())
    firm.later()
    [tiers] = firm.world.altior.records
    [contact] = (one.id for one in firm.view.altior.records.values() if one.fields["name"] == "Durand")
    firm.view.altior.edit(contact, **{LINKS: []})
    firm.view.mark(firm.view.ref(Side.ALTIOR, contact))
    firm.world.crash_at = "announced"
    with pytest.raises(Crash):
        firm.world.drain()
    firm.world.sellsy.set_roles(firm.company, firm.contact, [MAIN])
    firm.world.crash_and_restart()
    firm.world.mark(firm.world.ref(Side.SELLSY, firm.company))
    firm.world.drain()
    assert firm.world.altior.roles[tiers][contact] == [roles.ROLE_OF[MAIN]]
    firm.view.sellsy.edit(firm.contact, **{LINKS: []})
    firm.view.mark(firm.view.ref(Side.SELLSY, firm.contact))
    firm.world.clock.advance(60)
    firm.world.drain()
    firm.later()
    firm.later()
    assert not any(firm.world.altior.roles[tiers].values())


def test_a_role_that_altior_gave_stays() -> None:
    firm = Firm()
    firm.world.sellsy.set_roles(firm.company, firm.contact, ())
    firm.later()
    [tiers] = firm.world.altior.records
    [contact] = firm.view.altior.records
    firm.world.altior.give(tiers, contact, [roles.ROLE_OF[MAIN]])
    firm.world.altior.edit(tiers)
    firm.later()
    assert (firm.roles, firm.world.sellsy.pointers[firm.company]) == ([roles.ROLE_OF[MAIN]], {})


# -- planted defects
Plant = Callable[[pytest.MonkeyPatch], None]


def roles_do_not_travel(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(roles, "write_altior", lambda *_: None)


def roles_are_never_taken_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(world, "bind_pointers", lambda pair, snapshots: snapshots[Side.ALTIOR])


def roles_ascend(patch: pytest.MonkeyPatch) -> None:
    fields = tuple(replace(f, ascends=True) if f.name == MAIN else f for f in world.PARTY.fields)
    patch.setattr(world, "PARTY", replace(world.PARTY, fields=fields))
    accept = roles.SellsyParties._accept

    def planted(self: Any, write: Any, accepted: dict[str, Any]) -> None:
        accept(self, write, {name: value for name, value in accepted.items() if name != MAIN})
        if MAIN in accepted:
            self.writes.append(("update", write.snapshot.reference.id, accepted))

    patch.setattr(roles.SellsyParties, "_accept", planted)


@pytest.mark.parametrize("defect", [roles_do_not_travel, roles_are_never_taken_back, roles_ascend])
def test_a_planted_defect_of_roles_is_caught(defect: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    defect(monkeypatch)
    caught = next((v for seed in range(CAUGHT_WITHIN) if (v := run(seed)).fault), None)
    assert caught is not None
    assert "role" in caught.fault, caught.fault
    print(f"{defect.__name__}: history {caught.seed}: {caught.fault}")
