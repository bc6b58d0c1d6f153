"""Opportunities and affaires in and out of the shared form: amounts, people, contacts, lengths, refusals."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from altior_sellsy.kinds.correspondence import Correspondence, StaffMember
from altior_sellsy.kinds.deal.altior_reading import read_affaire
from altior_sellsy.kinds.deal.altior_writing import affaire_body
from altior_sellsy.kinds.deal.configuration import DealConfiguration, configuration
from altior_sellsy.kinds.deal.links import Links
from altior_sellsy.kinds.deal.sellsy_reading import read_opportunity
from altior_sellsy.kinds.deal.sellsy_writing import deal_bodies, refusals
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.sellsy.models import Opportunity
from altior_sellsy.values.reference import Reference, Side
from tests.unit.deal import scenes
from tests.unit.deal.situations import FOUR, NO_IMPORT

AT = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
PEOPLE = Correspondence.of(
    {},
    staff={"101": StaffMember("Claire@x.test"), "102": StaffMember("julien@x.test"), "103": StaffMember("no@x.test")},
    users=["claire@x.test", "julien@x.test"],
)
CONFIG = scenes.config(FOUR)


def contact(id: str) -> Reference:
    return Reference(Side.SELLSY, "97417", "contact", id)


def their(id: str) -> Reference:
    return Reference(Side.ALTIOR, "leo", "contact", id)


LINKS = Links(
    {
        scenes.COMPANY: scenes.TIERS,
        scenes.TIERS: scenes.COMPANY,
        **{contact(n): their(f"c{n}") for n in ("1", "2")},
        **{their(f"c{n}"): contact(n) for n in ("1", "2")},
    }
)
ANSWER: dict[str, Any] = {
    "id": 101,
    "number": "OPP-00101",
    "name": " Rénovation  des bureaux ",
    "status": "late",
    "due_date": "2026-12-31",
    "created": "2026-03-01T10:00:00+01:00",
    "amount": {"value": "72000.99", "currency": "EUR"},
    "pipeline": {"id": 11, "name": "Commercial"},
    "step": {"id": 1103, "name": "Proposition"},
    "probability": 50,
    "note": "",
    "owner": {"id": 101, "type": "staff"},
    "assigned_staff_ids": [102, 101],
    "contact_ids": [1, 9],
    "company_id": 3001,
    "individual_id": None,
}


def shown(links: Links = LINKS, config: DealConfiguration = CONFIG, **changes: Any) -> Snapshot:
    answer = Opportunity.model_validate(ANSWER | changes)
    return read_opportunity(
        answer, at=AT, account="97417", correspondence=PEOPLE, config=config, links=links, order=["1103"]
    )


def test_an_opportunity_in_the_shared_form() -> None:
    snapshot = shown()
    assert snapshot.fields == {
        "name": "Rénovation des bureaux",
        "number": "OPP-00101",
        "due_date": "2026-12-31",
        "probability": 50,
        "note": None,
        "status": "open",
        "amount": "72000.99",
        "owner": "julien@x.test",
        "pipe": "Commercial",
        "etap": "Proposition",
        "establishment": "1",
        "third_party": str(scenes.COMPANY),
        "contacts": [str(contact("1"))],
    }
    assert snapshot.problems == {}
    assert snapshot.gate is True
    assert snapshot.parents == (scenes.COMPANY,)
    assert (snapshot.position["status"], snapshot.position["step"]) == ("open", "1103")


def test_late_and_open_are_one_content() -> None:
    assert shown().hash == shown(status="open").hash
    assert shown().hash != shown(status="won").hash


def test_an_amount_of_zero_is_no_amount() -> None:
    assert shown(amount={"value": "0.00", "currency": "EUR"}).fields["amount"] is None


def test_another_currency_is_held_and_with_tax_nothing_is_synchronised() -> None:
    dollars = shown(amount={"value": "10.00", "currency": "USD"})
    assert "amount" not in dollars.fields
    assert dollars.problems["amount"].code == "other_currency"
    settings = scenes.settings(NO_IMPORT)
    settings["deals"]["amount"] = "TTC"
    assert "amount" not in shown(config=configuration(settings)).fields


@pytest.mark.parametrize(
    ("changes", "owner", "problem"),
    [
        ({"assigned_staff_ids": None}, "claire@x.test", ""),
        ({"assigned_staff_ids": None, "owner": {"id": 7, "type": "thirdcontact"}}, None, ""),
        ({"assigned_staff_ids": [999]}, None, "owner_inactive"),
        ({"assigned_staff_ids": [103]}, None, "owner_without_counterpart"),
    ],
)
def test_the_first_assigned_collaborator_else_the_owner(changes: Any, owner: str | None, problem: str) -> None:
    snapshot = shown(**changes)
    assert snapshot.fields.get("owner") == owner
    assert (snapshot.problems["owner"].code if "owner" in snapshot.problems else "") == problem


def test_an_unpaired_third_party_is_held_and_its_pairing_seen_by_a_scan() -> None:
    before = shown(links=Links())
    assert before.problems["third_party"].code == "third_party_unpaired"
    assert before.fields["contacts"] == []
    assert before.hash != shown().hash


def test_patch_names_what_it_changes_and_put_repeats_owner_and_status() -> None:
    before = shown(status="late")
    fields = {"name": "Neuf", "amount": "12.50", "due_date": None, "step": "1104", "contacts": [str(contact("2"))]}
    out = deal_bodies(fields | {"owner": "claire@x.test"}, before, PEOPLE)
    assert out.patch == {
        "name": "Neuf", "amount": Decimal("12.50"), "due_date": None, "pipeline": "11", "step": "1104",
    }  # fmt: skip
    assert out.put == {
        "contact_ids": ["9", "2"],  # 9 is not paired: nobody's to take away
        "assigned_staff_ids": ["101"],
        "owner_id": "101",
        "status": "open",
    }
    assert out.refused == {}


def test_won_prevails_over_the_merged_status() -> None:
    assert deal_bodies({"status": "open", "won": True}, shown(), PEOPLE).patch == {"status": "won"}
    due = deal_bodies({"due_date": "2027-01-31", "amount": None}, shown(), PEOPLE).patch
    assert due == {"due_date": date(2027, 1, 31), "amount": Decimal(0)}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": None}, "name_required"),
        ({"owner": None}, "owner_required"),
        ({"owner": "inconnu@x.test"}, "owner_without_counterpart"),
        ({"number": "X"}, "only_descends"),
        ({"probability": None}, "probability_required"),
    ],
)
def test_what_sellsy_cannot_hold_is_refused_alone(fields: Any, code: str) -> None:
    out = deal_bodies(fields | {"note": "a"}, shown(), PEOPLE)
    [problem] = out.refused.values()
    assert problem.code == code
    assert out.patch == {"note": "a"}
    assert out.put == {}


def test_an_owner_who_is_no_collaborator_forbids_the_put() -> None:
    before = shown(owner={"id": 7, "type": "thirdcontact"})
    out = deal_bodies({"contacts": [], "note": "a"}, before, PEOPLE)
    assert out.refused["contacts"].code == "owner_not_staff"
    assert (out.patch, out.put) == ({"note": "a"}, {})


def test_refusals_are_read_by_field() -> None:
    paths = {"assigned_staff_ids[0]": "non", "status": "non", "due_date": "non", "autre": "non"}
    assert refusals(paths, {"owner": "x", "won": True, "note": "a"}).keys() == {"owner", "won"}


AFFAIRE: dict[str, Any] = {
    "id": "501",
    "version": "7",
    "numero": "OPP-00101",
    "nom": "Rénovation",
    "tiers": "701",
    "etablissement": "1",
    "etat": "gagnee",
    "montant": "1200.00",
    "devise": "EUR",
    "probabilite": 40,
    "echeance": None,
    "charge_affaire": "Claire@x.test",
    "contacts": ["c1", "c9"],
    "note": "",
    "champs_personnalises": {"PIPE": "Commercial"},
    "jalons": ["devis_envoye"],
    "archive": False,
    "references_externes": [str(scenes.OPPORTUNITY)],
    "cree_le": "2026-03-01T09:00:00Z",
    "modifie_le": "2026-03-02T09:00:00Z",
}


def affaire(quoted_once: bool | None = None, **changes: Any) -> Snapshot:
    return read_affaire(
        AFFAIRE | changes,
        at=AT,
        environment="leo",
        correspondence=PEOPLE,
        config=CONFIG,
        links=LINKS,
        quoted_once=quoted_once,
    )


def test_an_affaire_in_the_shared_form() -> None:
    snapshot = affaire()
    assert snapshot.fields == {
        "name": "Rénovation",
        "number": "OPP-00101",
        "note": None,
        "probability": 40,
        "due_date": None,
        "status": "open",
        "amount": "1200.00",
        "owner": "claire@x.test",
        "establishment": "1",
        "pipe": "Commercial",
        "etap": None,
        "third_party": str(scenes.COMPANY),
        "contacts": [str(contact("1"))],
    }
    assert snapshot.keys == {"tiers": "701"}
    position = snapshot.position
    assert (position["etat"], position["quoted"], position["ordered"]) == ("gagnee", True, False)
    assert affaire(quoted_once=True, jalons=[]).position["quoted_once"] is True


def test_the_body_of_an_affaire() -> None:
    fields = {
        "name": "Neuf",
        "status": "lost",
        "third_party": str(scenes.COMPANY),
        "contacts": [str(contact("2"))],
        "pipe": "Un nom de pipeline bien long",
        "amount": None,
    }
    out = affaire_body(fields, LINKS, {"champs_personnalises.PIPE": 10}, affaire().fields)
    assert out.body == {
        "nom": "Neuf",
        "etat": "perdue",
        "tiers": "701",
        "contacts": [{"id": "c1", "supprimer": True}, "c2"],
        "champs_personnalises": {"PIPE": "Un nom de…"},
        "montant": None,
    }
    assert out.refusals({"champs_personnalises.PIPE": "Trop long.", "etat": "Non."}, fields).keys() == {
        "pipe",
        "status",
    }


def test_an_event_prevails_over_the_merged_status_and_an_unpaired_tiers_is_refused() -> None:
    out = affaire_body({"status": "open", "etat": "gagnee", "third_party": "sellsy:97417:company:9"}, LINKS, {}, {})
    assert out.body == {"etat": "gagnee"}
    assert out.refused["third_party"].code == "third_party_unpaired"


def test_a_configuration_without_event_1_is_empty() -> None:
    settings = scenes.settings(FOUR)
    settings["deals"]["events"]["1"] = []
    assert configuration(settings).pipelines == {}
    assert configuration({"deals": {"events": {"1": []}}}).pipelines == {}
    unresolved = scenes.settings(FOUR) | {"resolved": {}}
    assert configuration(unresolved).pipelines == {}
