"""Contacts in Sellsy, over the sellsy port. Reads and writes, decides nothing.

A contact carries no company: its links cost one call of their own (`contact_companies`) for every contact whose SA is
at Oui, and for every candidate of a match; the others take no part in anything, so their links stay unknown. A page of
a hundred ticked contacts costs 101 calls, plus one that tells which of those without a company are a particulier's
person.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from altior_sellsy.clock import Clock
from altior_sellsy.errors import ConnectorError, Invalid, NotFound
from altior_sellsy.kinds.contact.record import LINKS
from altior_sellsy.kinds.contact.translating import FIELD_OF_PATH, PERSONS, link_changes, read_sellsy, sellsy_body
from altior_sellsy.kinds.content import hashed
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.counterparts import Counterparts, nothing_paired
from altior_sellsy.kinds.port import Create, Page, Problem, Snapshot, Write, Written
from altior_sellsy.kinds.sellsy_parts import one_by_one, refusals
from altior_sellsy.ledger.model import Fields, Value
from altior_sellsy.sellsy.models import Contact, custom_field
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.values.reference import Reference, Side

VITAL = frozenset({"last_name"})


@dataclass(frozen=True, slots=True)
class SellsyContacts:
    """`gate_field`: id of the custom field SA. `default_owner`: id of the collaborator who owns what we create; empty
    leaves it to Sellsy. `counterparts`: of companies, and of tiers."""

    sellsy: Sellsy
    clock: Clock
    account: str
    correspondence: Correspondence
    gate_field: str
    default_owner: str = ""
    counterparts: Counterparts = nothing_paired

    @property
    def side(self) -> Side:
        return Side.SELLSY

    @property
    def things(self) -> frozenset[str]:
        return frozenset({"contact"})

    @property
    def _embed(self) -> tuple[str, ...]:
        return (f"cf.{self.gate_field}",)

    # -- reading
    def observe(self, references: Sequence[Reference]) -> Mapping[Reference, Snapshot]:
        """One search by ids per 100 references, and the links (see above)."""
        own = (one for one in references if one.owner == self.account and one.thing == "contact")
        ids = sorted({int(one.id) for one in own if one.id.isdecimal()})
        found: dict[Reference, Snapshot] = {}
        for start in range(0, len(ids), 100):
            found |= {one.reference: one for one in self._search({"id": ids[start : start + 100]})}
        return found

    def exists(self, reference: Reference) -> bool:
        try:
            self.sellsy.contact(reference.id)
        except NotFound:
            return False
        return True

    def scan(self, after: str | None) -> Page:
        at = self.clock.now()
        page = self.sellsy.list_contacts(embed=self._embed, after=after)
        return Page(self._read_all(page.data, at), page.after, page.total)

    def changed(self, start: datetime, end: datetime) -> Iterator[Sequence[Snapshot]]:
        """Pages of what was modified in this closed window of Sellsy's clock, in id order, by search."""
        yield from self._pages({"updated": {"start": start, "end": end}})

    def find(self, key: str, values: Iterable[str]) -> Sequence[Snapshot]:
        """`email`: Sellsy filters on one at a time; links are read whatever SA says. `stamp`: our reference."""
        if key == "stamp":
            return list(self.observe([Reference.parse(value) for value in values]).values())
        if key != "email":
            raise ValueError(f"no such key: {key}")
        found = [one for value in dict.fromkeys(values) for one in self._search({"email": value}, every_link=True)]
        return list({one.reference: one for one in found}.values())

    def newest_id(self) -> str:
        rows = self.sellsy.list_contacts(limit=1, direction="desc").data
        return str(rows[0].id) if rows else "0"

    def created_at(self, second: datetime, after_id: str) -> Sequence[Snapshot]:
        """By list, newest first, all those above `after_id` (a page at the least); by search, those of this second. An
        account that ignores `created` shows ours in the first alone."""
        window = {"created": {"start": second, "end": second + timedelta(seconds=1)}}
        of_second = [
            one for one in self._search(window) if one.created and datetime.fromisoformat(one.created) == second
        ]
        return list({one.reference: one for one in (*self._newer(int(after_id or 0)), *of_second)}.values())

    def _newer(self, mark: int) -> Iterator[Snapshot]:
        after: str | None = None
        while True:
            at = self.clock.now()
            page = self.sellsy.list_contacts(embed=self._embed, after=after, direction="desc")
            yield from self._read_all([one for one in page.data if int(one.id) > mark], at)
            after = page.after
            if after is None or not mark or any(int(one.id) <= mark for one in page.data):
                return

    # -- writing
    def set_gate(self, snapshot: Snapshot, value: bool) -> Snapshot:
        """Ticks SA, then reads the record again."""
        id = snapshot.reference.id
        self.sellsy.set_custom_fields("contact", id, {self.gate_field: value})
        at = self.clock.now()
        [read] = self._read_all([self.sellsy.contact(id, embed=self._embed)], at, alone=True)
        return read

    def update(self, writes: Sequence[Write]) -> Sequence[Written]:
        """One record after another. An item with an error may hold what was acknowledged before it."""
        return one_by_one(writes, self._update)

    def create(self, creates: Sequence[Create]) -> Sequence[Written]:
        """As `update`. A contact that was made and whose link failed is made: the link is owed."""
        return one_by_one(creates, self._create)

    def _update(self, write: Write) -> Written:
        fields, snapshot = dict(write.fields), write.snapshot
        body, refused = sellsy_body(fields)
        shown: dict[str, Value] = {}
        try:
            contact, more = self._send(snapshot.reference.id, fields, body)
            refused |= more
            if contact is not None:
                snapshot = self._shown(contact, snapshot)
                shown |= {k: v for k, v in snapshot.fields.items() if k in fields and k != LINKS}
            if LINKS in fields:
                snapshot = self._link(snapshot, fields[LINKS])
                shown[LINKS] = snapshot.fields[LINKS]
        except ConnectorError as error:
            return Written(shown=shown, refused=refused, error=error)
        shown = {name: value for name, value in shown.items() if name not in refused}
        return Written(snapshot=snapshot, shown=shown, refused=refused)

    def _send(self, id: str, fields: Fields, body: Mapping[str, Any]) -> tuple[Contact | None, dict[str, Problem]]:
        """PUT; when Sellsy names refused fields, once more without them. None: nothing is left to send."""
        if not body:
            return None, {}
        try:
            return self.sellsy.update_contact(id, body), {}
        except Invalid as error:
            refused = refusals(error.fields, fields, FIELD_OF_PATH)
            if not refused:
                raise
        again, _ = sellsy_body({name: value for name, value in fields.items() if name not in refused})
        return (self.sellsy.update_contact(id, again) if again else None), refused

    def _create(self, create: Create) -> Written:
        """Nobody consented to campaigns (R21)."""
        fields = {name: value for name, value in create.fields.items() if value is not None}
        refused: dict[str, Problem] = {}
        at = self.clock.now()
        try:
            try:
                contact = self._post(create, fields)
            except Invalid as error:
                refused = refusals(error.fields, fields, FIELD_OF_PATH)
                if not refused or refused.keys() & VITAL:
                    raise
                contact = self._post(create, {n: v for n, v in fields.items() if n not in refused})
        except ConnectorError as error:
            return Written(error=error)
        snapshot = self._snapshot(contact, at, None, (), {})
        shown = {k: v for k, v in snapshot.fields.items() if k in fields and k not in refused and k != LINKS}
        try:
            snapshot = self._link(snapshot, fields.get(LINKS, []))
            shown[LINKS] = snapshot.fields[LINKS]
        except ConnectorError:
            # It is made, and must be remembered as such: its first look reads the links, and owes what is missing.
            snapshot = replace(snapshot, fields={k: v for k, v in snapshot.fields.items() if k != LINKS})
        return Written(snapshot=snapshot, shown=shown, refused=refused)

    def _post(self, create: Create, fields: Fields) -> Contact:
        body, _ = sellsy_body(fields)
        body["marketing_campaigns_subscriptions"] = []
        if self.default_owner:
            body["owner_id"] = int(self.default_owner)
        if create.created is not None:
            body["created"] = create.created
        return self.sellsy.create_contact(body)

    def _link(self, snapshot: Snapshot, wanted: Value) -> Snapshot:
        """Links and unlinks companies, then reads what stands. The sales record of a tiers is the one linked; a link is
        taken from all its records."""
        added, removed = link_changes(wanted, snapshot.fields)
        id = snapshot.reference.id
        paired = self.counterparts([*added, *removed])
        for tiers in added:
            company = next((one for one in paired.get(tiers, ()) if one.thing == "company"), None)
            if company is not None:
                self.sellsy.link_contact(company.id, id)
        for tiers in removed:
            for company in (one for one in paired.get(tiers, ()) if one in snapshot.parents):
                self.sellsy.unlink_contact(company.id, id)
        if not added and not removed:
            return snapshot
        companies = self._companies(id)
        tiers_of = self.counterparts(companies)
        links: Value = sorted({str(one) for company in companies for one in tiers_of.get(company, ())})
        parents = tuple(sorted(companies))
        return hashed(replace(snapshot, fields={**snapshot.fields, LINKS: links}, parents=parents))

    # -- inside
    def _companies(self, id: str) -> list[Reference]:
        return [Reference(Side.SELLSY, self.account, "company", one.id) for one in self.sellsy.contact_companies(id)]

    def _search(self, filters: Mapping[str, Any], *, every_link: bool = False) -> Iterator[Snapshot]:
        for page in self._pages(filters, every_link=every_link):
            yield from page

    def _pages(self, filters: Mapping[str, Any], *, every_link: bool = False) -> Iterator[Sequence[Snapshot]]:
        after: str | None = None
        while True:
            at = self.clock.now()
            page = self.sellsy.search_contacts(filters, embed=self._embed, after=after)
            yield self._read_all(page.data, at, every_link=every_link)
            after = page.after
            if after is None:
                return

    def _read_all(
        self, contacts: Sequence[Contact], at: datetime, *, alone: bool = False, every_link: bool = False
    ) -> list[Snapshot]:
        gates = {one.id: self._gate(one, alone=alone) for one in contacts}
        links = {one.id: self._companies(one.id) for one in contacts if every_link or gates[one.id] is True}
        companies = {company for mine in links.values() for company in mine}
        tiers = self.counterparts(companies) if companies else {}
        persons = self._persons([id for id, mine in links.items() if not mine])
        return [
            self._snapshot(one, at, gates[one.id], links.get(one.id), tiers, person=one.id in persons)
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

    def _shown(self, contact: Contact, before: Snapshot) -> Snapshot:
        """The answer of a write: neither SA nor links are in it."""
        now = self._snapshot(contact, before.at, before.gate, None, {}, person=PERSONS in before.roles)
        links = {LINKS: before.fields[LINKS]} if LINKS in before.fields else {}
        return hashed(replace(now, fields={**now.fields, **links}, parents=before.parents))
