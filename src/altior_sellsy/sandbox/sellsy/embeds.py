"""`embed[]`: what may be asked for with a record, and what is answered in `_embed` (FACTS 3)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from altior_sellsy.sandbox.sellsy import serialise
from altior_sellsy.sandbox.sellsy.errors import invalid
from altior_sellsy.sandbox.sellsy.rows import Row
from altior_sellsy.sandbox.sellsy.settings import Resource
from altior_sellsy.sandbox.sellsy.state import State

_CUSTOM = re.compile(r"^cf\.(\d+)$")
_DOCUMENTS = ("estimates", "invoices", "orders", "deliveries")
_CONTACTS = ("main_contact", "dunning_contact", "invoicing_contact")
_OF_CONTACTS = ("invoicing_address", "delivery_address", "opportunities", *_DOCUMENTS, "acl", "smart_tags", "owner")
_OF_OPPORTUNITIES = {name: name for name in ("company", "individual", "contacts", "assigned_staffs", "currency")} | {
    **{name: name for name in ("acl", "smart_tags", *_DOCUMENTS)},
    "proformas": "proforma",
    "creditnotes": "credit_notes",
}
"""What is asked for → the key of the answer: two of them are spelt otherwise (OAS)."""

ALLOWED: Mapping[Resource, frozenset[str]] = {
    "companies": frozenset((*_OF_CONTACTS, *_CONTACTS)),
    "individuals": frozenset((*_OF_CONTACTS, *_CONTACTS)),
    "contacts": frozenset(_OF_CONTACTS),
    "opportunities": frozenset(_OF_OPPORTUNITIES),
}
_CAN = {"can_be_updated": True, "can_be_deleted": True}


def checked(resource: Resource, asked: Sequence[str]) -> list[str]:
    """Raises ApiError 400 on an embed that this resource does not have."""
    allowed = ALLOWED[resource]
    for name in asked:
        if name not in allowed and not _CUSTOM.match(name):
            raise invalid({"embed": f"La valeur '{name}' n'est pas autorisée"})
    return list(asked)


def with_embeds(
    state: State, resource: Resource, row: Row, asked: Sequence[str], scopes: frozenset[str]
) -> dict[str, Any]:
    """The record; an embed whose scope is missing is null."""
    answer = serialise.record(state, resource, row)
    if not asked:
        return answer
    embed: dict[str, Any] = {}
    custom: list[dict[str, Any]] = []
    for name in asked:
        if match := _CUSTOM.match(name):
            field = state.settings.custom_field(int(match[1]))
            usable = serialise.custom_fields_of(state, resource, row)
            if field in usable and state.switches.cf_embeds and "custom-fields.read" in scopes:
                custom.append(serialise.custom_value(field, row))
        elif resource == "opportunities":
            embed[_OF_OPPORTUNITIES[name]] = _of_opportunity(state, row, name, scopes)
        else:
            embed[name] = _of_third(state, resource, row, name, scopes)
    if custom:
        embed["custom_fields"] = custom
    if embed:
        answer["_embed"] = embed
    return answer


def _of_third(state: State, resource: Resource, row: Row, name: str, scopes: frozenset[str]) -> Any:
    if name in ("invoicing_address", "delivery_address"):
        pointed = row.fields[f"{name}_id"]
        stored = row.address(pointed) if pointed else None
        return serialise.address(row, stored) if stored else None
    if name in _CONTACTS:
        pointed = row.fields[f"{name}_id"]
        contact = state.view("contacts").get(pointed) if pointed and "contacts.read" in scopes else None
        return serialise.contact(state, contact) if contact else None
    if name == "opportunities":
        return _opportunities(state, resource, row) if "opportunities.read" in scopes else None
    if name in _DOCUMENTS:
        return row.counts.get(name, 0) if "invoicing.read" in scopes else None
    if name == "smart_tags":
        return [] if "smart-tags.read" in scopes else None
    if name == "owner":
        owner = state.settings.staff(row.fields["owner_id"])
        return serialise.staff(owner) | {"type": "staff"} if owner and "staffs.read" in scopes else None
    verbs = ("view", "create", "update", "delete")
    return _CAN | {f"{verb}_{resource}_addresses": True for verb in verbs}


def _of_opportunity(state: State, row: Row, name: str, scopes: frozenset[str]) -> Any:
    fields = row.fields
    if name == "company":
        company = state.view("companies").get(fields["company_id"]) if fields["company_id"] else None
        return serialise.company(state, company) if company and "companies.read" in scopes else None
    if name == "individual":
        individual = state.view("individuals").get(fields["individual_id"]) if fields["individual_id"] else None
        seen = individual and "individuals.read" in scopes
        return serialise.record(state, "individuals", individual) if individual and seen else None
    if name == "contacts":
        linked = state.view("contacts").some(fields["contact_ids"] or ())
        return [serialise.contact(state, contact) for contact in linked] if "contacts.read" in scopes else None
    if name == "assigned_staffs":
        known = [state.settings.staff(id) for id in fields["assigned_staff_ids"] or ()]
        return [serialise.staff(staff) for staff in known if staff]
    if name == "currency":
        return {"id": 1, "code": "EUR", "symbol": "€", "is_default": True}
    if name == "smart_tags":
        return [] if "smart-tags.read" in scopes else None
    if name == "acl":
        return _CAN | {"link_invoicing_docs": True}
    return row.counts.get(name, 0) if "invoicing.read" in scopes else None


def _opportunities(state: State, resource: Resource, row: Row) -> int:
    opportunities = state.tables["opportunities"]
    if resource == "contacts":
        return sum(row.id in (deal.fields["contact_ids"] or ()) for deal in opportunities)
    key = "company_id" if resource == "companies" else "individual_id"
    return sum(deal.fields[key] == row.id for deal in opportunities)
