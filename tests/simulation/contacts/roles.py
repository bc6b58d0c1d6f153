"""Third parties with their main, invoicing and dunning contacts. Each side holds them as the real one does; what they
show and how they are written is the product's own code.

Sellsy: one contact a role. The first contact that is linked gets all of them, a role is taken from whoever had it, a
link that goes takes its roles along; none of it moves a date. Altior: roles on the tiers' links, any number of holders.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from altior_sellsy.clock import Clock
from altior_sellsy.kinds.altior_parts import Body
from altior_sellsy.kinds.altior_sets import UNBOUND, Bindings, Bound
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.counterparts import Counterparts
from altior_sellsy.kinds.draft import Draft
from altior_sellsy.kinds.port import Create, Problem, Snapshot, Write, Written
from altior_sellsy.kinds.third_party.contact_roles import (
    altior_contacts,
    pointer_roles,
    read_altior,
    read_sellsy,
    sellsy_contacts,
    write_altior,
)
from altior_sellsy.kinds.third_party.record import CONTACT_POINTERS
from altior_sellsy.ledger.model import Value
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.simulated import Record
from tests.simulation.systems import SimAltior, SimSellsy

OWN = Correspondence.of({})
ROLE_OF = pointer_roles(OWN)
"""Pointer → its role in Altior."""
NOBODY = dict.fromkeys(CONTACT_POINTERS)


@dataclass(frozen=True)
class Turn:
    """A third party's pointer names another contact (Sellsy), or a role is given or taken (Altior)."""

    at: datetime
    side: Side
    party: str
    pointer: str
    contact: str | None
    given: bool = True
    ours: bool = False
    """By a write of the connector."""


class _Pointing:
    """A company as Sellsy's API shows it, as far as its pointers go."""

    def __init__(self, pointers: Mapping[str, str]) -> None:
        for name in CONTACT_POINTERS:
            setattr(self, f"{name}_id", pointers.get(name))

    def has(self, name: str) -> bool:
        return True


class SellsyParties(SimSellsy):
    def __init__(self, clock: Clock, owner: str, counterparts: Counterparts) -> None:
        super().__init__(clock, owner)
        self.counterparts = counterparts
        self.contacts_of: dict[str, list[str]] = {}
        self.pointers: dict[str, dict[str, str]] = {}
        self.turns: list[Turn] = []

    def link(self, company: str, contact: str) -> None:
        mine = self.contacts_of.setdefault(company, [])
        if contact not in mine:
            mine.append(contact)
            if len(mine) == 1:
                self.set_roles(company, contact, CONTACT_POINTERS)

    def unlink(self, company: str, contact: str) -> None:
        if contact in self.contacts_of.get(company, ()):
            self.set_roles(company, contact, ())
            self.contacts_of[company].remove(contact)

    def set_roles(self, company: str, contact: str, pointers: Iterable[str]) -> None:
        """The contact then has exactly these."""
        named, wanted = self.pointers.setdefault(company, {}), set(pointers)
        for name in CONTACT_POINTERS:
            if name in wanted and named.get(name) != contact:
                named[name] = contact
            elif name not in wanted and named.get(name) == contact:
                del named[name]
            else:
                continue
            self.turns.append(Turn(self.clock.now(), self.side, company, name, named.get(name)))

    def _snapshot(self, record: Record, at: datetime) -> Snapshot:
        known, named = super()._snapshot(record, at), self.pointers.get(record.id)
        if not named:
            return replace(known, fields={**known.fields, **NOBODY}, hash=f"{known.hash} {NOBODY}")
        third, draft = cast(Any, _Pointing(named)), Draft()
        paired = self.counterparts(sellsy_contacts(third, self.owner).values())
        read_sellsy(draft, third, self.owner, OWN, paired)
        return replace(known, fields={**known.fields, **draft.fields}, hash=f"{known.hash} {named} {draft.fields}")


class AltiorParties(SimAltior):
    def __init__(self, clock: Clock, owner: str, counterparts: Counterparts, bindings: Bindings) -> None:
        super().__init__(clock, owner)
        self.counterparts, self.bindings = counterparts, bindings
        self.roles: dict[str, dict[str, list[str]]] = {}
        """Tiers → its contacts → their roles."""
        self.turns: list[Turn] = []
        self.by_us = False
        """The connector is writing."""
        self.is_contact: Callable[[str], bool] = lambda id: False
        self.linked_by_us: Callable[[str, str], None] = lambda tiers, contact: None

    def link(self, tiers: str, contact: str) -> None:
        self.roles.setdefault(tiers, {}).setdefault(contact, [])

    def unlink(self, tiers: str, contact: str) -> None:
        self.give(tiers, contact, ())
        self.roles.get(tiers, {}).pop(contact, None)

    def give(self, tiers: str, contact: str, roles: Iterable[str]) -> None:
        """It then has exactly these."""
        wanted, had = list(roles), self.roles.get(tiers, {}).get(contact, [])
        for pointer, role in ROLE_OF.items():
            if (role in wanted) != (role in had):
                turn = Turn(self.clock.now(), self.side, tiers, pointer, contact, role in wanted, self.by_us)
                self.turns.append(turn)
        if contact in self.roles.get(tiers, {}):
            self.roles[tiers][contact] = wanted

    def document(self, record: Record) -> dict[str, Any]:
        links = self.roles.get(record.id, {})
        return {"id": record.id, "contacts": [{"contact": id, "roles": list(roles)} for id, roles in links.items()]}

    def _snapshot(self, record: Record, at: datetime) -> Snapshot:
        known, document = super()._snapshot(record, at), self.document(record)
        bound = self.bindings([known.reference]).get(known.reference) if document["contacts"] else None
        return self._with_pointers(known, document, bound)

    def _with_pointers(self, known: Snapshot, document: dict[str, Any], bound: Bound | None) -> Snapshot:
        contacts, draft = altior_contacts(document, self.owner), Draft()
        paired = self.counterparts(contacts).keys() if any(link["roles"] for link in document["contacts"]) else ()
        holders = read_altior(draft, document, self.owner, OWN, paired, bound or UNBOUND)
        plain = {name: value for name, value in known.fields.items() if name not in CONTACT_POINTERS}
        hash = known.hash if known.document else f"{known.hash} {document['contacts']} {draft.fields}"
        return replace(known, fields={**plain, **draft.fields}, bindings=holders, document=document, hash=hash)

    def rebind(self, shown: Snapshot, bound: Bound) -> Snapshot:
        return self._with_pointers(shown, shown.document, bound)

    def _update(self, write: Write) -> Written:
        pointers = {name: value for name, value in write.fields.items() if name in CONTACT_POINTERS}
        record = self.records.get(write.snapshot.reference.id)
        if record is None or not pointers:
            return super()._update(write)
        plain = {name: value for name, value in write.fields.items() if name not in pointers}
        lost = self._lost(pointers, write.snapshot)
        links = _links({name: value for name, value in pointers.items() if name not in lost}, write.snapshot)
        if not (links or plain or write.stamps - record.stamps or write.unstamps):
            there = self._shown(record, write)  # as the product: nothing is sent, and only what stands is acknowledged
            shown = {name: value for name, value in pointers.items() if there.fields.get(name) == value}
            return Written(snapshot=there, shown=shown)
        answer = super()._update(replace(write, fields=plain))
        if answer.error is not None:
            return answer
        self._give(record, links)
        self._put(record, {})
        refused = {**answer.refused, **{name: Problem("refused", "Ce contact n'existe pas.") for name in lost}}
        snapshot = self._shown(record, write)
        shown = {name: snapshot.fields[name] for name in write.fields if name not in refused}
        return replace(answer, snapshot=snapshot, shown=shown, refused=refused)

    def _lost(self, pointers: Mapping[str, Value], before: Snapshot) -> set[str]:
        """Pointers of a link whose contact is gone: Altior refuses it by its place, the product reads whose it was."""
        out = Body({})
        write_altior(out, pointers, OWN, before)
        links = zip(out.body.get("contacts", ()), out.slots.get("contacts", ()), strict=True)
        return {name for link, names in links if not self.is_contact(link["contact"]) for name in names}

    def _shown(self, record: Record, write: Write) -> Snapshot:
        """Bound by what was written, as the product reads an answer."""
        bound = Bound(write.snapshot.bindings, {**write.snapshot.fields, **write.fields})
        return self._with_pointers(super()._snapshot(record, self.clock.now()), self.document(record), bound)

    def _give(self, record: Record, links: Iterable[Mapping[str, Any]]) -> None:
        self.by_us = True
        for link in links:
            if link["contact"] not in self.roles.get(record.id, {}):
                self.linked_by_us(record.id, link["contact"])
            self.give(record.id, link["contact"], link["roles"])
        self.by_us = False

    def _make(self, create: Create) -> Record:
        record = super()._make(create)
        named = {n: v for n, v in create.fields.items() if n in CONTACT_POINTERS and v and self.is_contact(_id(v))}
        self._give(record, _links(named, None))
        return record


def _links(pointers: Mapping[str, Value], before: Snapshot | None) -> list[dict[str, Any]]:
    """What the product sends."""
    out = Body({})
    write_altior(out, pointers, OWN, before)
    return list(out.body.get("contacts", ()))


def _id(value: Value) -> str:
    return Reference.parse(str(value)).id


__all__ = ["OWN", "ROLE_OF", "AltiorParties", "SellsyParties", "Turn"]
