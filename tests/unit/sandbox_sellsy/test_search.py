"""Filters, orders, pages."""

import base64
import json
from typing import Any

import pytest

from tests.unit.sandbox_sellsy.conftest import Api


def companies(api: Api, count: int) -> list[int]:
    documents = [{"id": 10 + n, "type": "client", "name": f"Firme {n % 3}"} for n in range(count)]
    api.reset(scenario={"companies": documents})
    return [document["id"] for document in documents]


def walk(api: Api, **query: Any) -> tuple[list[int], int]:
    """Ids of all pages by seek cursor, and the number of pages."""
    ids: list[int] = []
    cursor: dict[str, str] = {}
    for pages in range(1, 50):
        page = api.get("/companies", **query, **cursor)
        ids += [row["id"] for row in page["data"]]
        if page["pagination"]["count"] < page["pagination"]["limit"]:
            return ids, pages
        cursor = {"offset": page["pagination"]["offset"]}
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("order", ["id", "name", "created_at", "updated_at"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_seek_pages_show_each_record_once_in_every_order(api: Api, order: str, direction: str) -> None:
    ids = companies(api, 23)
    seen, pages = walk(api, limit=5, order=order, direction=direction)
    assert sorted(seen) == ids
    assert pages == 5
    if order == "id":
        assert seen == (ids if direction == "asc" else ids[::-1])


def test_a_cursor_is_the_last_row_and_past_the_end_echoes_it(api: Api) -> None:
    companies(api, 3)
    page = api.get("/companies", limit=3)["pagination"]
    assert json.loads(base64.b64decode(page["offset"])) == ["12"]
    after = api.get("/companies", limit=3, offset=page["offset"])
    assert after == {"data": [], "pagination": {"limit": 3, "count": 0, "total": 3, "offset": page["offset"]}}


def test_a_cursor_outlives_the_deletion_of_its_row(api: Api) -> None:
    companies(api, 6)
    cursor = api.get("/companies", limit=2)["pagination"]["offset"]
    api.call("DELETE", "/companies/11")
    assert [row["id"] for row in api.get("/companies", limit=2, offset=cursor)["data"]] == [12, 13]


def test_a_numeric_offset_counts_rows_and_is_echoed(api: Api) -> None:
    companies(api, 12)
    page = api.get("/companies", limit=5, offset=5)
    assert [row["id"] for row in page["data"]] == [15, 16, 17, 18, 19]
    assert page["pagination"] == {"limit": 5, "count": 5, "total": 12, "offset": 5}


def test_the_default_page_holds_25(api: Api) -> None:
    companies(api, 30)
    assert api.get("/companies")["pagination"]["count"] == 25


@pytest.mark.parametrize("query", [{"limit": 101}, {"limit": "x"}, {"order": "created"}, {"direction": "up"}])
def test_wrong_paging_is_refused(api: Api, query: dict[str, Any]) -> None:
    assert set(api.refused("GET", "/companies", **query)) == set(query)


def test_contacts_and_opportunities_have_no_order_by_update(api: Api) -> None:
    assert "order" in api.refused("GET", "/contacts", order="updated_at")
    assert "order" in api.refused("GET", "/opportunities", order="updated_at")
    assert api.call("GET", "/opportunities", order="due_date").status_code == 200


@pytest.mark.parametrize(
    ("resource", "unknown"),
    [
        ("companies", ["siren", "vat", "website", "phone_number", "owner", "custom_fields"]),
        ("individuals", ["siret", "contacts", "last_name"]),
        ("contacts", ["is_archived", "first_name", "updated_at", "reference"]),
        ("opportunities", ["updated", "updated_at", "id", "number"]),
    ],
)
def test_filters_that_do_not_exist_are_refused(api: Api, resource: str, unknown: list[str]) -> None:
    for name in unknown:
        details = api.refused("POST", f"/{resource}/search", {"filters": {name: "x"}})
        assert details == {f"filters.{name}": "Ce champ est inconnu"}


def test_filters_are_required_and_paging_does_not_belong_in_the_body(api: Api) -> None:
    answer = api.call("POST", "/companies/search", {})
    assert answer.status_code == 400
    message = "Le contenu de la requête est invalide: le champ 'filters' est manquant."
    assert answer.json()["error"]["message"] == message
    assert answer.json()["error"]["details"] == {"filters": "Ce champ est manquant"}
    assert api.refused("POST", "/companies/search", {"filters": {}, "limit": 5}) == {"limit": "Ce champ est inconnu"}


def test_company_filters(api: Api) -> None:
    paris = {
        "name": "Siège",
        "address_line_1": "1 rue",
        "postal_code": "75011",
        "city": "Paris",
        "country_code": "FR",
    }
    firms: list[dict[str, Any]] = [
        {
            "id": 1,
            "type": "client",
            "name": "Léo",
            "email": "a@b.example",
            "reference": "CLI-1",
            "legal_france": {"siret": "11111111111111"},
            "sa": True,
            "number_of_employees": 2,
        },
        {"id": 2, "type": "prospect", "name": "Zoé", "addresses": [paris]},
        {
            "id": 3,
            "type": "supplier",
            "name": "Léo",
            "legal_france": {"siret": "11111111111111"},
            "contacts": [50],
            "updated_at": "2025-03-01T00:00:00+01:00",
            "sa": False,
        },
    ]
    api.reset(scenario={"companies": firms, "contacts": [{"id": 50, "last_name": "Ana"}]})
    expected: list[tuple[dict[str, Any], list[int]]] = [
        ({"siret": "11111111111111"}, [1, 3]),
        ({"siret": "1"}, []),
        ({"id": [3, 1, 77]}, [1, 3]),
        ({"name": "léo", "type": "client"}, [1]),
        ({"type": ["client", "supplier"]}, [1, 3]),
        ({"email": "a@b.example"}, [1]),
        ({"reference": ["cli-1"]}, [1]),
        ({"contacts": [50]}, [3]),
        ({"country_code": "FR"}, [2]),
        ({"postal_code": ["75011", "69001"]}, [2]),
        ({"updated_at": {"end": "2025-03-01T00:00:00+01:00"}}, [3]),
        ({"updated_at": {"start": "2025-03-01T00:00:01+01:00"}}, [1, 2]),
        ({"number_of_employees": {"min": 6, "max": 10}}, [1]),
        ({"favourite_filter": 1}, [1]),
        ({"is_archived": False}, [1, 2, 3]),
    ]
    for filters, ids in expected:
        assert api.search("companies", filters) == ids, filters
    assert "filters.favourite_filter" in api.refused("POST", "/companies/search", {"filters": {"favourite_filter": 99}})
    assert api.get("/companies/favourite-filters")["data"][0]["type"] == "Synchronisation Altior = Oui"


def test_contact_filters(api: Api) -> None:
    api.reset(
        scenario={
            "contacts": [
                {"id": 1, "last_name": "Léo", "phone_number": "01 99", "birth_date": "1980-05-01"},
                {"id": 2, "last_name": "Zoé", "email": "z@b.example"},
            ],
            "companies": [{"id": 10, "type": "client", "name": "A", "contacts": [2]}],
            "individuals": [{"id": 10, "type": "client", "last_name": "B", "contacts": [1]}],
        }
    )
    expected: list[tuple[dict[str, Any], list[int]]] = [
        ({"companies": [10]}, [2]),
        ({"individuals": [10]}, [1]),
        ({"is_linked": True}, [1, 2]),
        ({"last_name": "LÉO"}, [1]),
        ({"phone_number": "01 99"}, [1]),
        ({"birth_date": {"start": "1980-01-01", "end": "1981-01-01"}}, [1]),
        ({"updated": {"start": "2020-01-01T00:00:00Z"}, "email": "z@b.example"}, [2]),
    ]
    for filters, ids in expected:
        assert api.search("contacts", filters) == ids, filters
    assert [row["id"] for row in api.get("/individuals/10/contacts")["data"]] == [1]


def test_opportunity_filters(api: Api) -> None:
    deals = [
        {"id": 1, "name": "A", "pipeline": "Commercial", "step": "Négociation", "amount": "100"},
        {"id": 2, "name": "B", "pipeline": "Grands comptes", "amount": "900.5", "due_date": "2020-01-01"},
        {"id": 3, "name": "C", "status": "won", "assigned_staff_ids": [102]},
    ]
    related = [{"type": "company", "id": 10}]
    api.reset(
        scenario={
            "companies": [{"id": 10, "type": "client", "name": "A"}],
            "opportunities": [{**deal, "related": related} for deal in deals],
        }
    )
    expected: list[tuple[dict[str, Any], list[int]]] = [
        ({"pipeline": [12]}, [2]),
        ({"step": [1104]}, [1]),
        ({"statuses": ["open"]}, [1]),
        ({"statuses": ["late"]}, [2]),
        ({"statuses": ["open", "late"]}, [1, 2]),
        ({"amount": {"min": 200, "max": 1000}}, [2]),
        ({"related_objects": related}, [1, 2, 3]),
        ({"related_objects": [{"type": "individual", "id": 10}]}, []),
        ({"assigned_staffs": [102]}, [3]),
        ({"due_date": {"end": "2020-06-01T00:00:00+01:00"}}, [2]),
        ({"updated_status": {"start": "2020-01-01T00:00:00Z"}}, []),
        ({"name": "c"}, [3]),
    ]
    for filters, ids in expected:
        assert api.search("opportunities", filters) == ids, filters
    api.call("PATCH", "/opportunities/1", {"status": "lost"}, **{"only[]": "status"})
    assert api.search("opportunities", {"updated_status": {"start": "2020-01-01T00:00:00Z"}}) == [1]
