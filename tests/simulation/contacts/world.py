"""A small world with contacts: the third parties' world, contacts of both systems with their links, and the product's
own admission, waits and wakes of contacts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from altior_sellsy.clock import Clock
from altior_sellsy.kinds.contact import admission
from altior_sellsy.kinds.contact.record import LINKS
from altior_sellsy.kinds.contact.translating import link_changes
from altior_sellsy.kinds.counterparts import Counterparts
from altior_sellsy.kinds.field import Family, Field
from altior_sellsy.kinds.kind import Kind
from altior_sellsy.kinds.port import Create, Snapshot, Write, Written
from altior_sellsy.kinds.third_party.admission import admit, volets
from altior_sellsy.ledger.model import Look, Pair, Value
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync.drain import drain
from altior_sellsy.sync.engine import Binding, DrainReport, Engine
from altior_sellsy.sync.scan import scan
from altior_sellsy.values.reference import SIDES, Reference, Side, Volet
from tests.simulation.systems import Record, SimAltior, SimSellsy, Simulated
from tests.simulation.world import KIND, World

_FIELDS = tuple(field for field in KIND.fields if field.name != "siret")
_LINKS = Field(LINKS, "Tiers rattachés", Family.COORDINATES, is_set=True)
CONTACT = Kind("contact", "Contact", "Contacts", (*_FIELDS, _LINKS))


class Linked:
    """The links of one side's contacts: own ids as that side holds them, tiers that are paired as the product reads."""

    def __init__(self, parents: Simulated, counterparts: Counterparts) -> None:
        self.parents, self.counterparts = parents, counterparts

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

    def _snapshot(self, record: Record, at: datetime) -> Snapshot:
        return self.links.shown(record, super()._snapshot(record, at))

    def _update(self, write: Write) -> Written:
        record = self.records.get(write.snapshot.reference.id)
        if record is not None and LINKS in write.fields:
            raw = self.links.written(record, write.fields[LINKS], write.snapshot.fields)
            write = replace(write, fields={**write.fields, LINKS: raw})
        return super()._update(write)

    def _make(self, create: Create) -> Record:
        record = super()._make(create)
        self._put(record, {LINKS: self.links.written(record, create.fields.get(LINKS), {})})
        return record


class ContactWorld(World):
    def __init__(self) -> None:
        self.contacts: ContactView | None = None
        super().__init__()
        sellsy = SellsyContacts(self.clock, self.sellsy.owner, Linked(self.sellsy, self.counterparts))
        altior = AltiorContacts(self.clock, self.altior.owner, Linked(self.altior, self.counterparts))
        self.contacts = ContactView(self, sellsy, altior)
        self.engine = self.new_engine()

    def counterparts(self, references: Iterable[Reference]) -> Mapping[Reference, tuple[Reference, ...]]:
        wanted, found = set(references), dict[Reference, tuple[Reference, ...]]()
        for pair in sorted(self.ledger.pairs(wanted), key=lambda p: p.volet is Volet.ACHAT):
            for side in SIDES:
                if (mine := pair.reference(side)) in wanted:
                    found[mine] = (*found.get(mine, ()), pair.reference(side.other))
        return found

    def new_engine(self) -> Engine:
        if self.contacts is None:
            return super().new_engine()
        self.drains += 1
        view = self.contacts
        parties = Binding(KIND, admit, volets, self.sellsy, self.altior, wakes=self._its_contacts)
        contacts = Binding(CONTACT, admission.admit, admission.volets, view.sellsy, view.altior)
        return Engine(
            self.ledger,
            [parties, contacts],
            self.clock,
            self.timing,
            f"drainer-{self.drains}",
            not_after=self.set_not_after,
            at=self._at,
        )

    def _its_contacts(self, pair: Pair, snapshots: Mapping[Side, Snapshot]) -> list[tuple[str, Reference]]:
        """As the product's: Altior's tiers names its contacts."""
        assert self.contacts is not None
        altior = self.contacts.altior
        named = (r for r in altior.records.values() if pair.altior in altior.links.of(r))
        return [("contact", altior.reference(record.id)) for record in named]

    def set_not_after(self, instant: datetime | None) -> None:
        super().set_not_after(instant)
        if self.contacts is not None:
            self.contacts.sellsy.not_after = self.contacts.altior.not_after = instant

    def _committed(self, changes: Changes) -> None:
        systems: list[Simulated] = [self.sellsy, self.altior]
        if self.contacts is not None:
            systems += [self.contacts.sellsy, self.contacts.altior]
        for system in systems:
            mine = (pair.reference(system.side) for pair in changes.pairs)
            system.remembered({one.id for one in mine if one.thing == system.thing})

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
