"""Reading Sellsy's contacts with their gate and their links.

A contact carries no company: its links cost one call of their own (`contact_companies`) for every contact whose SA is
at Oui, and for every candidate of a match; the others take no part in anything, so their links stay unknown. A page of
a hundred ticked contacts costs 101 calls, plus one that tells which of those without a company are a particulier's
person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from altior_sellsy.clock import Clock
from altior_sellsy.errors import Retryable
from altior_sellsy.kinds.contact.record import LINKS
from altior_sellsy.kinds.contact.translating import PERSONS, read_sellsy
from altior_sellsy.kinds.content import hashed
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.counterparts import Counterparts
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.kinds.sellsy_parts import unreadable
from altior_sellsy.sellsy.models import Contact, custom_field
from altior_sellsy.sellsy.models import Page as Rows
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.values.reference import Reference, Side


@dataclass(frozen=True, slots=True)
class _Part:
    """Of contacts by id: SA, links to companies (of those that were asked for), and who is a particulier's person."""

    gates: dict[str, bool | None]
    linked: dict[str, list[Reference]]
    persons: set[str]


@dataclass(frozen=True, slots=True)
class ContactReading:
    """`counterparts`: of companies."""

    sellsy: Sellsy
    clock: Clock
    account: str
    correspondence: Correspondence
    gate_field: str
    counterparts: Counterparts

    @property
    def _embed(self) -> tuple[str, ...]:
        return (f"cf.{self.gate_field}",)

    def newest(self, after: str | None, above: int) -> tuple[list[Snapshot], Rows[Contact]]:
        """One page, newest first. Only those above this id are read, for links cost a call each; all that cannot be."""
        at = self.clock.now()
        page = self.sellsy.list_contacts(embed=self._embed, after=after, direction="desc")
        rows = [one for one in page.data if int(one.id) > above]
        return [*self._read_all(rows, at), *self._unread(page, at)], page

    def listed_from(
        self, after: str | None, last: int, filters: Mapping[str, Any] | None
    ) -> tuple[list[Snapshot], Rows[Contact], str]:
        """What a page (of a search, with `filters`) shows above the id `last`, as far as the quota and Sellsy's health
        allow: the last id shown when it broke off there, else «». Raises Retryable when they allowed not even one."""
        at = self.clock.now()
        if filters is None:
            page = self.sellsy.list_contacts(embed=self._embed, after=after)
        else:
            page = self.sellsy.search_contacts(filters, embed=self._embed, after=after)
        rows = [one for one in page.data if int(one.id) > last]
        part, fault = self._links_of(rows)
        shown = self._snapshots(rows[: len(part.gates)], at, part)
        if fault is None:
            return [*shown, *self._unread(page, at)], page, ""
        if not shown:
            raise fault
        return shown, page, shown[-1].reference.id

    def _links_of(self, rows: Sequence[Contact]) -> tuple[_Part, Retryable | None]:
        """Gates and links, one contact after another, and the fault that ended it. Whether those without a company
        are a particulier's is asked for all of them at the end; for the first at once, lest it never be known."""
        part = _Part({}, {}, set())
        open_from: int | None = None
        try:
            for number, one in enumerate(rows):
                gate = self._gate(one, alone=False)
                linked = self._companies(one.id) if gate is True else None
                if linked == [] and number == 0:
                    part.persons.update(self._persons([one.id]))
                elif linked == [] and open_from is None:
                    open_from = number
                part.gates[one.id] = gate
                if linked is not None:
                    part.linked[one.id] = linked
            if open_from is not None:
                part.persons.update(self._persons([id for id, mine in part.linked.items() if not mine]))
        except Retryable as fault:
            known = [one.id for one in rows[: len(part.gates) if open_from is None else open_from]]
            gates = {id: gate for id, gate in part.gates.items() if id in known}
            return _Part(gates, {id: mine for id, mine in part.linked.items() if id in known}, part.persons), fault
        return part, None

    def searched(
        self, filters: Mapping[str, Any], *, every_link: bool = False, links: bool = True
    ) -> Iterator[list[Snapshot]]:
        """Paged to the end. `every_link`: whatever SA says. `links`: False leaves them all unknown."""
        after: str | None = None
        while True:
            at = self.clock.now()
            page = self.sellsy.search_contacts(filters, embed=self._embed, after=after)
            read = self._read_all(page.data, at, every_link=every_link, links=links)
            yield [*read, *self._unread(page, at)]
            after = page.after
            if after is None:
                return

    def made(self, contact: Contact, at: datetime) -> Snapshot:
        """The answer of a create: not ticked, linked to nobody."""
        return self._snapshot(contact, at, None, (), {})

    def written(self, contact: Contact, before: Snapshot) -> Snapshot:
        """The answer of a write: neither SA nor links are in it."""
        now = self._snapshot(contact, before.at, before.gate, None, {}, person=PERSONS in before.roles)
        links = {LINKS: before.fields[LINKS]} if LINKS in before.fields else {}
        return hashed(replace(now, fields={**now.fields, **links}, parents=before.parents))

    def linked_to(self, snapshot: Snapshot, companies: Mapping[Reference, Reference]) -> Snapshot:
        """The same, linked to these companies and no other. `companies`: each with its tiers."""
        links = sorted({str(tiers) for tiers in companies.values()})
        return hashed(replace(snapshot, fields={**snapshot.fields, LINKS: links}, parents=tuple(sorted(companies))))

    def linked_now(self, snapshot: Snapshot) -> Snapshot:
        """The same, with the links that stand."""
        companies = self._companies(snapshot.reference.id)
        tiers = self.counterparts(companies)
        links = sorted({str(one) for company in companies for one in tiers.get(company, ())})
        parents = tuple(sorted(companies))
        return hashed(replace(snapshot, fields={**snapshot.fields, LINKS: links}, parents=parents))

    def _companies(self, id: str) -> list[Reference]:
        return [Reference(Side.SELLSY, self.account, "company", one.id) for one in self.sellsy.contact_companies(id)]

    def _unread(self, page: Rows[Contact], at: datetime) -> list[Snapshot]:
        return [unreadable(Reference(Side.SELLSY, self.account, "contact", id), at) for id in page.unreadable if id]

    def _read_all(
        self,
        contacts: Sequence[Contact],
        at: datetime,
        *,
        alone: bool = False,
        every_link: bool = False,
        links: bool = True,
    ) -> list[Snapshot]:
        gates = {one.id: self._gate(one, alone=alone) for one in contacts}
        wanted = [one for one in contacts if links and (every_link or gates[one.id] is True)]
        linked = {one.id: self._companies(one.id) for one in wanted}
        persons = self._persons([id for id, mine in linked.items() if not mine])
        return self._snapshots(contacts, at, _Part(gates, linked, persons))

    def _snapshots(self, contacts: Sequence[Contact], at: datetime, part: _Part) -> list[Snapshot]:
        companies = {company for mine in part.linked.values() for company in mine}
        tiers = self.counterparts(companies) if companies else {}
        return [
            self._snapshot(one, at, part.gates[one.id], part.linked.get(one.id), tiers, person=one.id in part.persons)
            for one in contacts
        ]

    def _persons(self, ids: Sequence[str]) -> set[str]:
        """Those that are linked although to no company: to a particulier."""
        if not ids:
            return set()
        found = self.sellsy.search_contacts({"id": [int(one) for one in ids], "is_linked": True}, limit=100)
        return {one.id for one in found.data}

    def _gate(self, contact: Contact, *, alone: bool) -> bool | None:
        """SA from the answer, or by a call of its own where the account does not answer the embed."""
        value = custom_field(contact, self.gate_field)
        if value is None and (alone or self.sellsy.embeds_custom_fields is not True):
            values = self.sellsy.custom_field_values("contact", contact.id)
            value = next((one for one in values if one.id == self.gate_field), None)
        return value.yes if value is not None else None

    def _snapshot(
        self,
        contact: Contact,
        at: datetime,
        gate: bool | None,
        companies: Sequence[Reference] | None,
        tiers: Mapping[Reference, Sequence[Reference]],
        *,
        person: bool = False,
    ) -> Snapshot:
        return read_sellsy(
            contact,
            at=at,
            account=self.account,
            correspondence=self.correspondence,
            gate=gate,
            companies=companies,
            tiers=[one for company in companies or () for one in tiers.get(company, ())],
            person=person,
        )
