"""Main, invoicing and dunning contact: single in Sellsy, roles on the tiers' links in Altior, where several contacts
may hold the same one (mapping lines K01–K03). Pure.

What Altior shows for a pointer is one of the holders that are paired: the one of the last agreement while it is still
among them, else the one that Sellsy shows, else the first. Other holders are never touched.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from altior_sellsy.altior.port import Document
from altior_sellsy.kinds.altior_parts import Body
from altior_sellsy.kinds.altior_sets import Bound
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.draft import Draft
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.kinds.third_party.record import CONTACT_POINTERS
from altior_sellsy.ledger.model import Fields, Pair, Value
from altior_sellsy.sellsy.models import Company, Individual
from altior_sellsy.values.reference import Reference, Side

GIVEN = "given"
"""Name of the bindings: pointer → the holder that has its role from this pair, and may lose it."""
Paired = Mapping[Reference, tuple[Reference, ...]]
_IDS = tuple((name, f"{name}_id") for name in CONTACT_POINTERS)
"""Pointer → Sellsy's key."""


def pointer_roles(correspondence: Correspondence) -> dict[str, str]:
    """Pointer → role in Altior, for the lines that are synchronised."""
    return {f"{role}_contact": own for role, own in correspondence.contact_roles().items()}


# -- Sellsy
def sellsy_contacts(third: Company | Individual, account: str) -> dict[str, Reference]:
    """Pointer → the contact that it names."""
    ids = ((name, getattr(third, key)) for name, key in _IDS)
    return {name: Reference(Side.SELLSY, account, "contact", id) for name, id in ids if id is not None}


def read_sellsy(
    draft: Draft, third: Company | Individual, account: str, correspondence: Correspondence, paired: Paired
) -> None:
    """A contact that is not paired leaves its pointer unknown."""
    named = sellsy_contacts(third, account)
    for name in pointer_roles(correspondence):
        if name in named and paired.get(named[name]):
            draft.fields[name] = str(paired[named[name]][0])
        elif name not in named and third.has(f"{name}_id"):
            draft.fields[name] = None


# -- Altior
def altior_contacts(document: Document, environment: str) -> list[Reference]:
    return [
        Reference(Side.ALTIOR, environment, "contact", str(link["contact"])) for link in document.get("contacts") or ()
    ]


def read_altior(
    draft: Draft,
    document: Document,
    environment: str,
    correspondence: Correspondence,
    paired: Collection[Reference],
    bound: Bound,
) -> dict[str, dict[str, str]]:
    """Answers pointer → paired holders (reference as text → contact id)."""
    if "contacts" not in document:
        return {}
    holders: dict[str, dict[str, str]] = {}
    linked = altior_contacts(document, environment)
    for name, role in pointer_roles(correspondence).items():
        holders[name] = {
            str(contact): contact.id
            for contact, link in zip(linked, document["contacts"] or (), strict=True)
            if role in (link.get("roles") or ()) and contact in paired
        }
        draft.fields[name] = _chosen(holders[name], bound.values.get(name))
    return holders


def bind_pointers(pair: Pair, snapshots: Mapping[Side, Snapshot]) -> Snapshot:
    """Altior's snapshot with its pointers chosen as this pair knows them."""
    altior, sellsy = snapshots[Side.ALTIOR], snapshots[Side.SELLSY]
    fields, given = dict(altior.fields), {}
    for name in CONTACT_POINTERS:
        holders = altior.bindings.get(name)
        if holders is None or name not in fields:
            continue
        half = pair.half_altior.get(name)
        fields[name] = _chosen(holders, half, sellsy.fields.get(name))
        if isinstance(half, str) and half in holders and pair.half_sellsy.get(name) == half:
            given[name] = half
    return replace(altior, fields=fields, bindings={**altior.bindings, GIVEN: given})


def _chosen(holders: Mapping[str, str], *wanted: Value) -> str | None:
    for one in wanted:
        if isinstance(one, str) and one in holders:
            return one
    return next(iter(holders), None)


def write_altior(out: Body, fields: Fields, correspondence: Correspondence, before: Snapshot | None) -> None:
    """The role goes to the contact's link, whole as Altior wants it, and leaves the one that had it from this pair."""
    roles = pointer_roles(correspondence)
    links: dict[str, list[str]] = {}
    if before is not None and before.document:
        links = {str(one["contact"]): list(one.get("roles") or ()) for one in before.document.get("contacts") or ()}
    given = before.bindings.get(GIVEN, {}) if before is not None else {}
    touched: dict[str, tuple[str, ...]] = {}
    for name, role in roles.items():
        if name not in fields:
            continue
        value, had = fields[name], given.get(name)
        if had is not None and had != value and not _serves_another(name, had, fields, given, roles):
            id = Reference.parse(had).id
            if role in links.get(id, ()):
                links[id] = [one for one in links[id] if one != role]
                touched[id] = (*touched.get(id, ()), name)
        if isinstance(value, str):
            id = Reference.parse(value).id
            if role not in links.get(id, ()):
                links[id] = [*links.get(id, ()), role]
                touched[id] = (*touched.get(id, ()), name)
    if touched:
        out.body["contacts"] = [_link(id, links[id]) for id in touched]
        out.slots["contacts"] = list(touched.values())


def _serves_another(
    name: str, contact: str, fields: Fields, given: Mapping[str, str], roles: Mapping[str, str]
) -> bool:
    """Two pointers may have the same role in Altior: it is not taken while the other one needs it."""
    return any(
        other != name and role == roles[name] and fields.get(other, given.get(other)) == contact
        for other, role in roles.items()
    )


def _link(contact: str, roles: list[str]) -> dict[str, Any]:
    return {"contact": contact, "roles": roles}
