"""Values of custom fields as the API takes them, type by type (FACTS 5)."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from altior_sellsy.sandbox.sellsy.bodies import CustomValue
from altior_sellsy.sandbox.sellsy.calls import validated
from altior_sellsy.sandbox.sellsy.errors import invalid
from altior_sellsy.sandbox.sellsy.rows import Row
from altior_sellsy.sandbox.sellsy.serialise import custom_fields_of
from altior_sellsy.sandbox.sellsy.settings import CustomField, Resource
from altior_sellsy.sandbox.sellsy.state import State

_INTEGER = re.compile(r"^-?\d+$")
_TIME = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")


def accepted_values(state: State, resource: Resource, row: Row, body: Any) -> dict[int, Any]:
    """Field id → value to store, from a bare array of `{id, value}`. Raises ApiError 400."""
    if not isinstance(body, list):
        raise invalid({"body": "Cette valeur doit être de type array"})
    usable = {field.id: field for field in custom_fields_of(state, resource, row)}
    values: dict[int, Any] = {}
    for number, item in enumerate(body):
        given = validated(CustomValue, item, f"{number}.")
        field = usable.get(given.id)
        if field is None:
            raise invalid({f"{number}.id": "Ce champ personnalisé n'est pas utilisable sur cet objet"})
        if not _accepts(field, given.value):
            raise invalid({f"{number}.value": "Cette valeur n'est pas valide"})
        values[field.id] = _stored(state, field, given.value)
    return values


def _accepts(field: CustomField, value: Any) -> bool:
    if value is None:
        return True
    return _CHECKS[field.type](field, value)


def _stored(state: State, field: CustomField, value: Any) -> Any:
    """A list of companies and individuals is written as ids and read as objects."""
    if field.type != "company-individual" or value is None:
        return value
    companies = state.tables["companies"]
    return [{"type": "company" if companies.get(id) else "individual", "id": id} for id in value]


def _text(field: CustomField, value: Any) -> bool:
    return isinstance(value, str) and len(value) <= (field.parameters.get("char_max") or 65_000)


def _date(field: CustomField, value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _choice(field: CustomField, value: Any) -> bool:
    return type(value) is int and value in [item["id"] for item in field.parameters.get("items", [])]


def _integers(field: CustomField, value: Any) -> bool:
    return isinstance(value, list) and all(type(item) is int for item in value)


def _object(*keys: str) -> Callable[[CustomField, Any], bool]:
    return lambda field, value: isinstance(value, dict) and set(value) == set(keys)


_CHECKS: Mapping[str, Callable[[CustomField, Any], bool]] = {
    "simple-text": _text,
    "rich-text": _text,
    "email": lambda field, value: isinstance(value, str) and "@" in value and len(value) <= 250,
    "url": _text,
    "numeric": lambda field, value: isinstance(value, str) and bool(_INTEGER.match(value)),
    "date": _date,
    "time": lambda field, value: isinstance(value, str) and bool(_TIME.match(value)),
    "amount": _object("amount", "currency"),
    "numeric-with-unit": _object("number", "unit_id"),
    "radio": _choice,
    "select": _choice,
    "checkbox": lambda field, value: isinstance(value, list) and all(_choice(field, item) for item in value),
    "boolean": lambda field, value: isinstance(value, bool),
    "company-individual": _integers,
    "contact": _integers,
    "staff": _integers,
    "item": _integers,
}
