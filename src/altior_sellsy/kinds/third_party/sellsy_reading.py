"""From a Sellsy company or individual to the shared form. Pure (FACTS, section 5; rules, mapping table)."""

from collections.abc import Mapping
from datetime import datetime

from altior_sellsy.kinds.content import hashed
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.draft import Draft
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.kinds.sellsy_parts import read_civility, read_coordinates
from altior_sellsy.kinds.third_party.addresses import SET
from altior_sellsy.kinds.third_party.contact_roles import Paired, read_sellsy
from altior_sellsy.kinds.third_party.record import ADDRESSES
from altior_sellsy.sellsy.models import Address, Company, Individual
from altior_sellsy.values import address as addresses
from altior_sellsy.values import country
from altior_sellsy.values.reference import Reference, Side

ROLES = frozenset({"client", "prospect", "supplier"})
NOTHING: Paired = {}
LEGAL = {
    "siret": "siret",
    "siren": "siren",
    "vat": "vat",
    "naf": "ape_naf_code",
    "legal_form": "company_type",
    "rcs": "rcs_immatriculation",
}


def read_company(
    company: Company,
    *,
    at: datetime,
    account: str,
    correspondence: Correspondence,
    gate: bool | None,
    contacts: Paired = NOTHING,
) -> Snapshot:
    """`at`: when the query started. `gate`: SA as the caller found it (None: empty). `contacts`: the paired ones among
    those that it names."""
    draft = Draft()
    for name in ("name", "capital", "reference"):
        if company.has(name):
            draft.text(name, getattr(company, name))
    bound = _addresses(draft, company)
    _legal(draft, company, correspondence)
    read_coordinates(draft, company, correspondence, "company")
    read_sellsy(draft, company, account, correspondence, contacts)
    return _snapshot(draft, company, "company", at, account, correspondence, gate, bound)


def read_individual(
    individual: Individual,
    *,
    at: datetime,
    account: str,
    correspondence: Correspondence,
    gate: bool | None,
    contacts: Paired = NOTHING,
) -> Snapshot:
    """A person who is himself client, prospect or supplier: no legal identity (R14)."""
    draft = Draft()
    for name in ("last_name", "first_name", "reference"):
        if individual.has(name):
            draft.text(name, getattr(individual, name))
    read_civility(draft, individual, correspondence)
    bound = _addresses(draft, individual)
    read_coordinates(draft, individual, correspondence, "individual")
    read_sellsy(draft, individual, account, correspondence, contacts)
    return _snapshot(draft, individual, "individual", at, account, correspondence, gate, bound)


def read_address(shown: Address) -> addresses.Address | None:
    return addresses.address(
        {
            "line_1": shown.address_line_1,
            "line_2": shown.address_line_2,
            "line_3": shown.address_line_3,
            "line_4": shown.address_line_4,
            "postal_code": shown.postal_code,
            "city": shown.city,
            "country": shown.country_code,
        }
    )


def is_french(fields: Mapping[str, object]) -> bool:
    """By the country of its addresses, the invoicing one first; without any, yes."""
    for slot in ADDRESSES:
        value = fields.get(slot)
        if isinstance(value, dict):
            return country.is_french(value.get("country"))
    return True


def _addresses(draft: Draft, third: Company | Individual) -> dict[str, str]:
    bound = {}
    for slot in ADDRESSES:
        shown = getattr(third.embed, slot) if third.embed else None
        if shown is not None:
            draft.fields[slot] = read_address(shown)
            bound[slot] = shown.id
        elif third.has(f"{slot}_id") and getattr(third, f"{slot}_id") is None:
            draft.fields[slot] = None
    return bound


def _legal(draft: Draft, company: Company, correspondence: Correspondence) -> None:
    legal, french = company.legal_france, is_french(draft.fields)
    if legal is None:
        return
    if legal.has("siret"):
        draft.siret(legal.siret, french=french)
    if legal.has("siren"):
        draft.siren(legal.siren, french=french)
    if legal.has("vat"):
        draft.vat("vat", legal.vat)
    if legal.has("ape_naf_code"):
        draft.naf("naf", legal.ape_naf_code)
    if legal.has("rcs_immatriculation"):
        draft.text("rcs", legal.rcs_immatriculation)
    if legal.has("company_type"):
        _legal_form(draft, legal.company_type, correspondence, french=french)


def _legal_form(draft: Draft, text: str | None, correspondence: Correspondence, *, french: bool) -> None:
    draft.text("legal_form", text)
    spelt = draft.fields["legal_form"]
    if spelt is None:
        return
    form = correspondence.form_in_sellsy(text, french=french)
    if form is None:
        draft.hold("legal_form", "unknown_legal_form", f"Forme juridique inconnue : « {spelt} ».")
    elif correspondence.synchronised(form):
        draft.fields["legal_form"] = form.title
    else:
        del draft.fields["legal_form"]


def _type(draft: Draft, third: Company | Individual) -> None:
    """A record has one type: it shows the side of business that it is about, the other one stays unknown."""
    if third.type in ("client", "prospect"):
        draft.fields["sale_type"] = third.type
    elif third.type == "supplier":
        draft.fields["purchase_type"] = third.type


def _owner(draft: Draft, third: Company | Individual, correspondence: Correspondence) -> None:
    """B01, or B02 for a supplier. A collaborator who may not be assigned keeps what the other side has (R13)."""
    supplier = third.type == "supplier"
    role = correspondence.supplier_owner_role if supplier else correspondence.owner_role
    if role is None or third.owner is None or third.owner.id is None:
        return
    name, staff_id = "supplier_owner" if supplier else "owner", third.owner.id
    mail = correspondence.email_of(staff_id)
    if mail is None:
        member = correspondence.staff.get(staff_id)
        who = f"« {member.email} »" if member else f"n° {staff_id}"
        draft.hold(name, "owner_inactive", f"Le collaborateur Sellsy {who} est inactif ou n'est pas visible.")
    elif not correspondence.is_user(mail):
        draft.hold(name, "owner_without_counterpart", f"« {mail} » n'est pas un utilisateur actif d'Altior.")
    else:
        draft.fields[name] = mail


def _snapshot(
    draft: Draft,
    third: Company | Individual,
    thing: str,
    at: datetime,
    account: str,
    correspondence: Correspondence,
    gate: bool | None,
    bound: Mapping[str, str],
) -> Snapshot:
    _owner(draft, third, correspondence)
    _type(draft, third)
    names = (draft.fields.get(name) for name in ("name", "first_name", "last_name"))
    return hashed(
        Snapshot(
            reference=Reference(Side.SELLSY, account, thing, third.id),
            at=at,
            fields=draft.fields,
            label=" ".join(str(name) for name in names if name) or f"n° {third.id}",
            version=third.updated_at.isoformat() if third.updated_at else "",
            modified=third.updated_at,
            created=third.created.isoformat() if third.created else "",
            gate=gate,
            archived=third.is_archived is True,
            roles=ROLES & {third.type or ""},
            keys=draft.keys(),
            problems=draft.problems,
            bindings={SET: dict(bound)},
        )
    )
