"""Random histories of contacts beside their third parties, judged from outside."""

from collections.abc import Callable, Sequence
from functools import partial

from altior_sellsy.kinds.contact.record import LINKS
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.kinds.third_party.record import CONTACT_POINTERS
from altior_sellsy.ledger.model import Value
from altior_sellsy.values.reference import Side
from tests.simulation import history
from tests.simulation.contacts.role_judge import RoleJudge
from tests.simulation.contacts.roles import ROLE_OF
from tests.simulation.contacts.world import ContactWorld
from tests.simulation.history import Verdict, told
from tests.simulation.judge import Judge
from tests.simulation.people import NAMES, People
from tests.simulation.simulated import Record, Simulated
from tests.simulation.tape import Tape
from tests.simulation.world import World


class ContactPeople(People):
    """They add contacts to third parties of their side, and change whom a contact belongs to."""

    parties: ContactWorld

    def add(self, side: Side) -> None:
        rng, system = self.rng, self._system(side)
        fields: dict[str, Value] = {
            name: self._unique(name) if name == "name" or rng.chance(0.6) else None for name in NAMES
        }
        gate = {"gate": rng.choice((True, True, None, False))} if side is Side.SELLSY else {}
        id = system.add(**fields, tags=[], **gate)
        system.edit(id, **{LINKS: self._some_parents(side)})
        self.deeds.born[side, id] = self.world.clock.now()
        if gate:
            self.deeds.ticks[id] = gate["gate"]
        for name in NAMES:
            self.deeds.give(side, id, name, fields[name], system.records[id].fields[name])
        self.say(f"add contact {side.value} {id} {fields['name']} of {system.records[id].fields[LINKS]}")
        self.signal(side, id)

    def relink(self) -> None:
        side = self.rng.choice((Side.SELLSY, Side.ALTIOR))
        system = self._system(side)
        if not system.records:
            return
        record = self.rng.choice(list(system.records.values()))
        system.edit(record.id, **{LINKS: self._some_parents(side)})
        self.say(f"contact {side.value} {record.id} now of {record.fields[LINKS]}")
        self.signal(side, record.id)

    def reassign(self, others: People) -> None:
        """Main, invoicing and dunning contact: which of them a contact is. `others`: they hear of its third party."""
        side = self.rng.choice((Side.SELLSY, Side.ALTIOR))
        sellsy, altior = self.parties.sellsy, self.parties.altior
        linked = sellsy.contacts_of if side is Side.SELLSY else altior.roles
        mine = [
            id
            for id, contacts in linked.items()
            if contacts and id in (sellsy if side is Side.SELLSY else altior).records
        ]
        if not mine:
            return
        party = self.rng.choice(mine)
        contact = self.rng.choice(list(linked[party]))
        wanted = [pointer for pointer in CONTACT_POINTERS if self.rng.chance(0.5)]
        if side is Side.SELLSY:
            sellsy.set_roles(party, contact, wanted)
        else:
            altior.give(party, contact, [ROLE_OF[pointer] for pointer in wanted])
            altior.edit(party)
        self.say(f"contact {side.value} {contact} is {wanted} of {party}")
        others.signal(side, party)

    def _some_parents(self, side: Side) -> Value:
        known = self.parties.sellsy if side is Side.SELLSY else self.parties.altior
        ids = sorted(known.records)
        return sorted({self.rng.choice(ids) for _ in range(self.rng.choice((0, 1, 1, 1, 2)))}) if ids else []


class History(history.History):
    world: ContactWorld

    def _make_world(self) -> World:
        return ContactWorld()

    def _systems(self) -> Sequence[Simulated]:
        assert self.world.contacts is not None
        return (self.world.sellsy, self.world.altior, self.world.contacts.sellsy, self.world.contacts.altior)

    def _habits(self) -> None:
        assert self.world.contacts is not None
        super()._habits()
        view, rng = self.world.contacts, self.rng
        view.sellsy.default_gate = rng.choice((None, False))
        view.sellsy.stale_for, view.sellsy.ever_stale = self.world.sellsy.stale_for, self.world.sellsy.ever_stale
        self.people.rares = ("archive", "archive", "delete", "hide")
        self.contact_people = ContactPeople(view.as_world(), rng, self._say)
        self.contact_people.parties = self.world
        self.contact_people.rare = self.people.rare
        self.contact_people.rares = ("archive", "archive", "delete")

    def _act(self) -> None:
        roll = self.rng.randrange(12)
        if roll < 4:
            self.people.act()
        elif roll < 8:
            self.contact_people.act()
        elif roll < 10:
            self.contact_people.relink()
        else:
            self.contact_people.reassign(self.people)

    def _note_overwritten(self, record: Record, fields: dict[str, Value], read: Snapshot) -> None:
        super()._note_overwritten(record, {n: v for n, v in fields.items() if n != LINKS}, read)

    def _settle(self) -> None:
        assert self.world.contacts is not None
        self.world.contacts.sellsy.stale_for = 0.0
        super()._settle()

    def _judged(self) -> str:
        assert self.world.contacts is not None
        parties = Judge(self.world, self.people.deeds, self.overwritten)
        view = self.world.contacts
        more = {"no_third_party": self._has_none, "parent": partial(self._has_none_paired, parties)}
        contacts = Judge(view.as_world(), self.contact_people.deeds, self.overwritten, more)
        return (
            parties.verdict()
            or contacts.verdict()
            or next(filter(None, (self._links(parties, contacts, id) for id in view.sellsy.records)), "")
            or RoleJudge(self.world, parties, contacts).verdict()
        )

    def _their(self, side: Side, record: Record) -> set[str]:
        assert self.world.contacts is not None
        view = self.world.contacts
        return {one.id for one in (view.sellsy if side is Side.SELLSY else view.altior).links.of(record)}

    def _has_none(self, side: Side, record: Record) -> bool:
        return not self._their(side, record)

    def _has_none_paired(self, parties: Judge, side: Side, record: Record) -> bool:
        paired = set(parties.partner if side is Side.SELLSY else parties.partner.values())
        return bool(self._their(side, record)) and not self._their(side, record) & paired

    def _links(self, parties: Judge, contacts: Judge, id: str) -> str:
        """Whom a contact belongs to, on both sides, as far as those third parties are paired; nobody waits in vain."""
        assert self.world.contacts is not None
        view = self.world.contacts
        here = view.sellsy.records[id]
        companies = self._their(Side.SELLSY, here)
        if id not in contacts.partner:
            return ""
        there = view.altior.records[contacts.partner[id]]
        if here.gate is not True or here.archived or there.archived:
            return ""
        tiers = self._their(Side.ALTIOR, there) & set(parties.partner.values())
        wanted = {parties.partner[one] for one in companies if one in parties.partner}
        if wanted != tiers:
            return f"links not in step: contact {id}/{there.id}: {sorted(wanted)} / {sorted(tiers)}"
        return ""


def run(
    seed: int,
    *,
    alter: Callable[[World], None] = lambda world: None,
    calm: bool = False,
    tape: Tape | None = None,
) -> Verdict:
    return told(History(seed, alter=alter, calm=calm, tape=tape))
