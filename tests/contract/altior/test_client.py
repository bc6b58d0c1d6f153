"""The client against the reference server: what each call of the port answers, faults included."""

import pytest

from altior_sellsy.altior.client import HttpAltior
from altior_sellsy.altior.port import CustomField, Item
from altior_sellsy.errors import (
    CursorExpired,
    Final,
    Invalid,
    NotFound,
    NotSent,
    Refused,
    Retryable,
    Stale,
    Unclear,
)
from altior_sellsy.sandbox.altior.options import TOKEN
from altior_sellsy.sandbox.altior.seed import ADMINISTRATOR
from altior_sellsy.sandbox.serving import Served
from altior_sellsy.timing import Timing
from tests.contract.altior.conftest import Door

FIRM = {"nature": "moral", "roles": ["client"], "raison_sociale": "Ateliers du Nord"}


def firm(number: int, **more: object) -> Item:
    return Item({**FIRM, "references_externes": [f"sellsy:9:company:{number}"], **more})


def test_settings_are_read_and_created(altior: HttpAltior) -> None:
    assert altior.identity() == "Menuiserie Léo"
    assert [each.name for each in altior.establishments()] == ["Menuiserie Léo"]
    users = {each.email: (each.active, each.administrator) for each in altior.users()}
    assert users[ADMINISTRATOR] == (True, True)
    assert "Contact principal" not in [each.title for each in altior.list_values("roles-contact")]
    assert altior.create_list_value("roles-contact", "Contact principal", None).title == "Contact principal"
    assert "Contact principal" in [each.title for each in altior.list_values("roles-contact")]
    assert altior.requirements("tiers").lengths["raison_sociale"] == 250
    assert [each.code for each in altior.custom_fields()] == ["PIPE", "ETAP"]
    made = altior.create_custom_field(CustomField("Sellsy", "Origine", "ORIG", "Texte", active=True))
    assert made in altior.custom_fields()


def test_scan_goes_through_every_record_once_in_id_order(altior: HttpAltior) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = altior.scan("tiers", after, 5)
        assert page.total == 12
        seen += [str(each["id"]) for each in page.documents]
        after = page.after
        if after is None:
            break
    assert seen == [str(number) for number in range(501, 513)]


def test_read_and_find(altior: HttpAltior) -> None:
    first, second = altior.read("tiers", ["501", "does-not-exist", "502"])
    assert altior.get("tiers", "501") == first
    assert altior.find("tiers", "siret", [second["siret"]]) == [second]
    contact = altior.get("contacts", first["contacts"][0]["contact"])
    assert contact["tiers"] == ["501"]
    assert contact in altior.find("contacts", "email", [contact["emails"][0]["adresse"].upper()])
    assert altior.find("contacts", "tiers", ["501"]) == [contact]
    with pytest.raises(NotFound):
        altior.get("tiers", "9999")


def test_a_bulk_write_answers_for_each_item(altior: HttpAltior) -> None:
    before = altior.get("tiers", "501")
    answers = altior.write(
        "tiers",
        [
            firm(1),
            firm(2, forme_juridique="Inconnue", telephones=[{"type": "Satellite", "numero": "1"}]),
            Item({"naf": "4332A"}, "501", before["version"]),
            Item({"naf": "4332B"}, "501", before["version"]),
            Item({"naf": "4332B"}, "9999", "1"),
            Item({"references_externes": ["sellsy:9:company:1"]}, "502", altior.get("tiers", "502")["version"]),
        ],
    )
    assert answers[0].created
    assert answers[0].document is not None
    assert answers[0].document["references_externes"] == ["sellsy:9:company:1"]
    assert isinstance(answers[1].error, Invalid)
    assert set(answers[1].error.fields) == {"forme_juridique", "telephones[0].type"}
    assert answers[2].document is not None
    assert (answers[2].document["naf"], answers[2].created) == ("4332A", False)
    assert isinstance(answers[3].error, Stale)
    assert isinstance(answers[4].error, NotFound)
    assert isinstance(answers[5].error, Final)
    assert answers[0].document["id"] in str(answers[5].error)


def test_a_create_repeated_under_its_reference_creates_nothing(altior: HttpAltior) -> None:
    (first,) = altior.write("tiers", [firm(1)])
    (again,) = altior.write("tiers", [firm(1, raison_sociale="Autre nom")])
    assert first.created
    assert not again.created
    assert again.document == first.document
    assert altior.scan("tiers", None).total == 13


def test_elements_change_in_place_by_id(altior: HttpAltior) -> None:
    phones = [{"type": "Fixe", "numero": "01 99 00 00 01"}, {"type": "Portable", "numero": "06 39 98 00 01"}]
    (made,) = altior.write("tiers", [firm(1, telephones=phones)])
    assert made.document is not None
    fixed, mobile = made.document["telephones"]
    body = {"telephones": [{"id": mobile["id"], "numero": "06 39 98 00 02"}, {"id": fixed["id"], "supprimer": True}]}
    (after,) = altior.write("tiers", [Item(body, made.document["id"], made.document["version"])])
    assert after.document is not None
    assert after.document["telephones"] == [{**mobile, "numero": "06 39 98 00 02"}]


def test_a_link_is_seen_from_both_ends(altior: HttpAltior) -> None:
    body = {"nom": "Besançon", "tiers": ["502"], "references_externes": ["sellsy:9:contact:1"]}
    (made,) = altior.write("contacts", [Item(body)])
    assert made.document is not None
    id = made.document["id"]
    tiers = altior.get("tiers", "502")
    assert {"contact": id, "roles": []} in tiers["contacts"]
    role = {"contacts": [{"contact": id, "roles": ["Comptable"]}]}
    (after,) = altior.write("tiers", [Item(role, "502", tiers["version"])])
    assert after.document is not None
    assert {"contact": id, "roles": ["Comptable"]} in after.document["contacts"]
    gone = {"contacts": [{"contact": id, "supprimer": True}]}
    altior.write("tiers", [Item(gone, "502", after.document["version"])])
    assert altior.get("contacts", id)["tiers"] == []


def test_milestones_follow_the_documents(altior: HttpAltior, door: Door) -> None:
    body = {"nom": "Escalier", "tiers": "501", "references_externes": ["sellsy:9:opportunity:1"], "montant": "1200"}
    (made,) = altior.write("affaires", [Item({**body, "champs_personnalises": {"PIPE": "Vente", "ETAP": "Devis"}})])
    assert made.document is not None
    id = made.document["id"]
    assert (made.document["jalons"], made.document["montant"]) == ([], "1200.00")
    door("POST", "devis", {"affaire": id, "etat": "brouillon"})
    assert altior.get("affaires", id)["jalons"] == []
    door("POST", "devis", {"affaire": id, "etat": "envoye"})
    door("POST", "commandes", {"affaire": id, "etat": "en_cours"})
    assert altior.get("affaires", id)["jalons"] == ["devis_envoye", "commande"]
    assert [each["etat"] for each in altior.documents("devis", [id])] == ["brouillon", "envoye"]
    assert len(altior.documents("commandes", [id, "9999"])) == 1


def test_feed_tells_who_changed_what_and_expires(altior: HttpAltior, door: Door) -> None:
    start = altior.changes(None)
    assert start.changes == []
    door("PATCH", "tiers/501", {"auteur": "julien.petit@example.test", "corps": {"note": "Rappeler"}})
    after = altior.changes(start.cursor, wait=5)
    assert [(each.resource, each.id, each.operation, each.author) for each in after.changes] == [
        ("tiers", "501", "modification", "julien.petit@example.test")
    ]
    assert altior.changes(after.cursor).changes == []
    door("POST", "flux/oubli")
    with pytest.raises(CursorExpired):
        altior.changes(start.cursor)


@pytest.mark.parametrize(
    ("user", "word"),
    [
        ("nobody@example.test", "n'existe pas"),
        ("paul.ancien@example.test", "inactif"),
        ("julien.petit@example.test", "droits"),
    ],
)
def test_a_write_as_the_wrong_user_stops_everything(server: Served, door: Door, user: str, word: str) -> None:
    with HttpAltior(server.url, TOKEN, user) as altior, pytest.raises(Refused, match=word):
        altior.write("tiers", [firm(1)])
    assert door("GET", "writes")["count"] == 0


def test_a_wrong_token_is_refused_without_telling_it(server: Served, door: Door) -> None:
    with HttpAltior(server.url, "s3cret-t0ken", ADMINISTRATOR) as altior:
        with pytest.raises(Refused) as refused:
            altior.identity()
        assert "s3cret" not in f"{refused.value!r} {altior!r}"


def test_a_blocked_tiers_is_final(altior: HttpAltior, door: Door) -> None:
    door("PATCH", "tiers/501", {"corps": {"bloque": True}})
    (answer,) = altior.write("tiers", [Item({"naf": "4332A"}, "501", altior.get("tiers", "501")["version"])])
    assert isinstance(answer.error, Final)
    assert "bloqué en comptabilité" in str(answer.error)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncate_after", "late_commit", "status"])
def test_a_write_whose_answer_is_lost_is_unclear_and_safely_repeated(altior: HttpAltior, door: Door, kind: str) -> None:
    door.fault(kind, "POST .*/lot", seconds=0.05)
    with pytest.raises(Unclear):
        altior.write("tiers", [firm(1), firm(2)])
    assert all(answer.document is not None for answer in altior.write("tiers", [firm(1), firm(2)]))
    assert altior.scan("tiers", None).total == 14


def test_a_write_that_takes_too_long_is_unclear(server: Served, door: Door) -> None:
    door.fault("timeout_after", "POST .*/lot", seconds=1)
    with HttpAltior(server.url, TOKEN, ADMINISTRATOR, timing=Timing(call_deadline=0.4)) as altior:
        with pytest.raises(Unclear, match="à temps"):
            altior.write("tiers", [firm(1)])
        assert altior.find("tiers", "reference_externe", ["sellsy:9:company:1"])


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncate_after", "status"])
def test_a_read_whose_answer_is_lost_is_retryable(altior: HttpAltior, door: Door, kind: str) -> None:
    door.fault(kind, "GET .*/tiers", retry_after=7)
    with pytest.raises(Retryable) as error:
        altior.scan("tiers", None)
    assert not isinstance(error.value, Unclear | NotSent)
    assert error.value.retry_after == (7 if kind == "status" else None)


def test_nobody_listens() -> None:
    altior = HttpAltior("http://127.0.0.1:9", TOKEN, ADMINISTRATOR)
    with altior, pytest.raises(NotSent, match=r"« 127\.0\.0\.1 »"):
        altior.write("tiers", [firm(1)])
