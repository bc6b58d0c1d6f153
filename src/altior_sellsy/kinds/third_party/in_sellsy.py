"""Third parties in Sellsy: companies and individuals, over the sellsy port. Reads and writes, decides nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from altior_sellsy.clock import Clock
from altior_sellsy.errors import ConnectorError, Invalid, NotFound
from altior_sellsy.kinds.content import hashed
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.counterparts import Counterparts, nothing_paired
from altior_sellsy.kinds.port import Create, Page, Problem, Snapshot, Write, Written
from altior_sellsy.kinds.sellsy_parts import newer_than, one_by_one, unreadable
from altior_sellsy.kinds.third_party.addresses import SET, address_changes
from altior_sellsy.kinds.third_party.contact_roles import Paired, sellsy_contacts
from altior_sellsy.kinds.third_party.sellsy_calls import POINTERS, THINGS, Rows, Third, ThirdCalls
from altior_sellsy.kinds.third_party.sellsy_placing import place
from altior_sellsy.kinds.third_party.sellsy_reading import read_company, read_individual
from altior_sellsy.kinds.third_party.sellsy_writing import (
    TYPES,
    Outgoing,
    field_refusals,
    new_third,
    third_body,
    wiped_beside,
)
from altior_sellsy.ledger.model import Fields, Value
from altior_sellsy.sellsy.models import Company
from altior_sellsy.sellsy.port import Sellsy
from altior_sellsy.values.reference import Reference, Side

VITAL = frozenset({"name", "last_name", "siret"})
"""Nothing is created without its name, nor without the SIRET by which its twin would be known."""
CONVERT_BACK = Problem(
    "type_unchangeable",
    "Altior indique Prospect, Sellsy Client, et l'API de Sellsy ne revient pas en arrière. Dans Sellsy : Actions → "
    "Transformer la fiche client en fiche prospect (impossible si une facture ou un avoir existe).",
)
TYPE_TAKEN = Problem(
    "type_unchangeable",
    "Altior a retiré le rôle qui correspond à cette fiche, et Sellsy ne change pas ce type par l'API. Rendez ce rôle "
    "au tiers dans Altior, ou archivez la fiche dans Sellsy.",
)


@dataclass(frozen=True, slots=True)
class SellsyThirdParties:
    """`gate_field`: id of the custom field SA. `default_owner`: id of the collaborator who owns what we create when
    nobody corresponds; empty leaves it to Sellsy. `counterparts`: of contacts."""

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
        return frozenset(THINGS)

    @property
    def _calls(self) -> ThirdCalls:
        return ThirdCalls(self.sellsy, self.clock, self.gate_field)

    # -- reading
    def observe(self, references: Sequence[Reference]) -> Mapping[Reference, Snapshot]:
        """One search by ids per thing and 100 references; another one for those that it does not show: an account may
        hide what is archived where it is not asked for. A record that neither answer holds is absent."""
        found: dict[Reference, Snapshot] = {}
        for thing in THINGS:
            own = (one for one in references if one.owner == self.account and one.thing == thing)
            ids = sorted({int(one.id) for one in own if one.id.isdecimal()})
            for start in range(0, len(ids), 100):
                asked = ids[start : start + 100]
                # Once all are there no further page is asked for: a full one would be followed by an empty one.
                shown = {one.reference: one for one in islice(self._search(thing, {"id": asked}), len(asked))}
                found |= shown | self._hidden(thing, set(asked) - {int(one.id) for one in shown})
        return found

    def _hidden(self, thing: str, ids: Collection[int]) -> dict[Reference, Snapshot]:
        if not ids:
            return {}
        archived = islice(self._search(thing, {"id": sorted(ids), "is_archived": True}), len(ids))
        return {one.reference: replace(one, listed=False) for one in archived}

    def exists(self, reference: Reference) -> bool:
        try:
            self._calls.get(reference.thing, reference.id)
        except NotFound:
            return False
        return True

    def scan(self, after: str | None) -> Page:
        """Companies, then individuals. The cursor says which: «company:…»."""
        thing, _, cursor = (after or "company:").partition(":")
        return self._page(self._calls.list(thing, cursor or None))

    def swept(self, start: datetime, end: datetime, after: str | None) -> Page:
        """A page of what was modified in this closed window of Sellsy's clock; the cursor is that of `scan`."""
        thing, _, cursor = (after or "company:").partition(":")
        return self._page(self._calls.found(thing, {"updated_at": {"start": start, "end": end}}, cursor or None))

    def _page(self, page: Rows) -> Page:
        if page.after is not None:
            following: str | None = f"{page.thing}:{page.after}"
        else:
            following = "individual:" if page.thing == "company" else None
        return Page(self._read_all(page), following, page.total)

    def changed(self, start: datetime, end: datetime) -> Iterator[Sequence[Snapshot]]:
        """Pages of what was modified in this closed window of Sellsy's clock, in id order, by search."""
        window = {"updated_at": {"start": start, "end": end}}
        for thing in THINGS:
            for rows in self._calls.search(thing, window):
                yield self._read_all(rows)

    def find(self, key: str, values: Iterable[str]) -> Sequence[Snapshot]:
        """`siret`: Sellsy filters on one at a time, and only companies have one. `stamp`: our reference, as text."""
        if key == "stamp":
            return list(self.observe([Reference.parse(value) for value in values]).values())
        if key != "siret":
            raise ValueError(f"no such key: {key}")
        found = [one for value in dict.fromkeys(values) for one in self._search("company", {"siret": value})]
        return list({one.reference: one for one in found}.values())

    def newest_id(self) -> str:
        """Of both things: «company=12,individual=7»; 0 where there is none."""
        newest = {thing: self._calls.list(thing, None, "desc", 1).data for thing in THINGS}
        return ",".join(f"{thing}={rows[0].id if rows else 0}" for thing, rows in newest.items())

    def created_at(self, second: datetime, after_id: str) -> Sequence[Snapshot]:
        """By list, newest first, all those above `after_id` (an answer of `newest_id`; a page at the least); by search,
        those of this second. An account that ignores `created` shows ours in the first alone."""
        marks = dict(part.split("=", 1) for part in after_id.split(",") if "=" in part)
        found: dict[Reference, Snapshot] = {}
        for thing in THINGS:
            found |= {one.reference: one for one in self._newer(thing, int(marks.get(thing, 0)))}
            of_second = {"created": {"start": second, "end": second + timedelta(seconds=1)}}
            for one in self._search(thing, of_second):
                if one.created and datetime.fromisoformat(one.created) == second:
                    found[one.reference] = one
        return list(found.values())

    def _newer(self, thing: str, mark: int) -> Iterator[Snapshot]:
        after: str | None = None
        while True:
            page = self._calls.list(thing, after, "desc")
            yield from newer_than(mark, self._read_all(page))
            after = page.after
            if after is None or not mark or any(int(one.id) <= mark for one in page.data):
                return

    # -- writing
    def set_gate(self, snapshot: Snapshot, value: bool) -> Snapshot:
        """The record as it was read, with SA as it is now: the answer shows nothing else."""
        self._calls.tick(snapshot.reference.thing, snapshot.reference.id, value)
        return hashed(replace(snapshot, gate=value))

    def update(self, writes: Sequence[Write]) -> Sequence[Written]:
        """One record after another; after a refusal of our access or an unreachable Sellsy the rest is not sent. An
        item with an error may hold what was acknowledged before it."""
        return one_by_one(writes, self._update)

    def create(self, creates: Sequence[Create]) -> Sequence[Written]:
        """As `update`. A record that was made and whose address failed is made: the address is owed."""
        return one_by_one(creates, self._create)

    def _update(self, write: Write) -> Written:
        reference, fields = write.snapshot.reference, dict(write.fields)
        refused: dict[str, Problem] = {}
        snapshot, shown = write.snapshot, dict[str, Value]()
        try:
            for name in TYPES:
                if name not in fields or name not in snapshot.fields:
                    continue
                if fields[name] == "client" and snapshot.roles == {"prospect"}:
                    snapshot = self._shown(self._calls.convert(reference.thing, reference.id), write.snapshot)
                if fields[name] in snapshot.roles:
                    shown[name] = fields[name]
                else:
                    refused[name] = CONVERT_BACK if fields[name] == "prospect" else TYPE_TAKEN
            out = third_body(
                fields, self.correspondence, person=reference.thing == "individual", before=write.snapshot.fields
            )
            refused |= out.refused
            if write.archive:
                out.body["is_archived"] = True
            if out.body:
                third, more = self._send(reference, fields, out, write.snapshot.fields)
                refused |= more
                if third is not None:
                    snapshot = self._shown(third, write.snapshot)
                    shown |= {k: v for k, v in snapshot.fields.items() if k in fields and k not in POINTERS}
            shown |= out.kept
        except ConnectorError as error:
            return Written(shown=shown, refused=refused, error=error)
        bound = snapshot.bindings.get(SET, {})
        placed = place(self._calls, snapshot, address_changes(fields, bound, write.snapshot.fields))
        blank = {k: None for k in POINTERS if k in fields and fields[k] is None and snapshot.fields.get(k, "") is None}
        shown |= blank  # emptied, and Sellsy had none
        shown = {name: value for name, value in (shown | dict(placed.shown)).items() if name not in refused}
        return replace(placed, shown=shown, refused={**refused, **placed.refused})

    def _send(
        self, reference: Reference, fields: Fields, out: Outgoing, before: Fields
    ) -> tuple[Third | None, dict[str, Problem]]:
        """PUT; when Sellsy names refused fields, once more without them. None: nothing is left to send."""
        try:
            third = self._calls.put(reference.thing, reference.id, out.body)
            after = self._snapshot(third, self.clock.now(), gate=None).fields
            if wiped := wiped_beside(fields, before, after):
                again = third_body(wiped, self.correspondence, person=False, before={})
                third = self._calls.put(reference.thing, reference.id, again.body)
            return third, {}
        except Invalid as error:
            refused = field_refusals(error.fields, fields)
            if not refused:
                raise
        rest = {name: value for name, value in fields.items() if name not in refused}
        again = third_body(rest, self.correspondence, person=reference.thing == "individual", before=before)
        if not again.body:
            return None, refused
        return self._calls.put(reference.thing, reference.id, again.body), refused

    def _create(self, create: Create) -> Written:
        fields = dict(create.fields)
        person = "last_name" in fields
        type = next((role for role in ("client", "prospect", "supplier") if role in create.roles), "prospect")
        refused: dict[str, Problem] = {}
        at = self.clock.now()
        try:
            try:
                third, out = self._post(create, fields, person, type)
            except Invalid as error:
                refused = field_refusals(error.fields, fields)
                if not refused or refused.keys() & VITAL:
                    raise
                rest = {name: value for name, value in fields.items() if name not in refused}
                third, out = self._post(create, rest, person, type)
        except ConnectorError as error:
            return Written(error=error)
        snapshot = self._snapshot(third, at, gate=None)
        refused |= out.refused
        placed = place(self._calls, snapshot, address_changes(fields, {}))
        shown = {k: v for k, v in snapshot.fields.items() if k in fields and k not in refused and k not in POINTERS}
        return replace(placed, shown=shown | dict(placed.shown), refused={**refused, **placed.refused}, error=None)

    def _post(self, create: Create, fields: Fields, person: bool, type: str) -> tuple[Third, Outgoing]:
        out = new_third(fields, self.correspondence, person=person, type=type, default_owner=self.default_owner)
        if create.created is not None:
            out.body["created"] = create.created
        return self._calls.post("individual" if person else "company", out.body), out

    def _search(self, thing: str, filters: Mapping[str, Any]) -> Iterator[Snapshot]:
        for rows in self._calls.search(thing, filters):
            yield from self._read_all(rows)

    def _read_all(self, rows: Rows) -> list[Snapshot]:
        paired = self._paired(rows.data)
        read = [self._snapshot(one, rows.at, self._calls.gate(one), paired) for one in rows.data]
        lost = [Reference(Side.SELLSY, self.account, rows.thing, id) for id in rows.unreadable if id]
        return read + [unreadable(one, rows.at) for one in lost]

    def _paired(self, thirds: Sequence[Third]) -> Paired:
        contacts = {c for one in thirds for c in sellsy_contacts(one, self.account).values()}
        return self.counterparts(contacts) if contacts else {}

    def _snapshot(self, third: Third, at: datetime, gate: bool | None, paired: Paired | None = None) -> Snapshot:
        contacts = self._paired([third]) if paired is None else paired
        own, account = self.correspondence, self.account
        if isinstance(third, Company):
            return read_company(third, at=at, account=account, correspondence=own, gate=gate, contacts=contacts)
        return read_individual(third, at=at, account=account, correspondence=own, gate=gate, contacts=contacts)

    def _shown(self, third: Third, before: Snapshot) -> Snapshot:
        """The answer of a write: SA is not in it, nor, after a conversion, the addresses."""
        now = self._snapshot(third, before.at, before.gate)
        kept = {name: before.fields[name] for name in POINTERS if name not in now.fields and name in before.fields}
        bound = {**before.bindings.get(SET, {}), **now.bindings.get(SET, {})}
        return hashed(replace(now, fields={**now.fields, **kept}, bindings={SET: bound}))
