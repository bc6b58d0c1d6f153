"""Opportunities: other shapes read than written, steps and probabilities, related objects."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.unit.sandbox_sellsy.conftest import Api


@pytest.fixture
def company(api: Api) -> int:
    api.reset(
        scenario={
            "contacts": [{"id": 7, "last_name": "Léo"}, {"id": 8, "last_name": "Zoé"}],
            "companies": [{"id": 10, "type": "client", "name": "A", "contacts": [7]}],
            "individuals": [{"id": 10, "type": "client", "last_name": "B"}],
        }
    )
    return 10


def deal(api: Api, **fields: Any) -> Any:
    return api.create("opportunities", **{"name": "D", "related": [{"type": "company", "id": 10}], **fields})


def test_written_as_ids_and_read_as_objects(api: Api, company: int) -> None:
    made = deal(api, pipeline=12, step=1203, amount="72000.9", contact_ids=[7], due_date="2099-01-01")
    assert made["number"] == f"OPP-{made['id']:05d}"
    assert made["amount"] == {"value": "72000.90", "currency": "EUR"}
    assert made["pipeline"] == {"id": 12, "name": "Grands comptes"}
    assert made["step"] == {"id": 1203, "name": "Soutenance"}
    assert (made["probability"], made["status"], made["source"]["id"]) == (50, "open", 1)
    assert (made["company_id"], made["individual_id"]) == (company, None)
    assert made["related"] == [{"type": "company", "id": 10}, {"type": "contact", "id": 7}]
    assert not {"updated", "updated_at"} & set(made)
    assert made["updated_status"] is None


def test_a_step_sets_the_probability_unless_one_is_given(api: Api, company: int) -> None:
    id = deal(api)["id"]
    moved = api.call("PUT", f"/opportunities/{id}", {"step": 1104}).json()
    assert (moved["step"]["name"], moved["probability"]) == ("Négociation", 75)
    moved = api.call("PUT", f"/opportunities/{id}", {"step": 1105, "probability": 3}).json()
    assert moved["probability"] == 3
    other = api.call("PUT", f"/opportunities/{id}", {"pipeline": 12}).json()
    assert (other["step"]["id"], other["probability"]) == (1201, 10)
    assert "step" in api.refused("PUT", f"/opportunities/{id}", {"step": 1101})
    assert "pipeline" in api.refused("PUT", f"/opportunities/{id}", {"pipeline": 1})


def test_late_is_an_open_one_past_its_due_date(api: Api, company: int) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    id = deal(api, due_date=yesterday)["id"]
    assert api.get(f"/opportunities/{id}")["status"] == "late"
    won = api.call("PUT", f"/opportunities/{id}", {"status": "won"}).json()
    assert won["status"] == "won"
    assert won["updated_status"] is not None


def test_exactly_one_third_party_and_only_its_contacts(api: Api, company: int) -> None:
    both = [{"type": "company", "id": 10}, {"type": "individual", "id": 10}]
    for related in (both, [{"type": "contact", "id": 7}], [{"type": "company", "id": 99}], []):
        assert "related" in api.refused("POST", "/opportunities", {"name": "D", "related": related})
    stranger = [{"type": "company", "id": 10}, {"type": "contact", "id": 8}]
    assert "related" in api.refused("POST", "/opportunities", {"name": "D", "related": stranger})
    assert "amount" in api.refused("POST", "/opportunities", {"name": "D", "related": both[:1], "amount": 5})
    assert deal(api, related=both[1:])["individual_id"] == 10


def test_patch_takes_numbers_and_only_what_is_named(api: Api, company: int) -> None:
    id = deal(api, amount="10")["id"]
    path = f"/opportunities/{id}"
    assert "only" in api.refused("PATCH", path, {"amount": 5})
    shown = api.call("PATCH", path, {"amount": 5.5, "name": "X"}, **{"only[]": ["amount"]}).json()
    assert (shown["amount"]["value"], shown["name"]) == ("5.50", "D")


def test_step_rank(api: Api, company: int) -> None:
    one, two = deal(api)["id"], deal(api)["id"]
    answer = api.call("PATCH", f"/opportunities/{two}/step-rank", {"step": 1101, "before_sibling": one})
    assert answer.status_code == 204
    assert api.search("opportunities", {}, order="step_rank") == [two, one]


def test_pipelines_steps_and_sources(api: Api) -> None:
    pipelines = api.get("/opportunities/pipelines")["data"]
    assert [(p["name"], p["step"], p["is_default"]) for p in pipelines] == [
        ("Commercial", 5, True),
        ("Grands comptes", 5, False),
    ]
    steps = api.get("/opportunities/pipelines/11/steps", **{"embed[]": "opportunities_number"})["data"]
    assert [s["name"] for s in steps][:2] == ["Prise de contact", "Étude du besoin"]
    assert steps[0]["_embed"] == {"opportunities_number": 0}
    found = api.call("POST", "/opportunities/steps/search", {"filters": {"id": [1104, 1201]}}).json()["data"]
    assert [s["id"] for s in found] == [1201, 1104]
    assert api.call("GET", "/opportunities/pipelines/99/steps").status_code == 404
    assert [s["name"] for s in api.get("/opportunities/sources")["data"]] == ["Interne", "Site web"]


def test_embeds(api: Api, company: int) -> None:
    id = deal(api, contact_ids=[7], assigned_staff_ids=[102])["id"]
    asked = ["company", "individual", "contacts", "assigned_staffs", "currency", "proformas", "creditnotes"]
    embed = api.get(f"/opportunities/{id}", **{"embed[]": asked})["_embed"]
    assert embed["company"]["name"] == "A"
    assert [contact["id"] for contact in embed["contacts"]] == [7]
    assert [staff["lastname"] for staff in embed["assigned_staffs"]] == ["Petit"]
    assert (embed["currency"]["code"], embed["proforma"], embed["credit_notes"]) == ("EUR", 0, 0)
