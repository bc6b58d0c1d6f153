"""Creates, updates, archive, convert, embeds of third parties and contacts."""

from typing import Any

from tests.unit.sandbox_sellsy.conftest import Api


def test_a_company_is_stored_as_sellsy_stores_it(api: Api) -> None:
    made = api.create("companies", type="client", name="Élan & Fils", website="https://www.elan.example/")
    assert made["website"] == "www.elan.example"
    assert made["note"] == ""
    assert made["auxiliary_code"].startswith("0ELAN")
    assert made["owner"] == {"id": 101, "type": "staff"}
    assert made["legal_france"] == dict.fromkeys(made["legal_france"])
    assert made["rgpd_consent"]["email"] is False
    assert api.get(f"/companies/{made['id']}") == made
    assert api.create("companies", type="prospect", name="B")["auxiliary_code"] is None


def test_created_is_accepted_and_answered_in_paris_time(api: Api) -> None:
    made = api.create("companies", type="client", name="A", created="2026-07-01T10:00:07.9Z")
    assert made["created"] == "2026-07-01T12:00:07+02:00"
    assert made["updated_at"] != made["created"]
    around = {"start": "2026-07-01T10:00:07Z", "end": "2026-07-01T12:00:07+02:00"}
    assert api.search("companies", {"created": around}) == [made["id"]]
    api.switch(created_honoured=False)
    ignored = api.create("companies", type="client", name="B", created="2026-07-01T10:00:07Z")
    assert ignored["created"] == ignored["updated_at"]
    assert api.search("companies", {"created": around}) == [made["id"]]


def test_a_put_merges_nested_objects_and_leaves_the_rest(api: Api) -> None:
    legal = {"siret": "12345678900011", "vat": "FR00123456789"}
    id = api.create("companies", type="client", name="A", legal_france=legal, phone_number="01 23")["id"]
    answer = api.call("PUT", f"/companies/{id}", {"legal_france": {"company_type": "SAS"}, "phone_number": None})
    shown = answer.json()
    assert shown["legal_france"]["siret"] == "12345678900011"
    assert shown["legal_france"]["company_type"] == "SAS"
    assert (shown["name"], shown["phone_number"]) == ("A", None)


def test_what_is_wrong_is_named_in_french(api: Api) -> None:
    wrong: dict[str, Any] = {"type": "customer", "email": "no", "website": "www.a.fr", "legal_france": {"siret": "1"}}
    details = api.refused("POST", "/companies", wrong)
    assert details["name"] == "Ce champ est manquant"
    assert set(details) == {"type", "name", "email", "website", "legal_france.siret"}
    id = api.create("companies", type="client", name="A")["id"]
    assert api.refused("PUT", f"/companies/{id}", {"type": "client"}) == {"type": "Ce champ est inconnu"}
    assert "note" in api.refused("PUT", f"/companies/{id}", {"note": None})
    assert "owner_id" in api.refused("PUT", f"/companies/{id}", {"owner_id": 9})
    taken = api.refused("PUT", f"/companies/{id}", {"email": "Claire.Martin@example.test"})
    assert taken == {"email": "Cette adresse email est déjà utilisée sur l'un de vos collaborateurs"}
    assert "last_name" in api.refused("POST", "/contacts", {"first_name": "Zoé"})
    assert "last_name" in api.refused("POST", "/individuals", {"type": "client"})


def test_verify_checks_and_stores_nothing(api: Api) -> None:
    answer = api.call("POST", "/companies", {"type": "client", "name": "A"}, verify="true")
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.call("POST", "/companies", {"type": "client"}, verify="true").status_code == 400
    assert api.get("/companies")["pagination"]["total"] == 0
    assert api.door("GET", "/writes")["effective"] == 0


def test_unknown_keys_may_be_ignored(api: Api) -> None:
    api.switch(unknown_keys="ignored")
    assert api.create("individuals", type="client", last_name="Léo", linked_to=[1])["last_name"] == "Léo"


def test_archived_records_stay_readable_and_lists_may_hide_them(api: Api) -> None:
    kept, gone = (api.create("companies", type="client", name=name)["id"] for name in "AB")
    assert api.call("PUT", f"/companies/{gone}", {"is_archived": True}).json()["is_archived"] is True
    assert api.search("companies", {}) == [kept, gone]
    assert api.search("companies", {"is_archived": True}) == [gone]
    api.switch(archived_listed=False)
    assert api.search("companies", {}) == [kept]
    assert [row["id"] for row in api.get("/companies")["data"]] == [kept]
    assert api.search("companies", {"is_archived": True}) == [gone]
    assert api.get(f"/companies/{gone}")["is_archived"] is True


def test_delete(api: Api) -> None:
    id = api.create("contacts", last_name="Léo")["id"]
    company = api.create("companies", type="client", name="A")["id"]
    api.call("POST", f"/companies/{company}/contacts/{id}")
    assert api.call("DELETE", f"/contacts/{id}").status_code == 204
    assert api.call("GET", f"/contacts/{id}").status_code == 404
    assert api.call("DELETE", f"/contacts/{id}").status_code == 404
    assert api.get(f"/companies/{company}")["main_contact_id"] is None


def test_convert_goes_from_prospect_to_client_only(api: Api) -> None:
    id = api.create("companies", type="prospect", name="Atelier")["id"]
    body = {"target": "client", "also_enable_custom_fields_on_target": {"mode": "none"}}
    assert "also_enable_custom_fields_on_target" in api.refused(
        "POST", f"/companies/{id}/convert", {"target": "client"}
    )
    shown = api.call("POST", f"/companies/{id}/convert", body).json()
    assert (shown["type"], shown["auxiliary_code"]) == ("client", f"0ATEL{id}")
    assert api.call("POST", f"/companies/{id}/convert", body).status_code == 400


def test_embeds(api: Api) -> None:
    api.door("POST", "/records/contacts", {"id": 7, "last_name": "Léo"})
    document = {"type": "client", "name": "A", "sa": True, "contacts": [7], "counts": {"invoices": 2}}
    id = api.door("POST", "/records/companies", document)["id"]
    asked = ["main_contact", "invoicing_address", "invoices", "opportunities", "owner", "cf.501", "smart_tags"]
    embed = api.get(f"/companies/{id}", **{"embed[]": asked})["_embed"]
    assert embed["main_contact"]["last_name"] == "Léo"
    assert embed["invoicing_address"] is None
    assert (embed["invoices"], embed["opportunities"], embed["owner"]["lastname"]) == (2, 0, "Martin")
    assert [(field["code"], field["value"]) for field in embed["custom_fields"]] == [("SA", True)]
    api.switch(scopes_removed=["invoicing.read"], cf_embeds=False)
    embed = api.get("/companies", **{"embed[]": asked})["data"][0]["_embed"]
    assert embed["invoices"] is None
    assert "custom_fields" not in embed
    assert "embed" in api.refused("GET", "/companies", **{"embed[]": "color"})
    assert "embed" in api.refused("GET", "/companies", embed="owner")


def test_contacts_and_individuals_have_their_own_words_for_times(api: Api) -> None:
    contact = api.create("contacts", last_name="Léo", civility="mr", position="Gérant")
    assert "updated" in contact
    assert "updated_at" not in contact
    individual = api.create("individuals", type="client", last_name="Léo")
    assert "updated_at" in individual
    assert "name" not in individual
