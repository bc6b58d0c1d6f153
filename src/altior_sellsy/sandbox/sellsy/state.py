"""The account in memory: every change of a record, by the API or by a person, goes through here. Knows no HTTP."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from altior_sellsy.sandbox.sellsy.rows import Row, Table, View
from altior_sellsy.sandbox.sellsy.settings import RESOURCES, Resource, Settings
from altior_sellsy.sandbox.sellsy.shapes import ROLES, auxiliary_code, blank, merged
from altior_sellsy.sandbox.sellsy.switches import Signal, Switches
from altior_sellsy.sandbox.sellsy.times import Second, local

FIRST_IDS: dict[Resource, int] = {"companies": 3001, "individuals": 3001, "contacts": 5001, "opportunities": 101}
"""Companies and individuals overlap on purpose: an id means nothing without its resource."""

FLAGS = {"is_invoicing_address": "invoicing_address_id", "is_delivery_address": "delivery_address_id"}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that webhooks may tell. `entity`: client, prospect, supplier, people, opportunity,
    third_party_contact. `resource` and `row`: the record as it stands after the change."""

    entity: str
    name: str
    resource: Resource
    row: Row
    at: Second


class State:
    def __init__(
        self,
        settings: Settings,
        switches: Switches,
        clock: Callable[[], float] = time.time,
        tell: Callable[[Event], None] = lambda event: None,
    ) -> None:
        self.settings = settings
        self.switches = switches
        self.clock = clock
        self.tell = tell
        self.quiet = False
        """While True nothing is told (seeding)."""
        self.tables: dict[Resource, Table] = {name: Table(FIRST_IDS[name]) for name in RESOURCES}
        self._next_address = 20001

    def now(self) -> Second:
        """The server's time, skewed."""
        return int(self.clock() + self.switches.clock_skew)

    def view(self, resource: Resource, *, search: bool = False) -> View:
        """What a read sees now, lags included."""
        lag = max(self.switches.read_lag, self.switches.search_lag if search else 0)
        return self.tables[resource].view(self.clock() - lag if lag > 0 else None)

    def get(self, resource: Resource, id: int) -> Row | None:
        """The record as it is, whatever reads may see."""
        return self.tables[resource].get(id)

    # Records

    def create(
        self,
        resource: Resource,
        fields: Mapping[str, Any],
        *,
        created: Second | None = None,
        updated: Second | None = None,
        id: int | None = None,
    ) -> Row:
        """A new record from stored fields (shapes.blank), partial or whole."""
        now = self.now()
        table = self.tables[resource]
        row_id = table.new_id() if id is None else id
        stored = merged(blank(resource), fields)
        if stored["owner_id"] is None:
            stored["owner_id"] = self.settings.client.staff_id
        if stored.get("type") == "client" and not stored["auxiliary_code"]:
            stored["auxiliary_code"] = auxiliary_code(stored.get("name") or stored.get("last_name") or "", row_id)
        if resource == "opportunities":
            stored["number"] = stored["number"] or f"OPP-{row_id:05d}"
            stored["step_rank"] = stored["step_rank"] or row_id
        row = Row(row_id, stored, now if created is None else created, now if updated is None else updated)
        self._put(resource, row)
        self._tell(self.entity(resource, row), "created", resource, row)
        return row

    def update(self, resource: Resource, id: int, changes: Mapping[str, Any]) -> Row:
        old = self._row(resource, id)
        now = self.now()
        stored = merged(old.fields, changes)
        if resource == "opportunities" and stored["status"] != old.fields["status"]:
            stored["updated_status"] = now
        row = replace(old, fields=stored, updated=now)
        self._put(resource, row)
        for name in _changed(resource, old.fields, stored):
            self._tell(self.entity(resource, row), name, resource, row)
        return row

    def delete(self, resource: Resource, id: int) -> None:
        row = self._row(resource, id)
        self.tables[resource].remove(id, self._instant())
        if resource == "contacts":
            for third in ("companies", "individuals"):
                for holder in [row for row in self.tables[third] if id in row.contacts]:
                    self._put(third, _without_contact(holder, id))
        self._tell(self.entity(resource, row), "deleted", resource, row)

    def convert(self, resource: Resource, id: int, target: str) -> Row:
        """Changes the type of a third party; a client gets its auxiliary code."""
        row = self._row(resource, id)
        name = row.fields.get("name") or row.fields.get("last_name") or ""
        fields = {**row.fields, "type": target}
        if target == "client" and not fields["auxiliary_code"]:
            fields["auxiliary_code"] = auxiliary_code(name, id)
        self._tell(self.entity(resource, row), "transform", resource, row)
        row = replace(row, fields=fields, updated=self.now())
        self._put(resource, row)
        return row

    # Custom fields, addresses, links: signalled only as the switches say

    def set_custom(self, resource: Resource, id: int, values: Mapping[int, Any]) -> Row:
        row = self._row(resource, id)
        row = replace(row, custom={**row.custom, **values})
        return self._touch(resource, row, self.switches.signals.custom_fields, "updated")

    def set_counts(self, resource: Resource, id: int, counts: Mapping[str, int]) -> Row:
        row = replace(self._row(resource, id), counts={**self._row(resource, id).counts, **counts})
        self._put(resource, row)
        return row

    def add_address(self, resource: Resource, id: int, address: Mapping[str, Any]) -> tuple[Row, int]:
        """The two flags default to True while the record has no such address."""
        row = self._row(resource, id)
        address_id = self._next_address
        self._next_address += 1
        flags = {
            flag: address[flag] if flag in address else row.fields[pointer] is None for flag, pointer in FLAGS.items()
        }
        stored = {"id": address_id, **{name: value for name, value in address.items() if name not in FLAGS}}
        row = _pointed(replace(row, addresses=(*row.addresses, stored)), address_id, flags)
        return self._touch(resource, row, self.switches.signals.addresses, _ADDRESS[resource][0]), address_id

    def change_address(self, resource: Resource, id: int, address_id: int, changes: Mapping[str, Any]) -> Row:
        row = self._row(resource, id)
        kept = {name: value for name, value in changes.items() if name not in FLAGS}
        addresses = tuple({**known, **kept} if known["id"] == address_id else known for known in row.addresses)
        flags = {flag: bool(changes[flag]) for flag in FLAGS if flag in changes}
        row = _pointed(replace(row, addresses=addresses), address_id, flags)
        return self._touch(resource, row, self.switches.signals.addresses, _ADDRESS[resource][1])

    def remove_address(self, resource: Resource, id: int, address_id: int) -> Row:
        row = _pointed(self._row(resource, id), address_id, dict.fromkeys(FLAGS, False))
        row = replace(row, addresses=tuple(known for known in row.addresses if known["id"] != address_id))
        return self._touch(resource, row, self.switches.signals.addresses, _ADDRESS[resource][2])

    def link(self, resource: Resource, id: int, contact: int, roles: Sequence[str] | None) -> bool:
        """Links a contact to a third party; False when it was already. The first contact gets all roles; a role is
        taken from whoever had it. Roles of a contact that is already linked do not move."""
        row = self._row(resource, id)
        if contact in row.contacts:
            return False
        given = ROLES if not row.contacts else tuple(roles or ())
        fields = {**row.fields, **{f"{role}_contact_id": contact for role in given}}
        row = replace(row, contacts=(*row.contacts, contact), fields=fields)
        self._touch(resource, row, self.switches.signals.links, "created", "third_party_contact")
        return True

    def set_roles(self, resource: Resource, id: int, contact: int, roles: Iterable[str]) -> Row:
        """The contact then has exactly these roles."""
        row = self._row(resource, id)
        fields, wanted = dict(row.fields), set(roles)
        for role in ROLES:
            pointer = f"{role}_contact_id"
            if role in wanted:
                fields[pointer] = contact
            elif fields[pointer] == contact:
                fields[pointer] = None
        row = replace(row, fields=fields)
        return self._touch(resource, row, self.switches.signals.links, "main", "third_party_contact")

    def unlink(self, resource: Resource, id: int, contact: int) -> Row:
        row = _without_contact(self._row(resource, id), contact)
        return self._touch(resource, row, self.switches.signals.links, "deleted", "third_party_contact")

    # What the records say

    def entity(self, resource: Resource, row: Row) -> str:
        """How webhooks call it: a company is a client, a prospect or a supplier, a contact is «people»."""
        if resource in ("companies", "individuals"):
            return str(row.fields["type"])
        return "people" if resource == "contacts" else "opportunity"

    def roles(self, row: Row, contact: int) -> list[str]:
        return [role for role in ROLES if row.fields[f"{role}_contact_id"] == contact]

    def status(self, row: Row) -> str:
        """«late» is not a status of its own: it is an open opportunity past its due date."""
        due = row.fields["due_date"]
        late = row.fields["status"] == "open" and due is not None and due < local(self.now()).date().isoformat()
        return "late" if late else str(row.fields["status"])

    def _row(self, resource: Resource, id: int) -> Row:
        row = self.tables[resource].get(id)
        if row is None:
            raise KeyError(f"{resource} {id}")
        return row

    def _instant(self) -> float:
        return 0.0 if self.quiet else self.clock()

    def _put(self, resource: Resource, row: Row) -> None:
        self.tables[resource].put(row, self._instant())

    def _touch(self, resource: Resource, row: Row, signal: Signal, event: str, entity: str | None = None) -> Row:
        if signal.updated and not self.quiet:
            row = replace(row, updated=self.now())
        self._put(resource, row)
        if signal.webhook:
            self._tell(entity or self.entity(resource, row), event, resource, row)
        return row

    def _tell(self, entity: str, name: str, resource: Resource, row: Row) -> None:
        if not self.quiet:
            self.tell(Event(entity, name, resource, row, self.now()))


_ADDRESS: dict[Resource, tuple[str, str, str]] = {
    "companies": ("addressadded", "addressupdated", "addressremoved"),
    "individuals": ("addressadded", "addressupdated", "addressremoved"),
    "contacts": ("created_address", "updated_address", "deleted_address"),
}


def _changed(resource: Resource, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Events of an update."""
    if resource == "opportunities":
        moved = [name for name, key in (("status", "status"), ("step", "step_id")) if old[key] != new[key]]
        return moved or ["updated"]
    if old["is_archived"] != new["is_archived"]:
        return ["archived" if new["is_archived"] else "unarchived"]
    return ["updated"]


def _pointed(row: Row, address_id: int, flags: Mapping[str, bool]) -> Row:
    """The invoicing and the delivery address are pointers of the record: flagging one takes the flag from another."""
    fields = dict(row.fields)
    for flag, wanted in flags.items():
        pointer = FLAGS[flag]
        if wanted:
            fields[pointer] = address_id
        elif fields[pointer] == address_id:
            fields[pointer] = None
    return replace(row, fields=fields)


def _without_contact(row: Row, contact: int) -> Row:
    fields = dict(row.fields)
    for role in ROLES:
        if fields[f"{role}_contact_id"] == contact:
            fields[f"{role}_contact_id"] = None
    return replace(row, fields=fields, contacts=tuple(id for id in row.contacts if id != contact))
