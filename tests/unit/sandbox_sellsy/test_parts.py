"""Addresses, contact links and roles, custom fields."""

from typing import Any

import pytest

from tests.unit.sandbox_sellsy.conftest import Api

ADDRESS = {
    "name": "Siège",
    "address_line_1": "1 rue de l'Église",
    "postal_code": "44000",
    "city": "Nantes",
    "country_code": "FR",
}


@pytest.mark.parametrize("resource", ["companies", "individuals", "contacts"])
def test_addresses_and_their_exclusive_flags(api: Api, resource: str) -> None:
    owner = {"companies": {"type": "client", "name": "A"}, "individuals": {"type": "client", "last_name": "A"}}
    id = api.create(resource, **owner.get(resource, {"last_name": "A"}))["id"]
    path = f"/{resource}/{id}/addresses"
    first = api.call("POST", path, ADDRESS).json()
    assert (first["is_invoicing_address"], first["is_delivery_address"]) == (True, True)
    assert (first["address_line_2"], first["country"]) == ("", "France")
    second = api.call("POST", path, {**ADDRESS, "name": "Dépôt"}).json()
    assert (second["is_invoicing_address"], second["is_delivery_address"]) == (False, False)
    moved = api.call("PUT", f"{path}/{second['id']}", {"is_delivery_address": True, "city": "Rezé"}).json()
    assert (moved["city"], moved["name"], moved["is_delivery_address"]) == ("Rezé", "Dépôt", True)
    shown = {row["id"]: row for row in api.get(path)["data"]}
    assert shown[first["id"]]["is_delivery_address"] is False
    record = api.get(f"/{resource}/{id}")
    assert (record["invoicing_address_id"], record["delivery_address_id"]) == (first["id"], second["id"])
    assert api.call("DELETE", f"{path}/{second['id']}").status_code == 204
    assert api.call("GET", f"{path}/{second['id']}").status_code == 404
    assert api.get(f"/{resource}/{id}")["delivery_address_id"] is None


def test_an_incomplete_address_is_refused(api: Api) -> None:
    id = api.create("companies", type="client", name="A")["id"]
    assert set(api.refused("POST", f"/companies/{id}/addresses", {"name": "X"})) == {
        "name",
        "address_line_1",
        "postal_code",
        "city",
        "country_code",
    }


def test_links_and_exclusive_roles(api: Api) -> None:
    company = api.create("companies", type="client", name="A")["id"]
    one, two = (api.create("contacts", last_name=name)["id"] for name in ("Un", "Deux"))
    path = f"/companies/{company}/contacts"
    assert api.call("POST", f"{path}/{one}", {"roles": ["main"]}).status_code == 201
    assert roles(api, company) == (one, one, one), "the first contact gets all roles"
    assert api.call("POST", f"{path}/{two}", {"roles": ["invoicing"]}).status_code == 201
    assert roles(api, company) == (one, two, one)
    assert api.call("POST", f"{path}/{two}", {"roles": ["main"]}).status_code == 200
    assert roles(api, company) == (one, two, one), "already linked: nothing moves"
    assert api.call("PUT", f"{path}/{two}", {"roles": ["main", "dunning"]}).status_code == 200
    assert roles(api, company) == (two, None, two)
    assert [row["id"] for row in api.get(path)["data"]] == [one, two]
    assert [row["id"] for row in api.get(f"/contacts/{two}/companies")["data"]] == [company]
    assert api.call("DELETE", f"{path}/{two}").status_code == 204
    assert roles(api, company) == (None, None, None)
    assert api.call("DELETE", f"{path}/{two}").status_code == 404
    assert api.call("POST", f"{path}/999").status_code == 404


def roles(api: Api, company: int) -> tuple[Any, Any, Any]:
    shown = api.get(f"/companies/{company}")
    return shown["main_contact_id"], shown["invoicing_contact_id"], shown["dunning_contact_id"]


def test_links_of_individuals_cannot_be_written(api: Api) -> None:
    individual = api.create("individuals", type="client", last_name="A")["id"]
    contact = api.create("contacts", last_name="B")["id"]
    assert api.call("POST", f"/individuals/{individual}/contacts/{contact}").status_code == 404


def test_the_field_sa_is_there_and_empty_at_first(api: Api) -> None:
    (field,) = api.get("/custom-fields")["data"]
    assert (field["code"], field["name"], field["type"]) == ("SA", "Synchronisation Altior", "boolean")
    assert field["related_objects"] == ["client", "prospect", "supplier", "contact"]
    assert api.get(f"/custom-fields/{field['id']}") == field
    found = api.call("POST", "/custom-fields/search", {"filters": {"related_object": "contact"}}).json()
    assert [known["id"] for known in found["data"]] == [field["id"]]
    for resource, body in (
        ("companies", {"type": "supplier", "name": "A"}),
        ("individuals", {"type": "prospect", "last_name": "A"}),
        ("contacts", {"last_name": "A"}),
    ):
        path = f"/{resource}/{api.create(resource, **body)['id']}/custom-fields"
        assert [value["value"] for value in api.get(path)["data"]] == [None]
        answer = api.call("PUT", path, [{"id": field["id"], "value": True}])
        assert (answer.status_code, answer.content) == (200, b"")
        assert [value["value"] for value in api.get(path)["data"]] == [True]
        assert api.refused("PUT", path, [{"id": field["id"], "value": "oui"}])
        assert api.refused("PUT", path, [{"id": 1, "value": True}])
    deal = f"/opportunities/{opportunity(api)}/custom-fields"
    assert api.get(deal)["data"] == []


def opportunity(api: Api) -> int:
    company = api.create("companies", type="client", name="A")["id"]
    return int(api.create("opportunities", name="D", related=[{"type": "company", "id": company}])["id"])


def test_values_of_other_types(api: Api) -> None:
    types = ["simple-text", "numeric", "checkbox", "amount", "date", "company-individual"]
    items = {"items": [{"id": 13, "label": "a"}, {"id": 14, "label": "b"}]}
    fields = [
        {"id": 600 + n, "name": t, "code": t, "type": t, "related_objects": ["client"], "parameters": items}
        for n, t in enumerate(types)
    ]
    api.door("PATCH", "/settings", {"custom_fields": fields})
    id = api.create("companies", type="client", name="A")["id"]
    path = f"/companies/{id}/custom-fields"
    good: list[Any] = ["x", "15", [13, 14], {"amount": "1.5", "currency": "EUR"}, "2026-01-31", [id]]
    bad: list[Any] = [1, 15, [15], {"amount": "1"}, "31/01/2026", ["a"]]
    for n, value in enumerate(good):
        assert api.call("PUT", path, [{"id": 600 + n, "value": value, "code": "x"}]).status_code == 200, value
        assert api.refused("PUT", path, [{"id": 600 + n, "value": bad[n]}])
    shown = {row["code"]: row["value"] for row in api.get(path)["data"]}
    assert shown["company-individual"] == [{"type": "company", "id": id}]
    assert shown["numeric"] == "15"


def test_individual_pages_of_a_value_list(api: Api) -> None:
    fields = [
        {"id": 600 + n, "name": "x", "code": f"c{n}", "type": "url", "related_objects": ["client"]} for n in range(40)
    ]
    api.door("PATCH", "/settings", {"custom_fields": fields})
    id = api.create("companies", type="client", name="A")["id"]
    first = api.get(f"/companies/{id}/custom-fields")
    assert len(first["data"]) == 25, "the default page truncates silently"
    rest = api.get(f"/companies/{id}/custom-fields", offset=first["pagination"]["offset"])
    assert len(rest["data"]) == 15
