"""Stored records: what a new one holds, how a partial write is merged, what Sellsy makes of some values (FACTS 5)."""

from collections.abc import Mapping
from typing import Any

from altior_sellsy.sandbox.sellsy.settings import Resource
from altior_sellsy.sandbox.sellsy.switches import Lossy
from altior_sellsy.values.text import squash

PHONES = ("phone_number", "mobile_number", "fax_number")
NESTED = ("legal_france", "social", "sync")
ROLES = ("main", "invoicing", "dunning")
"""Exclusive roles of a third party's contacts; each is a pointer `<role>_contact_id` of the third party."""

_SOCIAL = {"twitter": None, "facebook": None, "linkedin": None, "viadeo": None}
_SYNC = {"mailchimp": False, "mailjet": False, "simplemail": False}
_REACH = {"email": None, "website": None, "phone_number": None, "mobile_number": None, "fax_number": None}
_POINTERS = {
    "main_contact_id": None,
    "dunning_contact_id": None,
    "invoicing_contact_id": None,
    "invoicing_address_id": None,
    "delivery_address_id": None,
}
_ACCOUNTING = {
    "auxiliary_code": None,
    "rate_category_id": None,
    "accounting_code_id": None,
    "accounting_purchase_code_id": None,
}
_COMMON = {"note": "", "is_archived": False, "marketing_campaigns_subscriptions": [], "owner_id": None}


def blank(resource: Resource) -> dict[str, Any]:
    """A stored record of which nothing is known yet."""
    if resource == "companies":
        legal = ("siret", "siren", "vat", "ape_naf_code", "company_type", "rcs_immatriculation")
        return {
            "type": "prospect",
            "name": "",
            **_REACH,
            "legal_france": dict.fromkeys(legal),
            "capital": None,
            "reference": None,
            "social": dict(_SOCIAL),
            "business_segment": None,
            "number_of_employees": None,
            **_ACCOUNTING,
            **_POINTERS,
            **_COMMON,
        }
    if resource == "individuals":
        return {
            "type": "prospect",
            "last_name": "",
            "first_name": None,
            "civility": None,
            **_REACH,
            "reference": None,
            "social": dict(_SOCIAL),
            "sync": dict(_SYNC),
            **_ACCOUNTING,
            **_POINTERS,
            **_COMMON,
        }
    if resource == "contacts":
        return {
            "civility": None,
            "first_name": None,
            "last_name": None,
            **_REACH,
            "position": None,
            "birth_date": None,
            "avatar": None,
            "social": dict(_SOCIAL),
            "sync": dict(_SYNC),
            "invoicing_address_id": None,
            "delivery_address_id": None,
            **_COMMON,
        }
    return {
        "number": "",
        "name": "",
        "source_id": None,
        "due_date": None,
        "updated_status": None,
        "status": "open",
        "amount": "0.00",
        "pipeline_id": None,
        "step_id": None,
        "step_rank": 0,
        "probability": 0,
        "note": "",
        "owner_id": None,
        "assigned_staff_ids": None,
        "contact_ids": None,
        "company_id": None,
        "individual_id": None,
        "main_doc_id": None,
    }


def merged(stored: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`stored` with `changes`; the nested objects are merged key by key, everything else is replaced."""
    result = dict(stored)
    for name, value in changes.items():
        if name in NESTED and isinstance(value, Mapping):
            result[name] = {**stored[name], **value}
        elif name == "website":
            result[name] = without_scheme(value)
        else:
            result[name] = value
    return result


def without_scheme(website: str | None) -> str | None:
    """Sellsy wants a scheme when a web site is written and answers without one."""
    return website.split("://", 1)[-1].rstrip("/") or None if website else website


def auxiliary_code(name: str, id: int) -> str:
    """Filled in by itself on clients, «0TEST001» in a recording."""
    return f"0{squash(name).upper()[:4]}{id:03d}"


def rewritten(changes: Mapping[str, Any], habits: Lossy) -> dict[str, Any]:
    """What is kept of a write by a server with these habits. Only keys that were written are touched."""
    result = dict(changes)
    for name in ("name", "last_name", "first_name"):
        if isinstance(result.get(name), str):
            result[name] = _name(result[name], habits)
    if habits.reformat_phones:
        for name in PHONES:
            if result.get(name):
                result[name] = _bare_phone(result[name])
    return result


def filled(fields: Mapping[str, Any], habits: Lossy) -> dict[str, Any]:
    """`fields` with the server's own values where it fills in what is empty."""
    extra = {name: value for name, value in habits.fill_in.items() if name in fields and not fields[name]}
    return {**fields, **extra}


def _name(text: str, habits: Lossy) -> str:
    kept = text[: habits.truncate_names].rstrip() if habits.truncate_names else text
    return kept.upper() if habits.upper_case else kept


def _bare_phone(text: str) -> str:
    bare = "".join(c for c in text if c.isdigit() or c == "+")
    return f"0{bare[3:]}" if bare.startswith("+33") else bare
