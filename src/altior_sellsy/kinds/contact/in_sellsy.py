"""Contacts in Sellsy, over the sellsy port. Reads and writes, decides nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Any

from altior_sellsy.clock import Clock
from altior_sellsy.errors import ConnectorError, Invalid, NotFound
from altior_sellsy.kinds.contact.record import LINKS
from altior_sellsy.kinds.contact.sellsy_reading import ContactReading
from altior_sellsy.kinds.contact.translating import FIELD_OF_PATH, link_changes, sellsy_body
from altior_sellsy.kinds.content import hashed
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.counterparts import Counterparts, nothing_paired
from altior_sellsy.kinds.port import Create, Page, Problem, Snapshot, Write, Written
from altior_sellsy.kinds.sellsy_parts import newer_than, one_by_one, refusals
from altior_sellsy.ledger.model import Fields, Value
from altior_sellsy.sellsy.models import Contact
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
    def _reading(self) -> ContactReading:
        return ContactReading(
            self.sellsy, self.clock, self.account, self.correspondence, self.gate_field, self.counterparts
        )

    # -- reading
    def observe(self, references: Sequence[Reference]) -> Mapping[Reference, Snapshot]:
        """One search by ids per 100 references, and the links (see above)."""
        own = (one for one in references if one.owner == self.account and one.thing == "contact")
        ids = sorted({int(one.id) for one in own if one.id.isdecimal()})
        found: dict[Reference, Snapshot] = {}
        for start in range(0, len(ids), 100):
            asked = ids[start : start + 100]
            shown = chain.from_iterable(self._reading.searched({"id": asked}))
            # Once all are there no further page is asked for: a full one would be followed by an empty one.
            found |= {one.reference: one for one in islice(shown, len(asked))}
        return found

    def exists(self, reference: Reference) -> bool:
        try:
            self.sellsy.contact(reference.id)
        except NotFound:
            return False
        return True

    def scan(self, after: str | None) -> Page:
        """A page may be shown in parts, where one of its calls was refused or failed: the cursor then names the page
        and the last id that was shown of it, «…#5012»."""
        return self._part(after, None)

    def swept(self, start: datetime, end: datetime, after: str | None) -> Page:
        """A page, or a part of one, of what was modified in this closed window of Sellsy's clock; by id, as `scan`."""
        return self._part(after, {"updated": {"start": start, "end": end}})

    def _part(self, after: str | None, filters: Mapping[str, Any] | None) -> Page:
        cursor, _, last = (after or "").partition("#")
        shown, page, broken_off = self._reading.listed_from(cursor or None, int(last or 0), filters)
        following = f"{cursor}#{broken_off}" if broken_off else page.after
        return Page(shown, following, page.total)

    def keys_changed(self, start: datetime, end: datetime) -> Iterator[Sequence[Snapshot]]:
        """Pages of what was modified in this closed window of Sellsy's clock, for who only asks for match keys: no
        links are read, a call for each ticked one is spared."""
        yield from self._reading.searched({"updated": {"start": start, "end": end}}, links=False)

    def find(self, key: str, values: Iterable[str]) -> Sequence[Snapshot]:
        """`email`: Sellsy filters on one at a time; links are read whatever SA says. `stamp`: our reference."""
        if key == "stamp":
            return list(self.observe([Reference.parse(value) for value in values]).values())
        if key != "email":
            raise ValueError(f"no such key: {key}")
        found: dict[Reference, Snapshot] = {}
        for value in dict.fromkeys(values):
            for page in self._reading.searched({"email": value}, every_link=True):
                found |= {one.reference: one for one in page}
        return list(found.values())

    def newest_id(self) -> str:
        rows = self.sellsy.list_contacts(limit=1, direction="desc").data
        return str(rows[0].id) if rows else "0"

    def created_at(self, second: datetime, after_id: str) -> Sequence[Snapshot]:
        """By list, newest first, all those above `after_id` (a page at the least); by search, those of this second. An
        account that ignores `created` shows ours in the first alone."""
        window = {"created": {"start": second, "end": second + timedelta(seconds=1)}}
        newer = {one.reference: one for page in self._newer(int(after_id or 0)) for one in page}
        shown = (one for page in self._reading.searched(window) for one in page if one.created)
        # An account that ignores `created` shows ours among the newer ones alone, under another second.
        return list(
            ({one.reference: one for one in shown if datetime.fromisoformat(one.created) == second} | newer).values()
        )

    def _newer(self, mark: int) -> Iterator[list[Snapshot]]:
        after: str | None = None
        while True:
            shown, page = self._reading.newest(after, mark)
            yield newer_than(mark, shown)
            after = page.after
            if after is None or not mark or any(int(one.id) <= mark for one in page.data):
                return

    # -- writing
    def set_gate(self, snapshot: Snapshot, value: bool) -> Snapshot:
        """The contact as it was read, with SA as it is now: the answer shows nothing else."""
        self.sellsy.set_custom_fields("contact", snapshot.reference.id, {self.gate_field: value})
        return hashed(replace(snapshot, gate=value))

    def update(self, writes: Sequence[Write]) -> Sequence[Written]:
        """One record after another. An item with an error may hold what was acknowledged before it."""
        return one_by_one(writes, self._update)

    def create(self, creates: Sequence[Create]) -> Sequence[Written]:
        """As `update`. A contact that was made and whose link failed is made: the link is owed."""
        return one_by_one(creates, self._create)

    def _update(self, write: Write) -> Written:
        fields, snapshot = dict(write.fields), write.snapshot
        body, refused = sellsy_body(fields)
        if write.archive:
            body["is_archived"] = True
        shown: dict[str, Value] = {}
        try:
            contact, more = self._send(snapshot.reference.id, fields, body)
            refused |= more
            if contact is not None:
                snapshot = self._reading.written(contact, snapshot)
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
        snapshot = self._reading.made(contact, at)
        shown = {k: v for k, v in snapshot.fields.items() if k in fields and k not in refused and k != LINKS}
        try:
            snapshot = self._link_new(snapshot, fields.get(LINKS, []))
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

    def _link_new(self, snapshot: Snapshot, wanted: Value) -> Snapshot:
        """Nobody else links a contact that was made a moment ago: what Sellsy accepted stands, unread."""
        added, _ = link_changes(wanted, snapshot.fields)
        linked: dict[Reference, Reference] = {}
        for tiers, others in self.counterparts(added).items():
            company = next((one for one in others if one.thing == "company"), None)
            if company is not None:
                self.sellsy.link_contact(company.id, snapshot.reference.id)
                linked[company] = tiers
        return self._reading.linked_to(snapshot, linked)

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
        return self._reading.linked_now(snapshot) if added or removed else snapshot
