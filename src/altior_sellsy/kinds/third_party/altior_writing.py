"""From fields in the shared form to the body of a tiers. Pure (shapes: altior/contract.py).

Only what changes is in a body; elements of sets are changed in place by id, added without one, removed when emptied.
"""

from typing import Any

from altior_sellsy.kinds.altior_parts import Body, civility_title
from altior_sellsy.kinds.altior_sets import Ids
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.kinds.third_party import contact_roles
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
TYPES = ("sale_type", "purchase_type")
_SALES = frozenset({"client", "prospect"})


def tiers_body(fields: Fields, correspondence: Correspondence, *, person: bool, before: Snapshot | None = None) -> Body:
    """`before`: the snapshot the write was planned from; None for a new tiers, whose roles are the caller's to say."""
    out, bindings = Body(_FIELDS_OF_PATH), before.bindings if before else {}
    out.plain(fields, PERSON if person else {**COMPANY, **LEGAL})
    if person and "civility" in fields:
        out.body["civilite"] = civility_title(fields, correspondence)
    derived = siret.siren_of(out.body.get("siret"))
    if derived:  # A new SIRET brings its SIREN along, so that the two agree on this side (R11).
        out.body["siren"] = derived
    out.typed(fields, correspondence, bindings, "individual" if person else "company")
    _addresses(out, fields, bindings)
    _collaborators(out, fields, correspondence, bindings)
    contact_roles.write_altior(out, fields, correspondence, before)
    wanted = frozenset(str(fields[name]) for name in TYPES if fields.get(name))
    if before is not None and wanted - before.roles:
        out.body["roles"] = roles_after(before.roles, wanted)
    return out


def roles_after(had: frozenset[str], wanted: frozenset[str]) -> list[str]:
    """Altior's roles once `wanted` are added: client and prospect take each other's place, fournisseur stands apart."""
    roles = (had - _SALES if wanted & _SALES else had) | wanted
    return [own for own, shared in ROLES.items() if shared in roles]


def _addresses(out: Body, fields: Fields, bindings: Ids) -> None:
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


def _collaborators(out: Body, fields: Fields, correspondence: Correspondence, bindings: Ids) -> None:
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
    "roles": TYPES,
    "note": ("note",),
    "archive": ("archived",),
}
