"""From fields in the shared form to the body of a tiers. Pure (shapes: altior/contract.py).

Only what changes is in a body; elements of sets are changed in place by id, added without one, removed when emptied.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from altior_sellsy.kinds.altior_sets import EMAILS, PHONES, URLS, Ids, typed_changes
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.port import Problem
from altior_sellsy.kinds.third_party.addresses import SET, address_changes
from altior_sellsy.kinds.third_party.altior_reading import (
    ADDRESS_PARTS,
    COLLABORATORS,
    COMPANY,
    FLAGS,
    PERSON,
    ROLES,
    owner_roles,
)
from altior_sellsy.kinds.third_party.record import ADDRESSES
from altior_sellsy.ledger.model import Fields
from altior_sellsy.values import siret

LEGAL = {"siret": "siret", "siren": "siren", "vat": "tva", "naf": "naf", "legal_form": "forme_juridique"}
_ELEMENT = re.compile(r"([a-z_]+)\[([0-9]+)\]")
_OWN_ROLES = {shared: own for own, shared in ROLES.items()}
_SALES = frozenset({"client", "prospect"})


@dataclass(slots=True)
class TiersBody:
    """`body`: what to send. `slots`: set → the field behind each of its elements, to read refusals by their place."""

    body: dict[str, Any] = field(default_factory=dict)
    slots: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    def refusals(self, paths: Mapping[str, str], fields: Fields) -> dict[str, Problem]:
        """Which of our fields Altior named in its refusal; empty when it named none of them."""
        refused: dict[str, Problem] = {}
        for path, message in paths.items():
            problem = Problem("refused_by_altior", f"Altior répond : « {message.rstrip('. ')} ».")
            refused |= {name: problem for name in self._fields_of(path) if name in fields}
        return refused

    def _fields_of(self, path: str) -> tuple[str, ...]:
        place = _ELEMENT.match(path)
        if place is None:
            return _FIELDS_OF_PATH.get(path, ())
        slots = self.slots.get(place[1], [])
        return slots[int(place[2])] if int(place[2]) < len(slots) else ()


def tiers_body(fields: Fields, correspondence: Correspondence, *, person: bool, bindings: Ids) -> TiersBody:
    """`bindings`: of the snapshot the write was planned from; empty for a new tiers."""
    out = TiersBody()
    plain = PERSON if person else {**COMPANY, **LEGAL}
    for name, own in plain.items():
        if name in fields:
            out.body[own] = fields[name]
    if "note" in fields:
        out.body["note"] = fields["note"] or ""
    if person and "civility" in fields:
        code = fields["civility"]
        out.body["civilite"] = correspondence.civility_in_altior(code) if isinstance(code, str) else None
    derived = siret.siren_of(out.body.get("siret"))
    if derived:  # A new SIRET brings its SIREN along, so that the two agree on this side (R11).
        out.body["siren"] = derived
    _typed(out, fields, correspondence, bindings, person=person)
    _addresses(out, fields, bindings)
    _collaborators(out, fields, correspondence, bindings)
    return out


def roles_after(had: frozenset[str], wanted: frozenset[str]) -> list[str]:
    """Altior's roles once `wanted` are added: client and prospect take each other's place, fournisseur stands apart."""
    roles = (had - _SALES if wanted & _SALES else had) | wanted
    return [own for own, shared in ROLES.items() if shared in roles]


def _typed(out: TiersBody, fields: Fields, correspondence: Correspondence, bindings: Ids, *, person: bool) -> None:
    types = {
        PHONES: correspondence.phone_types(person=person),
        EMAILS: correspondence.email_types("individual" if person else "company"),
        URLS: correspondence.url_types(),
    }
    for of, slots in types.items():
        changes = typed_changes(of, slots, fields, bindings.get(of.name, {}))
        if changes:
            out.body[of.name] = [element for _, element in changes]
            out.slots[of.name] = [(slot,) for slot, _ in changes]


def _addresses(out: TiersBody, fields: Fields, bindings: Ids) -> None:
    elements: list[dict[str, Any]] = []
    slots: list[tuple[str, ...]] = []

    def put(names: tuple[str, ...], id: str | None, content: dict[str, Any]) -> None:
        for place, element in enumerate(elements):
            if id is not None and element.get("id") == id:
                element.update(content)
                slots[place] += names
                return
        elements.append(({"id": id} if id is not None else {}) | content)
        slots.append(names)

    for change in address_changes(fields, bindings.get(SET, {})):
        if change.value is None:
            kept = dict.fromkeys((FLAGS[slot] for slot in change.slots), False)
            put(change.slots, change.id, kept if change.serves else {"supprimer": True})
            continue
        content = {own: change.value[part] for part, own in ADDRESS_PARTS.items()}
        flags = {FLAGS[slot]: slot in change.slots for slot in ADDRESSES}
        if change.id is None:
            content |= {"libelle": ADDRESSES[change.slots[0]]}
            put(change.slots, None, {**content, **flags})
        else:
            put(change.slots, change.id, dict(content))
        if change.shared:
            put(change.slots, change.shared, dict.fromkeys((FLAGS[slot] for slot in change.slots), False))
    if elements:
        out.body["adresses"], out.slots["adresses"] = elements, slots


def _collaborators(out: TiersBody, fields: Fields, correspondence: Correspondence, bindings: Ids) -> None:
    ids = bindings.get(COLLABORATORS, {})
    elements: list[dict[str, Any]] = []
    slots: list[tuple[str, ...]] = []
    for name, role in owner_roles(correspondence).items():
        if name not in fields or (fields[name] is None and name not in ids):
            continue
        element: dict[str, Any] = {"id": ids[name]} if name in ids else {"role": role}
        elements.append(element | ({"supprimer": True} if fields[name] is None else {"email": fields[name]}))
        slots.append((name,))
    if elements:
        out.body[COLLABORATORS], out.slots[COLLABORATORS] = elements, slots


_FIELDS_OF_PATH: dict[str, tuple[str, ...]] = {
    **{own: (name,) for names in (COMPANY, PERSON, LEGAL) for name, own in names.items()},
    "siren": ("siren", "siret"),
    "civilite": ("civility",),
    "note": ("note",),
}
