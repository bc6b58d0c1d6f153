"""From fields in the shared form to the bodies that Sellsy takes (OpenAPI 2.264.0). Pure.

Only the given fields leave. What Sellsy cannot hold is refused here, with its reason; the rest goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.port import Problem
from altior_sellsy.kinds.sellsy_parts import PATHS, refusals, write_common
from altior_sellsy.kinds.third_party.addresses import AddressChange
from altior_sellsy.kinds.third_party.record import ADDRESSES, CONTACT_POINTERS
from altior_sellsy.kinds.third_party.sellsy_reading import LEGAL, is_french
from altior_sellsy.ledger.model import Fields, Value
from altior_sellsy.values import address as addresses
from altior_sellsy.values import siret

COMPANY = ("name", "capital", *LEGAL)
PERSON = ("last_name", "first_name", "civility")
OWNERS = ("owner", "supplier_owner")
TYPES = ("sale_type", "purchase_type")
ELSEWHERE = frozenset({*ADDRESSES, *CONTACT_POINTERS, *TYPES})
"""Not in the body of a record: they have calls of their own, or only descend."""
REQUIRED = {"name": "la raison sociale", "last_name": "le nom"}
FLAGS = {"invoicing_address": "is_invoicing_address", "delivery_address": "is_delivery_address"}
LINES = {f"line_{n}": f"address_line_{n}" for n in range(1, 5)}

FIELD_OF_PATH = {
    **PATHS,
    **{name: name for name in ("reference", "name", "capital")},
    **{f"legal_france.{path}": name for name, path in LEGAL.items()},
}
"""Sellsy's own field path → the field of the shared form."""


@dataclass(slots=True)
class Outgoing:
    """`body`: what to send. `refused`: what may not be sent. `kept`: fields that Sellsy holds already in other words
    (legal forms), shown as they are wanted."""

    body: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, Problem] = field(default_factory=dict)
    kept: dict[str, Value] = field(default_factory=dict)


def third_body(fields: Fields, correspondence: Correspondence, *, person: bool, before: Fields) -> Outgoing:
    """`before`: the record as it stands (empty for a new one). Addresses have bodies of their own."""
    out = Outgoing()
    for name, value in fields.items():
        if name in ELSEWHERE:
            continue
        if name in (COMPANY if person else PERSON):
            out.refused[name] = Problem("not_applicable", "Ce champ n'existe pas sur ce type de fiche Sellsy.")
        elif name in REQUIRED and value is None:
            out.refused[name] = Problem(f"{name}_required", f"Sellsy exige {REQUIRED[name]} : il ne peut être vidé.")
        elif name == "legal_form":
            _legal_form(out, value, correspondence, before, french=is_french({**before, **fields}))
        elif name in LEGAL:
            out.body.setdefault("legal_france", {})[LEGAL[name]] = value
        elif name in OWNERS:
            _owner(out, name, value, correspondence)
        else:
            write_common(out.body, name, value)
    _siren_of_siret(out)
    return out


def new_third(
    fields: Fields, correspondence: Correspondence, *, person: bool, type: str, default_owner: str
) -> Outgoing:
    """The body of a POST. Nobody consented to campaigns (R21); without `owner_id` the API's own collaborator would own
    every record (R13)."""
    others = "owner" if type == "supplier" else "supplier_owner"
    given = {name: value for name, value in fields.items() if value is not None and name != others}
    out = third_body(given, correspondence, person=person, before={})
    out.body.update(type=type, marketing_campaigns_subscriptions=[])
    if default_owner:
        out.body.setdefault("owner_id", int(default_owner))
    return out


def address_body(change: AddressChange) -> tuple[dict[str, Any], Problem | None]:
    """The body of an address, or why Sellsy cannot hold it (R16: incomplete; lengths). On a new one both flags are
    said: left out, Sellsy sets them when it has no such address yet."""
    flags = {FLAGS[slot]: True for slot in change.slots}
    if change.value is None:
        return dict.fromkeys(flags, False), None
    missing = addresses.missing_for_sellsy(change.value)
    label = "L'adresse de facturation" if "invoicing_address" in change.slots else "L'adresse de livraison"
    if missing:
        return {}, Problem("incomplete_address", f"{label} est incomplète pour Sellsy : il manque {_listed(missing)}.")
    if addresses.too_long_for_sellsy(change.value):
        return {}, Problem("address_too_long", f"{label} a une ligne trop longue pour Sellsy (250 caractères au plus).")
    code = change.value["country"] or ""
    if len(code) != 2:
        return {}, Problem("unknown_country", f"{label} a un pays inconnu : « {code} ».")
    body: dict[str, Any] = {path: change.value[line] for line, path in LINES.items()}
    body |= {"postal_code": change.value["postal_code"], "city": change.value["city"], "country_code": code}
    if change.id is None:
        body["name"] = ADDRESSES[change.slots[0]]
        flags = {**dict.fromkeys(FLAGS.values(), False), **flags}
    return body | flags, None


def wiped_beside(fields: Fields, before: Fields, after: Fields) -> dict[str, Value]:
    """Legal mentions that were there, were not sent and are gone: whether a PUT merges `legal_france` or replaces it is
    not known (FACTS, «Not known»). What to send again, with what was meant."""
    if not fields.keys() & LEGAL.keys():
        return {}
    gone = {
        name: before[name] for name in LEGAL if name not in fields and before.get(name) and after.get(name, "") is None
    }
    if not gone.keys() - {"siren"}:  # without its SIRET a SIREN that was only derived goes by itself
        return {}
    return gone | {name: value for name, value in fields.items() if name in LEGAL}


def field_refusals(paths: Mapping[str, str], fields: Fields) -> dict[str, Problem]:
    """Which of our fields Sellsy named in its refusal; empty when it named none of them."""
    owner = next((one for one in OWNERS if one in fields), "")
    siren = "siren" if "siren" in fields else "siret"
    return refusals(paths, fields, {**FIELD_OF_PATH, "owner_id": owner, "legal_france.siren": siren})


def _legal_form(out: Outgoing, value: Value, correspondence: Correspondence, before: Fields, *, french: bool) -> None:
    """The abbreviation ascends, and only if Sellsy's text does not denote the form already: «SAS» and «sas, société par
    actions simplifiée» would chase each other. Abroad an abbreviation says nothing: the title goes."""
    title = _text(value)
    if title is not None and before.get("legal_form") == title:
        out.kept["legal_form"] = title
        return
    form = correspondence.form_in_altior(title) if title else None
    text = (form.abbreviation if french else form.title) if form else title
    out.body.setdefault("legal_france", {})[LEGAL["legal_form"]] = text


def _owner(out: Outgoing, name: str, value: Value, correspondence: Correspondence) -> None:
    mail = _text(value)
    if mail is None:
        out.refused[name] = Problem("owner_required", "Une fiche Sellsy a toujours un propriétaire.")
        return
    staff_id = correspondence.staff_of(mail)
    if staff_id is None:
        out.refused[name] = Problem(
            "owner_without_counterpart", f"« {mail} » n'est pas un collaborateur actif de Sellsy."
        )
        return
    out.body["owner_id"] = int(staff_id)


def _siren_of_siret(out: Outgoing) -> None:
    """A new SIRET brings its SIREN along, so that the two agree on this side (R11)."""
    legal = out.body.get("legal_france", {})
    derived = siret.siren_of(legal.get("siret"))
    if derived:
        legal["siren"] = derived


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _listed(words: list[str]) -> str:
    return " et ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
