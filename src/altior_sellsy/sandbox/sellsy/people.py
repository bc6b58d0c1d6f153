"""What a person does in Sellsy's screens: no validation of shapes, the same effects as by the API.

A document holds fields as the API writes them (`owner_id`, nested `legal_france` …), plus
  sa         true | false | null: «Synchronisation Altior»
  custom     {code: value} of any custom field
  addresses  [address as the API writes it]              on creation only
  contacts   [id] or [{"id": …, "roles": […]}]           on creation only, third parties
  counts     {"invoices": 2 …}                           documents of the record
  id, created, updated_at                                on creation only, for scenarios
Opportunities: `pipeline` and `step` by id or by name.
"""

from collections.abc import Mapping
from typing import Any

from altior_sellsy.sandbox.sellsy.deals import stored_changes
from altior_sellsy.sandbox.sellsy.errors import UNKNOWN, invalid
from altior_sellsy.sandbox.sellsy.rows import Row
from altior_sellsy.sandbox.sellsy.settings import SA, Resource
from altior_sellsy.sandbox.sellsy.shapes import blank
from altior_sellsy.sandbox.sellsy.state import State
from altior_sellsy.sandbox.sellsy.times import iso, second_of

_DATED = ("id", "created", "updated_at")
_BORN_WITH: Mapping[Resource, tuple[str, ...]] = {
    "companies": (*_DATED, "addresses", "contacts"),
    "individuals": (*_DATED, "addresses", "contacts"),
    "contacts": (*_DATED, "addresses"),
    "opportunities": _DATED,
}
_ASIDE = ("sa", "custom", "counts")
_DEAL_WORDS = ("pipeline", "step", "source", "related")


def create(state: State, resource: Resource, document: Mapping[str, Any]) -> Row:
    """Raises ApiError 400 on a key that the resource does not have."""
    fields = _fields(state, resource, {}, document, _BORN_WITH[resource])
    if state.get(resource, document.get("id", 0)) is not None:
        raise invalid({"id": "Cette fiche existe déjà"})
    dates = {key: second_of(document[name]) for key, name in _DATES if name in document}
    row = state.create(resource, fields, id=document.get("id"), **dates)
    for address in document.get("addresses", ()):
        state.add_address(resource, row.id, address)
    for link in document.get("contacts", ()):
        contact, roles = (link["id"], link.get("roles")) if isinstance(link, Mapping) else (link, None)
        state.link(resource, row.id, contact, roles)
        if roles is not None:
            state.set_roles(resource, row.id, contact, roles)
    _aside(state, resource, row.id, document)
    return _now(state, resource, row.id)


def edit(state: State, resource: Resource, id: int, document: Mapping[str, Any]) -> Row:
    """Any field; another `type` is the screen's «Transformer la fiche», which the API only does one way."""
    stored = _now(state, resource, id).fields
    fields = _fields(state, resource, stored, document, ())
    if "type" in fields and fields.pop("type") != stored["type"]:
        state.convert(resource, id, document["type"])
    if fields:
        state.update(resource, id, fields)
    _aside(state, resource, id, document)
    return _now(state, resource, id)


def raw(state: State, resource: Resource, row: Row) -> dict[str, Any]:
    """A record with everything the stand-in knows of it, whatever reads may see."""
    sa = state.settings.custom_field_by_code(SA)
    codes = {field.id: field.code for field in state.settings.custom_fields}
    fields = dict(row.fields)
    if fields.get("updated_status"):
        fields["updated_status"] = iso(fields["updated_status"])
    return {
        "id": row.id,
        **fields,
        "created": iso(row.created),
        "updated_at": iso(row.updated),
        "sa": row.custom.get(sa.id) if sa else None,
        "custom": {codes.get(id, str(id)): value for id, value in row.custom.items()},
        "addresses": [dict(address) for address in row.addresses],
        "contacts": list(row.contacts),
        "counts": dict(row.counts),
    }


_DATES = (("created", "created"), ("updated", "updated_at"))


def _now(state: State, resource: Resource, id: int) -> Row:
    row = state.get(resource, id)
    if row is None:
        raise KeyError(f"{resource} {id}")
    return row


def _fields(
    state: State, resource: Resource, stored: Mapping[str, Any], document: Mapping[str, Any], also: tuple[str, ...]
) -> dict[str, Any]:
    """Stored fields from a document, less what is set aside."""
    known = {*blank(resource), *(_DEAL_WORDS if resource == "opportunities" else ())}
    given: dict[str, Any] = {}
    for name, value in document.items():
        if name in known:
            given[name] = value
        elif name not in _ASIDE and name not in also:
            raise invalid({name: UNKNOWN})
    if resource != "opportunities":
        return given
    return stored_changes(state, stored, _by_id(state, stored, given))


def _by_id(state: State, stored: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(given)
    pipelines = state.settings.pipelines
    if isinstance(given.get("pipeline"), str):
        result["pipeline"] = next((known.id for known in pipelines if known.name == given["pipeline"]), 0)
    if isinstance(given.get("step"), str):
        pipeline = state.settings.pipeline(result.get("pipeline", stored.get("pipeline_id", 0)))
        steps = (pipeline or state.settings.default_pipeline()).steps
        result["step"] = next((step.id for step in steps if step.name == given["step"]), 0)
    return result


def _aside(state: State, resource: Resource, id: int, document: Mapping[str, Any]) -> None:
    codes = dict(document.get("custom", {}))
    if "sa" in document:
        codes[SA] = document["sa"]
    values: dict[int, Any] = {}
    for code, value in codes.items():
        field = state.settings.custom_field_by_code(code)
        if field is None:
            raise invalid({code: "Ce champ personnalisé n'existe pas"})
        values[field.id] = value
    if values:
        state.set_custom(resource, id, values)
    if "counts" in document:
        state.set_counts(resource, id, document["counts"])
