"""The filters of each search, exactly those of the document (FACTS 4); an unknown one is refused."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from altior_sellsy.sandbox.sellsy.bodies import Body, Instant, Status, ThirdType
from altior_sellsy.sandbox.sellsy.errors import invalid
from altior_sellsy.sandbox.sellsy.rows import Row, View
from altior_sellsy.sandbox.sellsy.serialise import EMPLOYEES
from altior_sellsy.sandbox.sellsy.settings import Resource
from altior_sellsy.sandbox.sellsy.state import State
from altior_sellsy.sandbox.sellsy.times import Second

Test = Callable[[Row], bool]


class Instants(Body):
    start: Instant | None = None
    end: Instant | None = None


class Dates(Body):
    start: str | None = None
    end: str | None = None


class Bounds(Body):
    min: float | None = None
    max: float | None = None


References = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(min_length=1, max_length=100)]


class _ThirdFilters(Body):
    created: Instants | None = None
    updated_at: Instants | None = None
    name: str | None = None
    email: str | None = None
    type: ThirdType | list[ThirdType] | None = None
    is_archived: bool | None = None
    id: list[int] | None = None
    country_code: str | None = None
    postal_code: list[str] | None = None
    favourite_filter: int | None = None
    reference: References | None = None


class CompanyFilters(_ThirdFilters):
    contacts: list[int] | None = None
    siret: str | None = None
    number_of_employees: Bounds | None = None


class IndividualFilters(_ThirdFilters):
    pass


class ContactFilters(Body):
    """The modification time is called `updated` here; there is no `is_archived`."""

    companies: list[int] | None = None
    individuals: list[int] | None = None
    created: Instants | None = None
    updated: Instants | None = None
    last_name: str | None = None
    birth_date: Dates | None = None
    email: str | None = None
    phone_number: str | None = None
    mobile_number: str | None = None
    id: list[int] | None = None
    favourite_filter: int | None = None
    is_linked: bool | None = None
    country_code: str | None = None
    postal_code: list[str] | None = None


class RelatedObject(Body):
    type: str
    id: int


class OpportunityFilters(Body):
    """No modification time, no id, no number."""

    created: Instants | None = None
    updated_status: Instants | None = None
    due_date: Instants | None = None
    name: str | None = None
    pipeline: list[int] | None = None
    step: list[int] | None = None
    amount: Bounds | None = None
    related_objects: list[RelatedObject] | None = None
    assigned_staffs: list[int] | None = None
    statuses: Annotated[list[Status], Field(min_length=1)] | None = None
    favourite_filter: int | None = None


FILTERS: Mapping[Resource, type[Body]] = {
    "companies": CompanyFilters,
    "individuals": IndividualFilters,
    "contacts": ContactFilters,
    "opportunities": OpportunityFilters,
}


def found(state: State, resource: Resource, filters: Body, view: View) -> list[Row]:
    """The rows that pass every filter, in ascending order of id."""
    wanted = {name: value for name, value in filters if value is not None}
    tests = [_test(state, resource, name, value) for name, value in wanted.items()]
    return [row for row in _candidates(wanted, view) if all(test(row) for test in tests)]


def _candidates(wanted: Mapping[str, Any], view: View) -> list[Row]:
    if "id" in wanted:
        return view.some(wanted["id"])
    if "siret" in wanted:
        return view.with_siret(wanted["siret"])
    return view.all()


def _test(state: State, resource: Resource, name: str, value: Any) -> Test:
    if name in _GENERAL:
        return _GENERAL[name](value)
    if name == "favourite_filter":
        return _favourite(state, resource, value)
    if name in ("companies", "individuals"):
        linked = {id for row in state.view(name).some(value) for id in row.contacts}  # type: ignore[arg-type]
        return lambda row: row.id in linked
    if name == "is_linked":
        holders = [*state.tables["companies"], *state.tables["individuals"]]
        linked = {id for row in holders for id in row.contacts}
        return lambda row: (row.id in linked) == value
    assert name == "statuses", name
    return lambda row: state.status(row) in value


def _same(key: str) -> Callable[[str], Test]:
    """«Exact search». Whether case counts is not known; here it does not."""

    def make(value: str) -> Test:
        wanted = value.casefold()
        return lambda row: str(row.fields.get(key) or "").casefold() == wanted

    return make


def _name(value: str) -> Test:
    wanted = value.casefold()
    return lambda row: str(row.fields.get("name") or row.fields.get("last_name") or "").casefold() == wanted


def _one_of(key: str) -> Callable[[Any], Test]:
    def make(value: Any) -> Test:
        wanted = set(value) if isinstance(value, list) else {value}
        return lambda row: row.fields.get(key) in wanted

    return make


def _between(read: Callable[[Row], Second | None]) -> Callable[[Instants], Test]:
    def make(value: Instants) -> Test:
        start = datetime.fromisoformat(value.start).timestamp() if value.start else float("-inf")
        end = datetime.fromisoformat(value.end).timestamp() if value.end else float("inf")

        def test(row: Row) -> bool:
            moment = read(row)
            return moment is not None and start <= moment <= end

        return test

    return make


def _due(value: Instants) -> Test:
    start = datetime.fromisoformat(value.start).date() if value.start else date.min
    end = datetime.fromisoformat(value.end).date() if value.end else date.max
    return lambda row: bool(row.fields["due_date"]) and start.isoformat() <= row.fields["due_date"] <= end.isoformat()


def _birth(value: Dates) -> Test:
    start, end = value.start or "", value.end or "9999"
    return lambda row: bool(row.fields["birth_date"]) and start <= row.fields["birth_date"] <= end


def _amount(value: Bounds) -> Test:
    return lambda row: _inside(float(row.fields["amount"]), value)


def _employees(value: Bounds) -> Test:
    def test(row: Row) -> bool:
        size = row.fields["number_of_employees"]
        return bool(size) and _inside(EMPLOYEES[size][1], value) and _inside(EMPLOYEES[size][2], value)

    return test


def _inside(number: float, bounds: Bounds) -> bool:
    return (bounds.min is None or number >= bounds.min) and (bounds.max is None or number <= bounds.max)


def _references(value: list[str]) -> Test:
    wanted = {reference.casefold() for reference in value}
    return lambda row: str(row.fields["reference"] or "").casefold() in wanted


def _country(value: str) -> Test:
    return lambda row: bool(row.main_address) and row.main_address["country_code"] == value  # type: ignore[index]


def _postal_codes(value: list[str]) -> Test:
    return lambda row: bool(row.main_address) and row.main_address["postal_code"] in value  # type: ignore[index]


def _related(value: list[RelatedObject]) -> Test:
    wanted = {(related.type, related.id) for related in value}
    return lambda row: any((kind, row.fields[f"{kind}_id"]) in wanted for kind in ("company", "individual"))


def _ids(value: list[int]) -> Test:
    wanted = set(value)
    return lambda row: row.id in wanted


def _contacts(value: list[int]) -> Test:
    wanted = set(value)
    return lambda row: not wanted.isdisjoint(row.contacts)


def _assigned(value: list[int]) -> Test:
    wanted = set(value)
    return lambda row: not wanted.isdisjoint(row.fields["assigned_staff_ids"] or ())


def _favourite(state: State, resource: Resource, id: int) -> Test:
    known = next((f for f in state.settings.favourite_filters if f.id == id and f.resource == resource), None)
    field = state.settings.custom_field_by_code(known.code) if known else None
    if known is None or field is None:
        raise invalid({"filters.favourite_filter": "Ce filtre n'existe pas"})
    value, field_id = known.value, field.id
    return lambda row: row.custom.get(field_id) == value


_GENERAL: Mapping[str, Callable[[Any], Test]] = {
    "created": _between(lambda row: row.created),
    "updated_at": _between(lambda row: row.updated),
    "updated": _between(lambda row: row.updated),
    "updated_status": _between(lambda row: row.fields["updated_status"]),
    "due_date": _due,
    "birth_date": _birth,
    "name": _name,
    "last_name": _same("last_name"),
    "email": _same("email"),
    "phone_number": _same("phone_number"),
    "mobile_number": _same("mobile_number"),
    "type": _one_of("type"),
    "is_archived": _one_of("is_archived"),
    "pipeline": _one_of("pipeline_id"),
    "step": _one_of("step_id"),
    "contacts": _contacts,
    "assigned_staffs": _assigned,
    "related_objects": _related,
    "siret": lambda value: lambda row: row.siret == value,
    "id": _ids,
    "country_code": _country,
    "postal_code": _postal_codes,
    "reference": _references,
    "number_of_employees": _employees,
    "amount": _amount,
}
