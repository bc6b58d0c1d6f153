"""Types, suppliers, particuliers and the roles of contacts, through both servers' HTTP."""

from typing import Any

import pytest

from altior_sellsy.ledger.port import Changes, Ledgers
from altior_sellsy.service import first_sync
from tests.acceptance.steps import initialise, sync
from tests.acceptance.test_contacts import COMPANY, CONTACT, TIERS, contacts, scene, writes_nothing
from tests.acceptance.town import Town

SIRET = COMPANY["legal_france"]["siret"]
CLIENT = COMPANY | {"contacts": [], "phone_number": "01 44 41 91 91", "note": "Client fidèle"}
SUPPLIER = CLIENT | {"id": 3002, "type": "supplier", "phone_number": "04 78 00 00 00", "name": "LEO MENUISERIE"}


def company(town: Town, id: int) -> dict[str, Any]:
    return next(one for one in town.companies() if one["id"] == id)


@pytest.mark.parametrize("first", ["client", "supplier", "both"])
def test_a_client_and_a_supplier_of_one_siret_share_a_tiers(ledgers: Ledgers, first: str) -> None:
    sellsy = {
        "companies": [
            CLIENT | {"sa": True if first != "supplier" else None},
            SUPPLIER | {"sa": True if first != "client" else None},
        ]
    }
    with scene(Town(sellsy), ledgers) as (town, runtime):
        plan = first_sync.preview(runtime)
        if first == "both":
            assert [(i.decision, i.code) for i in plan.items] == [("create", ""), ("wait", "same_tiers")]
        initialise(runtime)
        for id in (3001, 3002):
            town.sellsy("PATCH", f"records/companies/{id}", {"sa": True})
        sync(runtime)
        [tiers] = town.tiers()
        assert tiers["roles"] == ["client", "fournisseur"]
        assert sorted(tiers["references_externes"]) == ["sellsy:97417:company:3001", "sellsy:97417:company:3002"]
        assert len(runtime.ledger.all_pairs()) == 2
        writes_nothing(town, runtime)
        if first != "supplier":
            # The sales record prevails, also for what a supplier record would decide alone.
            assert company(town, 3002)["name"] == "Menuiserie Léo"
            assert company(town, 3002)["phone_number"] == "01 44 41 91 91"

        town.sellsy("PATCH", "records/companies/3002", {"website": "https://www.leo.example", "note": "Du supplier"})
        sync(runtime)
        assert company(town, 3001)["website"] == "www.leo.example"
        assert company(town, 3001)["note"] == "Du supplier"
        writes_nothing(town, runtime)
        town.altior("PATCH", f"tiers/{tiers['id']}", {"corps": {"raison_sociale": "Menuiserie Léo & fils"}})
        sync(runtime)
        assert {one["name"] for one in town.companies()} == {"Menuiserie Léo & fils"}
        writes_nothing(town, runtime)

        town.sellsy("PATCH", "records/companies/3002", {"is_archived": True})
        sync(runtime)
        [tiers] = town.tiers()
        assert tiers["archive"] is False
        writes_nothing(town, runtime)


def test_a_prospect_becomes_client_on_each_side(ledgers: Ledgers) -> None:
    sellsy = {"companies": [CLIENT | {"type": "prospect"}]}
    altior = {"tiers": [TIERS | {"roles": ["prospect", "fournisseur"]}]}
    with scene(Town(sellsy, altior), ledgers) as (town, runtime):
        initialise(runtime)
        descended = next(one for one in town.tiers() if one["siret"] == SIRET)
        assert descended["roles"] == ["prospect"]
        ascended = next(one for one in town.companies() if one["id"] != 3001)
        assert ascended["type"] == "prospect"

        town.sellsy("PATCH", "records/companies/3001", {"type": "client"})
        town.altior("PATCH", "tiers/501", {"corps": {"roles": ["client", "fournisseur"]}})
        sync(runtime)
        assert {one["id"]: one["roles"] for one in town.tiers()} == {
            descended["id"]: ["client"],
            "501": ["client", "fournisseur"],
        }
        assert {one["type"] for one in town.companies()} == {"client"}
        assert runtime.ledger.cards() == []
        writes_nothing(town, runtime)

        # Back again in Sellsy's screen: observed, and it descends.
        town.sellsy("PATCH", "records/companies/3001", {"type": "prospect"})
        sync(runtime)
        assert next(one for one in town.tiers() if one["id"] == descended["id"])["roles"] == ["prospect"]
        writes_nothing(town, runtime)


def test_a_client_taken_back_in_altior_is_a_card_with_the_menu_path(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [CLIENT]}), ledgers) as (town, runtime):
        initialise(runtime)
        [tiers] = town.tiers()
        town.altior("PATCH", f"tiers/{tiers['id']}", {"corps": {"roles": ["prospect"], "note": "Rien cette année"}})
        sync(runtime)
        [card] = runtime.ledger.cards()
        assert (card.code, card.field_name) == ("type_unchangeable", "sale_type")
        assert "Actions → Transformer la fiche client en fiche prospect" in card.sentence
        assert company(town, 3001)["type"] == "client"
        assert company(town, 3001)["note"] == "Rien cette année"
        writes_nothing(town, runtime)

        town.sellsy("PATCH", "records/companies/3001", {"type": "prospect"})
        sync(runtime)
        assert runtime.ledger.cards() == []
        writes_nothing(town, runtime)


def test_a_client_is_right_at_the_first_pairing_whoever_says_it(ledgers: Ledgers) -> None:
    sellsy = {
        "companies": [
            CLIENT,
            CLIENT | {"id": 3005, "type": "prospect", "legal_france": {"siret": TIERS["siret"]}},
        ]
    }
    altior = {"tiers": [TIERS | {"id": "500", "siret": SIRET, "roles": ["prospect"]}, TIERS]}
    with scene(Town(sellsy, altior), ledgers) as (town, runtime):
        initialise(runtime)
        assert {one["roles"][0] for one in town.tiers()} == {"client"}
        assert {one["type"] for one in town.companies()} == {"client"}
        writes_nothing(town, runtime)


def test_a_particulier_both_ways(ledgers: Ledgers) -> None:
    individual = {
        "id": 3003,
        "type": "client",
        "civility": "mrs",
        "last_name": "Durand",
        "first_name": "Anne",
        "phone_number": "01 44 41 91 91",
        "sa": True,
    }
    altior = {
        "tiers": [
            {
                "id": "501",
                "nature": "physique",
                "roles": ["prospect"],
                "civilite": "Monsieur",
                "nom": "Petit",
                "prenom": "Jean",
                "telephones": [{"type": "Portable", "numero": "06 12 34 56 78"}],
            }
        ]
    }
    with scene(Town({"individuals": [individual]}, altior), ledgers) as (town, runtime):
        initialise(runtime)
        tiers = next(one for one in town.tiers() if one["id"] != "501")
        assert (tiers["nature"], tiers["civilite"], tiers["nom"], tiers["prenom"]) == (
            "physique",
            "Madame",
            "Durand",
            "Anne",
        )
        assert [(t["type"], t["numero"]) for t in tiers["telephones"]] == [("Fixe", "01 44 41 91 91")]
        people = town.sellsy("GET", "records/individuals")
        made = next(one for one in people if one["id"] != 3003)
        assert (made["type"], made["civility"], made["last_name"], made["first_name"]) == (
            "prospect",
            "mr",
            "Petit",
            "Jean",
        )
        assert made["sa"] is True
        assert town.companies() == []
        writes_nothing(town, runtime)

        town.altior("PATCH", f"tiers/{tiers['id']}", {"corps": {"prenom": "Anna"}})
        town.sellsy("PATCH", f"records/individuals/{made['id']}", {"type": "client", "mobile_number": "06 00 00 00 00"})
        sync(runtime)
        people = {one["id"]: one for one in town.sellsy("GET", "records/individuals")}
        assert people[3003]["first_name"] == "Anna"
        moved = next(one for one in town.tiers() if one["id"] == "501")
        assert moved["roles"] == ["client"]
        assert moved["telephones"][0]["numero"] == "06 00 00 00 00"
        writes_nothing(town, runtime)


def test_two_accountants_in_altior_and_one_invoicing_contact_lead_to_no_write(ledgers: Ledgers) -> None:
    mail = "{}@leo.example".format
    firm = CLIENT | {"contacts": [{"id": 5001, "roles": []}, {"id": 5002, "roles": ["invoicing"]}]}
    people = [CONTACT | {"id": 5001 + n, "last_name": name, "email": mail(n)} for n, name in enumerate(("Un", "Deux"))]
    altior = {
        "contacts": [
            {"id": f"c{n + 1}", "nom": name, "emails": [{"type": "Principal", "adresse": mail(n)}], "prenom": "Anne"}
            for n, name in enumerate(("Un", "Deux"))
        ],
        "tiers": [TIERS | {"siret": SIRET, "raison_sociale": COMPANY["name"]}],
    }
    town = Town({"companies": [firm], "contacts": people}, altior)
    with town:
        # Both are accountants in Altior; in Sellsy the second one gets the invoices.
        links = [{"contact": f"c{n + 1}", "roles": ["Comptable"]} for n in range(2)]
        town.altior("PATCH", "tiers/501", {"corps": {"contacts": links}})
        with town.runtime(ledgers) as runtime:
            environment = runtime.ledger.environment()
            settings = dict(environment.settings)
            settings["mapping"] = {**settings["mapping"], "K01": None, "K02": "Comptable", "K03": None}

            runtime.ledger.commit(Changes(environment={"settings": settings}), None)
            initialise(runtime)
            assert {p.sellsy.id: p.altior.id for p in runtime.ledger.all_pairs("contact")} == {
                "5001": "c1",
                "5002": "c2",
            }
            assert town.tiers()[0]["contacts"] == links
            writes_nothing(town, runtime)

            # Sellsy names the other one: he is an accountant already, and the one we never appointed stays.
            town.sellsy("PUT", "records/companies/3001/contacts/5001", {"roles": ["invoicing"]})
            sync(runtime)
            roles = {one["contact"]: one["roles"] for one in town.tiers()[0]["contacts"]}
            assert roles["c1"] == ["Comptable"]
            assert company(town, 3001)["invoicing_contact_id"] == 5001
            writes_nothing(town, runtime)


def test_the_main_contact_follows_sellsy_and_never_ascends(ledgers: Ledgers) -> None:
    firm = CLIENT | {"contacts": [{"id": 5001, "roles": ["main"]}, {"id": 5002, "roles": []}]}
    people = [CONTACT, CONTACT | {"id": 5002, "last_name": "Morel", "email": None}]
    with scene(Town({"companies": [firm], "contacts": people}), ledgers) as (town, runtime):
        initialise(runtime)
        ids = {one["nom"]: one["id"] for one in contacts(town)}

        def roles() -> dict[str, list[str]]:
            return {one["contact"]: one["roles"] for one in town.tiers()[0]["contacts"]}

        assert roles() == {ids["Durand"]: ["Contact principal"], ids["Morel"]: []}
        writes_nothing(town, runtime)
        town.sellsy("PUT", "records/companies/3001/contacts/5002", {"roles": ["main"]})
        sync(runtime)
        assert roles() == {ids["Durand"]: [], ids["Morel"]: ["Contact principal"]}
        writes_nothing(town, runtime)
        # Altior gives the role to somebody else too: that is Altior's own.
        tiers = town.tiers()[0]
        link = {"contact": ids["Durand"], "roles": ["Contact principal", "Comptable"]}
        town.altior("PATCH", f"tiers/{tiers['id']}", {"corps": {"contacts": [link]}})
        writes_nothing(town, runtime)
        town.sellsy("PUT", "records/companies/3001/contacts/5002", {"roles": []})
        sync(runtime)
        assert roles() == {ids["Durand"]: ["Contact principal", "Comptable"], ids["Morel"]: []}
        assert company(town, 3001)["main_contact_id"] is None
        writes_nothing(town, runtime)
