"""Records as Sellsy answers them (FACTS 5). All objects at top level, `_embed` only when asked for."""

from collections.abc import Callable, Mapping
from typing import Any

from babel import Locale

from altior_sellsy.sandbox.sellsy.rows import Row
from altior_sellsy.sandbox.sellsy.settings import (
    ApiClient,
    CustomField,
    FavouriteFilter,
    Pipeline,
    Resource,
    Source,
    Staff,
    Step,
)
from altior_sellsy.sandbox.sellsy.state import State
from altior_sellsy.sandbox.sellsy.times import iso

SEGMENTS = {1: "Bâtiment et travaux publics", 2: "Industrie", 3: "Services", 4: "Commerce", 5: "Secteur public"}
EMPLOYEES = {1: ("De 1 à 5", 1, 5), 2: ("De 6 à 10", 6, 10), 3: ("De 11 à 50", 11, 50), 4: ("Plus de 50", 51, 10_000)}
_COUNTRIES = Locale("fr").territories
_CAMPAIGNS = ("email", "sms", "phone", "postal_mail", "custom")


def record(state: State, resource: Resource, row: Row) -> dict[str, Any]:
    return _ANSWERS[resource](state, row)


def _third(state: State, row: Row) -> dict[str, Any]:
    """What companies and individuals share: identity first, then the stored fields, then what is computed."""
    fields = dict(row.fields)
    owner = fields.pop("owner_id")
    return {
        "id": row.id,
        **fields,
        "owner": {"id": owner, "type": "staff"},
        "created": iso(row.created),
        "updated_at": iso(row.updated),
        "rgpd_consent": {name: name in fields["marketing_campaigns_subscriptions"] for name in _CAMPAIGNS},
    }


def company(state: State, row: Row) -> dict[str, Any]:
    answer = _third(state, row)
    segment, employees = answer["business_segment"], answer["number_of_employees"]
    answer["business_segment"] = {"id": segment, "label": SEGMENTS[segment]} if segment else None
    answer["number_of_employees"] = {"id": employees, "label": EMPLOYEES[employees][0]} if employees else None
    return answer


def contact(state: State, row: Row) -> dict[str, Any]:
    answer = _third(state, row)
    answer["updated"] = answer.pop("updated_at")
    return answer


def opportunity(state: State, row: Row) -> dict[str, Any]:
    fields = row.fields
    pipeline = state.settings.pipeline(fields["pipeline_id"])
    step = pipeline.step(fields["step_id"]) if pipeline else None
    source = state.settings.source(fields["source_id"])
    related = [{"type": kind, "id": fields[f"{kind}_id"]} for kind in ("company", "individual") if fields[f"{kind}_id"]]
    related += [{"type": "contact", "id": id} for id in fields["contact_ids"] or ()]
    return {
        "id": row.id,
        "number": fields["number"],
        "name": fields["name"],
        "source": {"id": fields["source_id"], "name": source.name if source else ""},
        "due_date": fields["due_date"],
        "created": iso(row.created),
        "updated_status": iso(fields["updated_status"]) if fields["updated_status"] else None,
        "status": state.status(row),
        "amount": {"value": fields["amount"], "currency": "EUR"},
        "pipeline": {"id": fields["pipeline_id"], "name": pipeline.name if pipeline else ""},
        "step": {"id": fields["step_id"], "name": step.name if step else ""},
        "probability": fields["probability"],
        "note": fields["note"],
        "owner": {"id": fields["owner_id"], "type": "staff"},
        "assigned_staff_ids": fields["assigned_staff_ids"],
        "contact_ids": fields["contact_ids"],
        "company_id": fields["company_id"],
        "individual_id": fields["individual_id"],
        "main_doc_id": fields["main_doc_id"],
        "related": related,
    }


_ANSWERS: Mapping[Resource, Callable[[State, Row], dict[str, Any]]] = {
    "companies": company,
    "individuals": _third,
    "contacts": contact,
    "opportunities": opportunity,
}


def address(row: Row, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Empty lines are "", the country's label comes with its code."""
    return {
        "id": stored["id"],
        "name": stored["name"],
        **{f"address_line_{n}": stored.get(f"address_line_{n}") or "" for n in (1, 2, 3, 4)},
        "postal_code": stored["postal_code"],
        "city": stored["city"],
        "country": _COUNTRIES.get(stored["country_code"].upper(), stored["country_code"]),
        "country_code": stored["country_code"],
        "is_invoicing_address": row.fields["invoicing_address_id"] == stored["id"],
        "is_delivery_address": row.fields["delivery_address_id"] == stored["id"],
        "geocode": stored.get("geocode") or {"lat": None, "lng": None},
    }


def custom_field(field: CustomField) -> dict[str, Any]:
    """`related_objects` is the API's own spelling, not the document's. No group = an empty group of id 0."""
    return {
        **field.model_dump(),
        "customfield_group": {"id": 0, "name": "", "code": "", "open_by_default": True},
    }


def custom_fields_of(state: State, resource: Resource, row: Row) -> list[CustomField]:
    """The definitions usable on this record: a company's go by its type."""
    usable = state.entity(resource, row)
    related = "contact" if usable == "people" else usable
    return [field for field in state.settings.custom_fields if related in field.related_objects]


def custom_value(field: CustomField, row: Row) -> dict[str, Any]:
    """A value never set is null, except those that are objects or lists of links."""
    empty: Any = {
        "amount": {"amount": None, "currency": None},
        "numeric-with-unit": {"number": None, "unit_id": None},
        "company-individual": [],
        "contact": [],
        "staff": [],
        "item": [],
    }.get(field.type)
    return {**custom_field(field), "value": row.custom.get(field.id, empty)}


def staff(known: Staff) -> dict[str, Any]:
    """The full view; this API writes these two names without an underscore."""
    return {
        "id": known.id,
        "lastname": known.lastname,
        "firstname": known.firstname,
        "email": known.email,
        "avatar": None,
        "status": known.status,
        "position": known.position,
        "phone_number": None,
        "mobile_number": None,
        "fax_number": None,
        "groups": [],
        "civility": known.civility,
        "created": "2020-01-02T09:00:00+01:00",
        "profile": 1 if known.is_administrator else 2,
        "team": None,
        "job": None,
        "timezone": "Europe/Paris",
        "language": "fr",
    }


def client(known: ApiClient) -> dict[str, Any]:
    """An API access. Its secret is shown once, by the screen, and never here."""
    return {
        "id": known.id,
        "name": known.name,
        "type": known.type,
        "redirect_uri": [],
        "scopes": known.scopes,
        "delegated": known.delegated,
        "single_login": known.single_login,
        "user": {"id": known.staff_id, "type": "staff"},
        "validated_at": None,
        "logo_url": None,
    }


def pipeline(known: Pipeline) -> dict[str, Any]:
    """`step` is the number of steps."""
    return {
        "id": known.id,
        "name": known.name,
        "is_default": known.is_default,
        "step": len(known.steps),
        "rank": known.rank,
    }


def step(known: Step) -> dict[str, Any]:
    return known.model_dump()


def source(known: Source) -> dict[str, Any]:
    return known.model_dump()


def favourite_filter(known: FavouriteFilter) -> dict[str, Any]:
    """The document calls the label `type`."""
    return {"id": known.id, "type": known.name, "name": known.name}
