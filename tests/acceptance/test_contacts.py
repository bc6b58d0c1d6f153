"""Contacts through both servers' HTTP: they wait for their third party, travel both ways, and keep their links."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from altior_sellsy.ledger.model import State
from altior_sellsy.ledger.port import Ledgers
from altior_sellsy.service import first_sync
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.values.reference import Reference, Side
from tests.acceptance.steps import Crash, crash_at, initialise, sync
from tests.acceptance.town import QUICK, Town

COMPANY: dict[str, Any] = {
    "id": 3001,
    "type": "client",
    "name": "Menuiserie Léo",
    "legal_france": {"siret": "73282932000074"},
    "sa": True,
    "contacts": [5001],
}
CONTACT: dict[str, Any] = {
    "id": 5001,
    "civility": "mrs",
    "first_name": "Anne",
    "last_name": "Durand",
    "email": "anne.durand@leo.example",
    "phone_number": "01 44 41 91 91",
    "position": "Acheteuse",
    "sa": True,
}
TIERS: dict[str, Any] = {
    "id": "501",
    "nature": "moral",
    "roles": ["client"],
    "raison_sociale": "Bois du Nord",
    "siret": "55208131766522",
}


def linked(tiers: dict[str, Any], *contacts: str) -> dict[str, Any]:
    """A seeded tiers holds the links: the stand-in makes contacts first."""
    return tiers | {"contacts": [{"contact": one, "roles": []} for one in contacts]}


@contextmanager
def scene(town: Town, ledgers: Ledgers, **tiers: Any) -> Iterator[tuple[Town, Runtime]]:
    with town, town.runtime(ledgers, **tiers) as runtime:
        yield town, runtime


def people(town: Town) -> list[dict[str, Any]]:
    return list(town.sellsy("GET", "records/contacts"))


def contacts(town: Town) -> list[dict[str, Any]]:
    return list(town.altior("GET", "contacts")["elements"])


def person(town: Town, id: int = 5001) -> dict[str, Any]:
    return next(one for one in people(town) if one["id"] == id)


def until_the_next_second(runtime: Runtime) -> None:
    """Both systems date to the second: what is made in the second of the activation still counts as made before."""
    activated = runtime.ledger.environment().activated_at
    assert activated is not None
    while datetime.now(UTC) < activated + timedelta(seconds=1):
        time.sleep(0.02)


def writes_nothing(town: Town, runtime: Runtime) -> None:
    town.forget_writes()
    report = sync(runtime)
    assert town.writes() == (0, 0)
    assert not any(report.writes.values())


def code_of(runtime: Runtime, thing: str, id: Any) -> str:
    side = Side.SELLSY if isinstance(id, int) else Side.ALTIOR
    owner = "97417" if side is Side.SELLSY else "menuiserie-leo"
    reference = Reference(side, owner, thing, str(id))
    return runtime.ledger.sightings([reference])[reference].code


def test_a_contact_ticked_before_its_company_waits_then_arrives(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [COMPANY | {"sa": None}], "contacts": [CONTACT]}), ledgers) as (town, runtime):
        plan = first_sync.preview(runtime)
        [item] = [i for i in plan.items if i.kind == "contact"]
        assert (item.decision, item.code) == ("wait", "parent")
        initialise(runtime)
        assert contacts(town) == []
        assert code_of(runtime, "contact", 5001) == "parent"
        assert runtime.ledger.cards() == []

        town.sellsy("PATCH", "records/companies/3001", {"sa": True})
        sync(runtime)
        [tiers], [contact] = town.tiers(), contacts(town)
        assert contact["tiers"] == [tiers["id"]]
        assert (contact["civilite"], contact["prenom"], contact["nom"]) == ("Madame", "Anne", "Durand")
        assert contact["fonction"] == "Acheteuse"
        assert [(t["type"], t["numero"]) for t in contact["telephones"]] == [("Fixe", "01 44 41 91 91")]
        assert [(m["type"], m["adresse"]) for m in contact["emails"]] == [("Principal", "anne.durand@leo.example")]
        writes_nothing(town, runtime)


def test_a_contact_whose_company_comes_in_the_same_plan_is_created_with_it(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [COMPANY], "contacts": [CONTACT]}), ledgers) as (town, runtime):
        plan = first_sync.preview(runtime)
        assert [(i.kind, i.decision) for i in plan.items] == [("third_party", "create"), ("contact", "create")]
        report = initialise(runtime)
        assert report.waiting == 0
        [tiers], [contact] = town.tiers(), contacts(town)
        assert contact["tiers"] == [tiers["id"]]
        # The first contact of a company has all three roles in Sellsy: they descend once both ends are paired.
        assert tiers["contacts"] == [
            {
                "contact": contact["id"],
                "roles": ["Contact principal", "Contact de facturation", "Contact de relance"],
            }
        ]
        writes_nothing(town, runtime)


def test_an_edit_on_both_sides_goes_by_family_and_field(ledgers: Ledgers) -> None:
    with scene(Town({"companies": [COMPANY], "contacts": [CONTACT]}), ledgers) as (town, runtime):
        initialise(runtime)
        [contact] = contacts(town)
        town.sellsy("PATCH", "records/contacts/5001", {"position": "Directrice", "last_name": "Durand-Sellsy"})
        town.altior("PATCH", f"contacts/{contact['id']}", {"corps": {"prenom": "Anna", "nom": "Durand-Altior"}})
        sync(runtime)
        [contact] = contacts(town)
        shown = person(town)
        # Different fields travel each their way; the same one is Altior's (identity).
        assert (contact["nom"], contact["prenom"], contact["fonction"]) == ("Durand-Altior", "Anna", "Directrice")
        assert (shown["last_name"], shown["first_name"]) == ("Durand-Altior", "Anna")
        assert shown["position"] == "Directrice"
        [entry] = [e for e in runtime.ledger.journal() if e.action == "conflict"]
        assert (entry.field_name, entry.other) == ("last_name", "Durand-Sellsy")
        writes_nothing(town, runtime)


def test_an_altior_contact_ascends_once_its_tiers_is_paired(ledgers: Ledgers) -> None:
    altior = {
        "tiers": [linked(TIERS, "c1"), linked(TIERS | {"id": "502", "roles": ["fournisseur"], "siret": None}, "c3")],
        "contacts": [
            {"id": "c1", "nom": "Petit", "prenom": "Jean", "fonction": "Chef d'atelier"},
            {"id": "c2", "nom": "Seul"},
            {"id": "c3", "nom": "Vis"},
        ],
    }
    with scene(Town({}, altior), ledgers) as (town, runtime):
        initialise(runtime)
        [company], [contact] = town.companies(), people(town)
        assert (contact["last_name"], contact["first_name"], contact["position"]) == ("Petit", "Jean", "Chef d'atelier")
        assert contact["sa"] is True
        assert contact["marketing_campaigns_subscriptions"] == []
        assert company["contacts"] == [contact["id"]]
        assert code_of(runtime, "contact", "c2") == "no_third_party"
        assert code_of(runtime, "contact", "c3") == "parent"
        writes_nothing(town, runtime)

        town.altior("POST", "contacts", {"corps": {"nom": "Nouvelle", "tiers": ["501"]}})
        sync(runtime)
        assert [one["last_name"] for one in people(town)] == ["Petit", "Nouvelle"]
        writes_nothing(town, runtime)


def test_old_altior_contacts_stay_out_without_export_and_new_ones_ascend(ledgers: Ledgers) -> None:
    altior = {"tiers": [linked(TIERS, "c1")], "contacts": [{"id": "c1", "nom": "Ancien"}]}
    sellsy = {
        "companies": [COMPANY | {"legal_france": {"siret": TIERS["siret"]}, "name": "Bois du Nord", "contacts": []}]
    }
    with scene(Town(sellsy, altior), ledgers, export=False) as (town, runtime):
        initialise(runtime)
        assert people(town) == []
        assert code_of(runtime, "contact", "c1") == "out_of_scope"
        until_the_next_second(runtime)
        town.altior("POST", "contacts", {"corps": {"nom": "Nouvelle", "tiers": ["501"]}})
        sync(runtime)
        assert [one["last_name"] for one in people(town)] == ["Nouvelle"]
        writes_nothing(town, runtime)


@pytest.mark.parametrize("point", ["announced", "written", "remembering"])
def test_killed_while_it_creates_a_contact_it_makes_one(ledgers: Ledgers, point: str) -> None:
    timing = QUICK.model_copy(update={"call_deadline": 1, "lease": 0.3})
    with Town({}, {"tiers": [TIERS]}, timing=timing) as town:
        with town.runtime(ledgers) as runtime:
            initialise(runtime)
        town.altior("POST", "contacts", {"corps": {"nom": "Petit", "fonction": "Chef d'atelier", "tiers": ["501"]}})
        with town.runtime(ledgers) as runtime:
            crash_at(runtime, point)
            with pytest.raises(Crash):
                sync(runtime)
        with town.runtime(ledgers) as runtime:
            runtime.clock.sleep(timing.lease)
            sync(runtime)
            [made], [company] = people(town), town.companies()
            assert (made["last_name"], made["position"], made["sa"]) == ("Petit", "Chef d'atelier", True)
            assert company["contacts"] == [made["id"]]
            [contact] = contacts(town)
            assert contact["references_externes"] == [f"sellsy:97417:contact:{made['id']}"]
            writes_nothing(town, runtime)


def test_matched_by_e_mail_only_when_it_says_who_it_is(ledgers: Ledgers) -> None:
    sellsy = {
        "companies": [
            COMPANY
            | {
                "legal_france": {"siret": TIERS["siret"]},
                "name": "Bois du Nord",
                "contacts": [5001, 5002, 5003, 5004],
            }
        ],
        "contacts": [
            CONTACT,
            CONTACT | {"id": 5002, "last_name": "Martin", "email": "compta@leo.example"},
            CONTACT | {"id": 5003, "last_name": "Morel", "email": "compta@leo.example"},
            CONTACT | {"id": 5004, "last_name": "Renard", "email": "chef@leo.example"},
        ],
    }

    def in_altior(id: str, name: str, mail: str) -> dict[str, Any]:
        return {"id": id, "nom": name, "emails": [{"type": "Principal", "adresse": mail}]}

    altior = {
        "tiers": [linked(TIERS, "c1", "c2", "c4")],
        "contacts": [
            in_altior("c1", "DURAND", "Anne.Durand@leo.example"),
            in_altior("c2", "Martin", "compta@leo.example"),
            in_altior("c4", "Loup", "chef@leo.example"),
        ],
    }
    with scene(Town(sellsy, altior), ledgers) as (town, runtime):
        initialise(runtime)
        pairs = {p.sellsy.id: p for p in runtime.ledger.all_pairs("contact")}
        assert pairs["5001"].altior.id == "c1"
        assert pairs["5001"].made_by == "email"
        # A shared address and disagreeing names link nobody: each has its own counterpart.
        assert len({p.altior for p in pairs.values()}) == len(pairs) == 6
        assert pairs["5004"].altior.id != "c4"
        assert {pairs["5002"].altior.id, pairs["5003"].altior.id}.isdisjoint({"c2"})
        writes_nothing(town, runtime)


def test_links_are_added_and_removed_one_by_one(ledgers: Ledgers) -> None:
    other = COMPANY | {"id": 3002, "name": "Vis & Cie", "legal_france": {"siret": "55208131766522"}, "contacts": []}
    with scene(Town({"companies": [COMPANY, other], "contacts": [CONTACT]}), ledgers) as (town, runtime):
        initialise(runtime)
        tiers = {one["raison_sociale"]: one["id"] for one in town.tiers()}
        town.sellsy("PUT", "records/companies/3002/contacts/5001", {})
        sync(runtime)
        [contact] = contacts(town)
        assert sorted(contact["tiers"]) == sorted(tiers.values())
        writes_nothing(town, runtime)

        leave = {"tiers": [{"id": tiers["Menuiserie Léo"], "supprimer": True}]}
        town.altior("PATCH", f"contacts/{contact['id']}", {"corps": leave})
        sync(runtime)
        assert {c["id"]: c["contacts"] for c in town.companies()} == {3001: [], 3002: [5001]}
        writes_nothing(town, runtime)


def test_a_link_to_a_company_that_is_not_paired_waits_for_it(ledgers: Ledgers) -> None:
    other = COMPANY | {"id": 3002, "name": "Vis & Cie", "legal_france": {}, "contacts": [5001], "sa": None}
    with scene(Town({"companies": [COMPANY, other], "contacts": [CONTACT]}), ledgers) as (town, runtime):
        initialise(runtime)
        [contact] = contacts(town)
        assert len(contact["tiers"]) == 1
        writes_nothing(town, runtime)
        town.sellsy("PATCH", "records/companies/3002", {"sa": True})
        sync(runtime)
        sync(runtime)  # the link of a contact that was paired already is found by the scan
        [contact] = contacts(town)
        assert len(contact["tiers"]) == 2
        writes_nothing(town, runtime)


def test_a_particulier_s_own_person_does_not_descend_again(ledgers: Ledgers) -> None:
    individual = {"id": 3003, "type": "client", "last_name": "Durand", "first_name": "Anne", "sa": True}
    sellsy = {"individuals": [individual | {"contacts": [5001]}], "contacts": [CONTACT]}
    altior = {
        "tiers": [linked({"id": "501", "nature": "physique", "roles": ["client"], "nom": "Petit"}, "c1")],
        "contacts": [{"id": "c1", "nom": "Petit"}],
    }
    with scene(Town(sellsy, altior), ledgers) as (town, runtime):
        initialise(runtime)
        assert [one["id"] for one in contacts(town)] == ["c1"]
        assert [one["id"] for one in people(town)] == [5001]
        assert code_of(runtime, "contact", 5001) == "individual_person"
        assert code_of(runtime, "contact", "c1") == "individual_contact"
        writes_nothing(town, runtime)


@pytest.mark.parametrize("sa", [None, False])
def test_an_unticked_contact_is_frozen_and_catches_up(ledgers: Ledgers, sa: bool | None) -> None:
    with scene(Town({"companies": [COMPANY], "contacts": [CONTACT]}), ledgers) as (town, runtime):
        initialise(runtime)
        town.sellsy("PATCH", "records/contacts/5001", {"sa": sa, "position": "Directrice"})
        sync(runtime)
        [contact] = contacts(town)
        assert contact["fonction"] == "Acheteuse"
        [pair] = runtime.ledger.all_pairs("contact")
        assert pair.state is State.FROZEN
        town.sellsy("PATCH", "records/contacts/5001", {"sa": True})
        sync(runtime)
        assert contacts(town)[0]["fonction"] == "Directrice"
        writes_nothing(town, runtime)
