"""From a tiers of Altior to the shared form. Pure (shapes: altior/contract.py; rules, mapping table)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from altior_sellsy.altior.port import Document
from altior_sellsy.kinds.altior_parts import UNHASHED, instant, iso, read_civility, read_coordinates
from altior_sellsy.kinds.altior_sets import UNBOUND, Bound, Element, bind
from altior_sellsy.kinds.content import digest
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.draft import Draft
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.kinds.third_party import contact_roles
from altior_sellsy.kinds.third_party.addresses import SET
from altior_sellsy.kinds.third_party.record import ADDRESSES
from altior_sellsy.kinds.third_party.sellsy_reading import is_french
from altior_sellsy.values import address as addresses
from altior_sellsy.values.reference import Reference, Side

ROLES = {"client": "client", "prospect": "prospect", "fournisseur": "supplier"}
FLAGS = {"invoicing_address": "facturation", "delivery_address": "livraison"}
ADDRESS_PARTS = {
    "line_1": "ligne1",
    "line_2": "ligne2",
    "line_3": "ligne3",
    "line_4": "ligne4",
    "postal_code": "code_postal",
    "city": "ville",
    "country": "pays",
}
COMPANY = {"name": "raison_sociale", "capital": "capital", "reference": "reference", "rcs": "rcs"}
PERSON = {"last_name": "nom", "first_name": "prenom", "reference": "reference"}
COLLABORATORS = "collaborateurs"


def is_person(document: Document) -> bool:
    return document.get("nature") == "physique"


def read_tiers(
    document: Document,
    *,
    at: datetime,
    environment: str,
    correspondence: Correspondence,
    bound: Bound = UNBOUND,
    contacts: Collection[Reference] = (),
) -> Snapshot:
    """`at`: when the query started. `bound`: to which elements the slots were bound before. `contacts`: the linked
    ones that are paired. The hash is of the whole document: which elements the slots are bound to is not known to a
    scan."""
    draft, person = Draft(), is_person(document)
    roles = frozenset(ROLES[role] for role in document.get("roles") or () if role in ROLES)
    for name, own in (PERSON if person else COMPANY).items():
        if own in document:
            draft.text(name, document[own])
    bindings = {SET: _addresses(draft, document, bound)}
    if person:
        read_civility(draft, document, correspondence)
    else:
        _legal(draft, document, correspondence)
    bindings |= read_coordinates(draft, document, correspondence, bound, "individual" if person else "company")
    bindings[COLLABORATORS] = _owners(draft, document, correspondence, bound, roles)
    bindings |= contact_roles.read_altior(draft, document, environment, correspondence, contacts, bound)
    draft.fields["sale_type"] = next((role for role in ("client", "prospect") if role in roles), None)
    draft.fields["purchase_type"] = "supplier" if "supplier" in roles else None
    names = (draft.fields.get(name) for name in ("name", "first_name", "last_name"))
    return Snapshot(
        reference=Reference(Side.ALTIOR, environment, "tiers", str(document["id"])),
        at=at,
        fields=draft.fields,
        label=" ".join(str(name) for name in names if name) or f"n° {document['id']}",
        version=str(document.get("version") or ""),
        modified=instant(document.get("modifie_le")),
        created=iso(document.get("cree_le")),
        archived=document.get("archive") is True,
        roles=roles,
        keys=draft.keys(),
        stamps=frozenset(str(text) for text in document.get("references_externes") or ()),
        problems=draft.problems,
        bindings=bindings,
        hash=digest({key: value for key, value in document.items() if key not in UNHASHED}),
        position={"nature": str(document.get("nature") or ""), "blocked": document.get("bloque") is True},
        document=document,
    )


def rebind(
    snapshot: Snapshot, correspondence: Correspondence, bound: Bound, contacts: Collection[Reference] = ()
) -> Snapshot:
    """The same document read again with its slots bound as the pair knows them, or, at the first pairing, by what
    Sellsy shows (`Bound(values=sellsy.fields)`)."""
    return read_tiers(
        snapshot.document,
        at=snapshot.at,
        environment=snapshot.reference.owner,
        correspondence=correspondence,
        bound=bound,
        contacts=contacts,
    )


def bind_addresses(document: Mapping[str, Any], bound: Bound) -> dict[str, Element]:
    return bind(
        document.get("adresses") or [],
        list(ADDRESSES),
        lambda slot, one: one.get(FLAGS[slot]) is True,
        read_address,
        addresses.same,
        ids=bound.ids.get(SET, {}),
        values=bound.values,
        shared=True,
    )


def owner_roles(correspondence: Correspondence) -> dict[str, str]:
    """owner, supplier_owner → the collaborator's role in Altior, for the lines that are synchronised."""
    both = {"owner": correspondence.owner_role, "supplier_owner": correspondence.supplier_owner_role}
    return {name: role for name, role in both.items() if role}


def read_address(element: Element) -> addresses.Address | None:
    return addresses.address({part: element.get(own) for part, own in ADDRESS_PARTS.items()})


def _addresses(draft: Draft, document: Document, bound: Bound) -> dict[str, str]:
    if "adresses" not in document:
        return {}
    found = bind_addresses(document, bound)
    for slot in ADDRESSES:
        draft.fields[slot] = read_address(found[slot]) if slot in found else None
    return {slot: str(one["id"]) for slot, one in found.items()}


def _legal(draft: Draft, document: Document, correspondence: Correspondence) -> None:
    french = is_french(draft.fields)
    if "siret" in document:
        draft.siret(document["siret"], french=french)
    if "siren" in document:
        draft.siren(document["siren"], french=french)
    if "tva" in document:
        draft.vat("vat", document["tva"])
    if "naf" in document:
        draft.naf("naf", document["naf"])
    if "forme_juridique" in document:
        _legal_form(draft, document["forme_juridique"], correspondence)


def _legal_form(draft: Draft, title: str | None, correspondence: Correspondence) -> None:
    draft.text("legal_form", title)
    own = draft.fields["legal_form"]
    if not isinstance(own, str):
        return
    form = correspondence.form_in_altior(own)
    if form is None:
        draft.hold(
            "legal_form",
            "unmapped_legal_form",
            f"La forme juridique « {own} » d'Altior n'a pas de correspondance dans le tableau.",
        )
    elif correspondence.synchronised(form):
        draft.fields["legal_form"] = form.title
    else:
        del draft.fields["legal_form"]


def _owners(
    draft: Draft, document: Document, correspondence: Correspondence, bound: Bound, roles: frozenset[str]
) -> dict[str, str]:
    """The owner of the sales side and of the purchases side, each if the tiers has that side."""
    if COLLABORATORS not in document:
        return {}
    wanted = owner_roles(correspondence)
    found = bind(
        document[COLLABORATORS] or [],
        list(wanted),
        lambda slot, one: one.get("role") == wanted[slot],
        lambda one: str(one.get("email") or "").lower(),
        lambda a, b: a == b,
        ids=bound.ids.get(COLLABORATORS, {}),
        values=bound.values,
        shared=True,
    )
    sides = {"owner": {"client", "prospect"}, "supplier_owner": {"supplier"}}
    for name in wanted:
        if not roles & sides[name]:
            continue
        mail = str(found[name].get("email") or "").strip().lower() if name in found else ""
        if mail and correspondence.staff_of(mail) is None:
            draft.hold(name, "owner_without_counterpart", f"« {mail} » n'est pas un collaborateur actif de Sellsy.")
        else:
            draft.fields[name] = mail or None
    return {name: str(one["id"]) for name, one in found.items()}
