"""The people's door, seeding and scenarios, the journal of calls; the printed start of a served stand-in."""

import re
import signal
import subprocess
import sys

import pytest

from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.sandbox.sellsy.app import run
from altior_sellsy.sandbox.sellsy.settings import CLIENT_ID, CLIENT_SECRET
from tests.unit.sandbox_sellsy.conftest import Api


def test_sample_data(api: Api) -> None:
    api.reset(size=60, seed=3)
    companies = api.door("GET", "/records/companies")
    firms = sample_companies(60, 3)
    assert [company["name"] for company in companies] == [firm.name for firm in firms]
    assert [company["legal_france"]["siret"] for company in companies] == [firm.siret for firm in firms]
    assert sum(company["sa"] is True for company in companies) == 30
    assert {company["sa"] for company in companies} == {True, None}
    assert {company["type"] for company in companies} == {"client", "prospect", "supplier"}
    assert all(company["invoicing_address_id"] for company in companies)
    contacts = {contact["id"]: contact for contact in api.door("GET", "/records/contacts")}
    assert all(contact in contacts for company in companies for contact in company["contacts"])
    assert any(len(company["contacts"]) > 1 for company in companies)
    deals = api.door("GET", "/records/opportunities")
    assert {deal["pipeline_id"] for deal in deals} == {11, 12}
    assert "late" in {deal["status"] for deal in api.get("/opportunities")["data"]}
    assert len(api.door("GET", "/records/individuals")) == 7
    again = api.door("GET", "/records/companies")
    api.reset(size=60, seed=3)
    assert api.door("GET", "/records/companies") == again


def test_a_person_s_edits(api: Api) -> None:
    made = api.door("POST", "/records/companies", {"type": "client", "name": "A", "sa": False, "id": 77})
    assert (made["id"], made["sa"]) == (77, False)
    edited = api.door("PATCH", "/records/companies/77", {"sa": True, "email": "claire.martin@example.test"})
    assert (edited["sa"], edited["email"]) == (True, "claire.martin@example.test")
    assert api.door("PATCH", "/records/companies/77", {"type": "prospect"})["type"] == "prospect"
    related = [{"type": "company", "id": 77}]
    deal = api.door("POST", "/records/opportunities", {"name": "D", "related": related, "pipeline": "Grands comptes"})
    moved = api.door("PATCH", f"/records/opportunities/{deal['id']}", {"step": "Soutenance"})
    assert (moved["pipeline_id"], moved["step_id"], moved["probability"]) == (12, 1203, 50)
    answer = api.http.patch("/_sandbox/records/companies/77", json={"nom": "x"})
    assert answer.json()["error"]["details"] == {"nom": "Ce champ est inconnu"}
    assert api.http.get("/_sandbox/records/companies/1").status_code == 404


def test_writes_and_calls_of_the_api_are_counted_and_those_of_people_are_not(api: Api) -> None:
    api.door("DELETE", "/calls")
    id = api.create("companies", type="client", name="A")["id"]
    api.refused("PUT", f"/companies/{id}", {"type": "client"})
    api.search("companies", {})
    api.get(f"/companies/{id}")
    api.door("PATCH", f"/records/companies/{id}", {"name": "B"})
    writes = api.door("GET", "/writes")
    assert (writes["count"], writes["effective"]) == (2, 1)
    assert writes["by"] == {"POST /v2/companies": 1, f"PUT /v2/companies/{id}": 1}
    assert writes["writes"][0]["body"] == {"type": "client", "name": "A"}
    assert [write["status"] for write in writes["writes"]] == [201, 400]
    calls = api.door("GET", "/calls")
    assert calls["count"] == 4
    assert calls["by"]["GET /v2/companies/{id:int}"] == 1
    api.door("DELETE", "/writes")
    assert api.door("GET", "/writes")["count"] == 0


def test_settings_can_be_spoilt(api: Api) -> None:
    api.door("PATCH", "/settings", {"custom_fields": [], "account": {"id": 1}, "client": {"delegated": True}})
    assert api.get("/custom-fields")["data"] == []
    assert api.get("/clients")["data"][0]["delegated"] is True
    assert api.get("/staffs/101", **{"embed[]": "account"})["_embed"]["account"]["id"] == 1
    assert api.door("GET", "/account")["client"]["secret"] == CLIENT_SECRET


def test_run_prints_its_address_and_keys() -> None:
    command = "from altior_sellsy.sandbox.sellsy.app import run; run(size=2, faults='slow')"
    with subprocess.Popen(
        [sys.executable, "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            lines = [process.stdout.readline() for _ in range(4)]
            match = re.search(r"http://127\.0\.0\.1:\d+", lines[0])
            assert match
            assert CLIENT_ID in lines[2]
            api = Api(match[0])
            api.login()
            assert api.get("/companies")["pagination"]["total"] == 2
        finally:
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


def test_an_id_is_taken_once(api: Api) -> None:
    api.door("POST", "/records/contacts", {"id": 5, "last_name": "A"})
    answer = api.http.post("/_sandbox/records/contacts", json={"id": 5, "last_name": "B"})
    assert answer.status_code == 400
    assert api.door("GET", "/records/contacts/5")["last_name"] == "A"


def test_an_unknown_profile_is_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"Profil de pannes inconnu.*«.tempete.»"):
        run(faults="tempete")
