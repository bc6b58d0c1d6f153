"""A small world with contacts: the third parties' world, contacts of both systems with their links, and the product's
own admission, waits and wakes of contacts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import cast

from altior_sellsy.clock import Clock
from altior_sellsy.kinds.altior_sets import Bound
from altior_sellsy.kinds.contact import admission
from altior_sellsy.kinds.contact.record import LINKS
from altior_sellsy.kinds.contact.translating import link_changes
from altior_sellsy.kinds.counterparts import Counterparts
from altior_sellsy.kinds.field import Family, Field, Tells
from altior_sellsy.kinds.kind import Kind
from altior_sellsy.kinds.port import Create, Snapshot, Write, Written
from altior_sellsy.kinds.third_party.admission import admit, volets
from altior_sellsy.kinds.third_party.contact_roles import bind_pointers
from altior_sellsy.kinds.third_party.record import CONTACT_POINTERS, THIRD_PARTY
from altior_sellsy.ledger.model import Look, Value
from altior_sellsy.service.parties import Pairs, its_contacts, its_third_parties
from altior_sellsy.sync.drain import drain
from altior_sellsy.sync.engine import Binding, DrainReport, Engine
from altior_sellsy.sync.scan import scan
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.contacts.roles import AltiorParties, SellsyParties
from tests.simulation.simulated import Record, Simulated
from tests.simulation.systems import SimAltior, SimSellsy
from tests.simulation.world import KIND, World

_FIELDS = tuple(field for field in KIND.fields if field.name != "siret")
_LINKS = Field(LINKS, "Tiers rattachés", Family.COORDINATES, is_set=True, tells=Tells.NOTHING)
PARTY = Kind(
    "third_party",
    "tiers",
    "tiers",
    (*KIND.fields, *(field for field in THIRD_PARTY.fields if field.name in CONTACT_POINTERS)),
)
CONTACT = Kind("contact", "Contact", "Contacts", (*_FIELDS, _LINKS))


class Linked:
    """The links of one side's contacts: own ids as that side holds them, tiers that are paired as the product reads."""

    def __init__(self, parents: SellsyParties | AltiorParties, counterparts: Counterparts) -> None:
        self.parents, self.counterparts = parents, counterparts

    def moved(self, contact: str, before: Value, after: Value) -> None:
        then, now = (value if isinstance(value, list) else [] for value in (before, after))
        for one in (one for one in then if one not in now):
            self.parents.unlink(one, contact)
        for one in (one for one in now if one not in then):
            self.parents.link(one, contact)

    @contextmanager
    def by_us(self) -> Iterator[None]:
        """What roles lose with a link that the connector takes away is no gesture of Altior's people."""
        assert isinstance(self.parents, AltiorParties)
        self.parents.by_us = True
        yield
        self.parents.by_us = False

    def of(self, record: Record) -> list[Reference]:
        raw = record.fields.get(LINKS)
        ids = raw if isinstance(raw, list) else []
        return sorted(self.parents.reference(id) for id in ids if id in self.parents.records)

    def shown(self, record: Record, known: Snapshot) -> Snapshot:
        mine = self.of(record)
        paired = self.counterparts(mine)
        if self.parents.side is Side.ALTIOR:
            tiers = [one for one in mine if one in paired]
        else:
            tiers = [one for company in mine for one in paired.get(company, ())]
        names = known.fields
        mail = names.get("email")
        return replace(
            known,
            fields={**names, LINKS: sorted(map(str, tiers))},
            parents=tuple(mine),
            position={"last_name": names.get("name")},
            keys={"email": mail} if isinstance(mail, str) else {},
            hash=f"{known.hash} {sorted(map(str, tiers))} {[str(one) for one in mine]}",
        )

    def written(self, record: Record, wanted: Value, before: Mapping[str, Value]) -> Value:
        """Links of this side once those that the product adds and takes away are; others stay."""
        added, removed = link_changes(wanted, before)
        raw = record.fields.get(LINKS)
        ids = set(raw if isinstance(raw, list) else ())
        return sorted((ids | self._own(added)) - self._own(removed))

    def _own(self, tiers: Iterable[Reference]) -> set[str]:
        tiers = list(tiers)
        if self.parents.side is Side.ALTIOR:
            return {one.id for one in tiers}
        paired = self.counterparts(tiers)
        return {company.id for one in tiers for company in paired.get(one, ())}


class SellsyContacts(SimSellsy):
    thing = "contact"

    def __init__(self, clock: Clock, owner: str, links: Linked) -> None:
        super().__init__(clock, owner)
        self.links = links

    def _put(self, record: Record, fields: Mapping[str, Value]) -> None:
        before = record.fields.get(LINKS)
        super()._put(record, fields)
        self.links.moved(record.id, before, record.fields.get(LINKS))

    def delete(self, id: str) -> None:
        self.links.moved(id, self.records[id].fields.get(LINKS), [])
        super().delete(id)

    def _snapshot(self, record: Record, at: datetime) -> Snapshot:
        return self.links.shown(record, super()._snapshot(record, at))

    def _accept(self, write: Write, accepted: dict[str, Value]) -> None:
        record = self.records.get(write.snapshot.reference.id)
        if record is not None and LINKS in accepted:
            accepted = {**accepted, LINKS: self.links.written(record, accepted[LINKS], write.snapshot.fields)}
        super()._accept(write, accepted)

    def _make(self, create: Create) -> Record:
        record = super()._make(create)
        self._put(record, {LINKS: self.links.written(record, create.fields.get(LINKS), {})})
        return record


class AltiorContacts(SimAltior):
    thing = "contact"

    def __init__(self, clock: Clock, owner: str, links: Linked) -> None:
        super().__init__(clock, owner)
        self.links = links

    def _put(self, record: Record, fields: Mapping[str, Value]) -> None:
        before = record.fields.get(LINKS)
        super()._put(record, fields)
        self.links.moved(record.id, before, record.fields.get(LINKS))

    def delete(self, id: str) -> None:
        self.links.moved(id, self.records[id].fields.get(LINKS), [])
        super().delete(id)

    def link(self, tiers: str, contact: str) -> None:
        """By a write of the tiers."""
        raw = self.records[contact].fields.get(LINKS)
        self._put(self.records[contact], {LINKS: sorted({*(raw if isinstance(raw, list) else ()), tiers})})

    def _snapshot(self, record: Record, at: datetime) -> Snapshot:
        return self.links.shown(record, super()._snapshot(record, at))

    def _update(self, write: Write) -> Written:
        record = self.records.get(write.snapshot.reference.id)
        if record is not None and LINKS in write.fields:
            raw = self.links.written(record, write.fields[LINKS], write.snapshot.fields)
            write = replace(write, fields={**write.fields, LINKS: raw})
        with self.links.by_us():
            return super()._update(write)

    def _make(self, create: Create) -> Record:
        record = super()._make(create)
        with self.links.by_us():
            self._put(record, {LINKS: self.links.written(record, create.fields.get(LINKS), {})})
        return record


class ContactWorld(World):
    sellsy: SellsyParties
    altior: AltiorParties

    def __init__(self) -> None:
        self.contacts: ContactView | None = None
        super().__init__()
        self.pairs = pairs = Pairs(self.ledger)
        self.sellsy = SellsyParties(self.clock, self.sellsy.owner, pairs.counterparts)
        self.altior = AltiorParties(self.clock, self.altior.owner, pairs.counterparts, pairs.bound)
        sellsy = SellsyContacts(self.clock, self.sellsy.owner, Linked(self.sellsy, pairs.counterparts))
        altior = AltiorContacts(self.clock, self.altior.owner, Linked(self.altior, pairs.counterparts))
        self.altior.is_contact, self.altior.linked_by_us = altior.records.__contains__, altior.link
        self.contacts = ContactView(self, sellsy, altior)
        self.engine = self.new_engine()

    def new_engine(self) -> Engine:
        if self.contacts is None:
            return super().new_engine()
        self.drains += 1
        view = self.contacts
        parties = Binding(
            PARTY,
            admit,
            volets,
            self.sellsy,
            self.altior,
            rebind=lambda shown, company: self.altior.rebind(shown, Bound(values=company.fields)),
            bind=bind_pointers,
            wakes=its_contacts,
        )
        contacts = Binding(
            CONTACT,
            admission.admit,
            admission.volets,
            view.sellsy,
            view.altior,
            wakes=its_third_parties,
            forgets=self.pairs.without_roles,
            keeps=self.pairs.links_to_hidden,
        )
        return Engine(
            self.ledger,
            [parties, contacts],
            self.clock,
            self.timing,
            f"drainer-{self.drains}",
            not_after=self.set_not_after,
            at=self._at,
        )

    def set_not_after(self, instant: datetime | None) -> None:
        super().set_not_after(instant)
        if self.contacts is not None:
            self.contacts.sellsy.not_after = self.contacts.altior.not_after = instant

    def _systems(self) -> Sequence[Simulated]:
        view = self.contacts
        return (self.sellsy, self.altior, *((view.sellsy, view.altior) if view is not None else ()))

    def drain(self) -> DrainReport:
        return drain(self.engine)

    def sync(self, *, most: int = 300) -> DrainReport:
        for binding in self.engine.bindings:
            for side in Side:
                scan(self.engine, binding, side)
        return self.settle(most=most)


class ContactView:
    """The same world as people and the judge see it who look at contacts only."""

    def __init__(self, world: ContactWorld, sellsy: SellsyContacts, altior: AltiorContacts) -> None:
        self.world, self.sellsy, self.altior = world, sellsy, altior
        self.clock, self.ledger = world.clock, world.ledger
        self.sync = world.sync

    def ref(self, side: Side, id: str) -> Reference:
        return (self.sellsy if side is Side.SELLSY else self.altior).reference(id)

    def mark(self, *references: Reference, live: bool = True, reason: str = "test") -> None:
        now = self.clock.now()
        self.ledger.mark([Look(one, "contact", reason, now, live=live) for one in references])

    def as_world(self) -> World:
        """It answers what people and the judge ask of a world."""
        return cast(World, self)
