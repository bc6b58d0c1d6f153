"""The ERP's judgement of what is written, and the habits that it may have."""

import time
from typing import Any

import pytest

from tests.unit.sandbox_altior.conftest import Server, Start

FIRM: dict[str, Any] = {"nature": "moral", "roles": ["client"], "raison_sociale": "Ateliers"}


def element(number: int, **more: Any) -> dict[str, Any]:
    return {"corps": {**FIRM, "references_externes": [f"sellsy:1:company:{number}"], **more}}


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"siret": "73282932000075"}, "siret"),
        ({"siret": "00000000000000"}, "siret"),
        ({"siren": "123"}, "siren"),
        ({"nature": "autre"}, "nature"),
        ({"roles": []}, "roles"),
        ({"raison_sociale": " " * 0}, "raison_sociale"),
        ({"raison_sociale": "x" * 251}, "raison_sociale"),
        ({"forme_juridique": "Sté coop"}, "forme_juridique"),
        ({"emails": [{"type": "Principal", "adresse": "pas une adresse"}]}, "emails[0].adresse"),
        ({"emails": [{"type": "Principal"}]}, "emails[0].adresse"),
        ({"adresses": [{"ville": "Nantes"}, {"pays": "France"}]}, "adresses[1].pays"),
        ({"collaborateurs": [{"email": "nobody@example.test", "role": "Commercial"}]}, "collaborateurs[0].email"),
        ({"collaborateurs": [{"email": "paul.ancien@example.test", "role": "ADV"}]}, "collaborateurs[0].email"),
        ({"contacts": [{"contact": "c1", "roles": []}]}, "contacts[0].contact"),
        ({"contacts": [{"contact": "c501", "roles": ["Inconnu"]}]}, "contacts[0].roles"),
        ({"telephones": [{"id": "t99999", "numero": "1"}]}, "telephones[0].id"),
        ({"telephones": "06"}, "telephones"),
        ({"bloque": True}, "bloque"),
        ({"version": "3"}, "version"),
        ({"archive": "oui"}, "archive"),
    ],
)
def test_a_wrong_value_names_its_field(server: Server, more: dict[str, Any], path: str) -> None:
    (result,) = server.write(element(1, **more))
    assert result["statut"] == 422
    assert list(result["erreur"]["champs"]) == [path]
    assert result["erreur"]["champs"][path].endswith((".", ")."))
    assert server.api("GET", "tiers")["total"] == 3


def test_the_siret_of_la_poste_is_known(server: Server) -> None:
    (result,) = server.write(element(1, siret="35600000009075"))
    assert result["statut"] == 201


def test_a_siret_is_unique_only_where_it_is_set(server: Server) -> None:
    siret = server.tiers()["siret"]
    assert server.write(element(1, siret=siret))[0]["statut"] == 201
    server.door("PUT", "switches", {"siret_unique": True})
    (result,) = server.write(element(2, siret=siret))
    assert (result["statut"], result["erreur"]["code"], result["erreur"]["porteur"]) == (409, "siret_existant", "501")


def test_further_fields_may_be_required(server: Server) -> None:
    server.door("PUT", "switches", {"required": {"tiers": ["naf", "adresses.code_postal"]}})
    (result,) = server.write(element(1, adresses=[{"ville": "Nantes"}]))
    assert set(result["erreur"]["champs"]) == {"naf", "adresses[0].code_postal"}
    assert "naf" in server.api("GET", "exigences/tiers")["obligatoires"]


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"tiers": "9999"}, "tiers"),
        ({"etat": "en_retard"}, "etat"),
        ({"montant": "douze"}, "montant"),
        ({"montant": 12}, "montant"),
        ({"probabilite": 101}, "probabilite"),
        ({"echeance": "31/12/2026"}, "echeance"),
        ({"charge_affaire": "nobody@example.test"}, "charge_affaire"),
        ({"contacts": ["c9999"]}, "contacts[0]"),
        ({"champs_personnalises": {"AUTRE": "x"}}, "champs_personnalises.AUTRE"),
        ({"jalons": ["commande"]}, "jalons"),
    ],
)
def test_a_wrong_value_of_an_affaire_names_its_field(server: Server, more: dict[str, Any], path: str) -> None:
    body = {"nom": "Escalier", "tiers": "501", "references_externes": ["sellsy:1:opportunity:1"], **more}
    (result,) = server.write({"corps": body}, resource="affaires")
    assert (result["statut"], list(result["erreur"]["champs"])) == (422, [path])


def test_no_affaire_is_opened_on_a_blocked_tiers(server: Server) -> None:
    server.door("PATCH", "tiers/501", {"corps": {"bloque": True}})
    body = {"nom": "Escalier", "tiers": "501", "references_externes": ["sellsy:1:opportunity:1"]}
    (result,) = server.write({"corps": body}, resource="affaires")
    assert (result["statut"], result["erreur"]["code"]) == (409, "tiers_bloque")
    assert "bloqué en comptabilité" in result["erreur"]["message"]


def test_a_tiers_with_affaires_is_not_deleted_but_merged(server: Server) -> None:
    body = {"nom": "Escalier", "tiers": "501", "references_externes": ["sellsy:1:opportunity:1"]}
    (deal,) = server.write({"corps": body}, resource="affaires")
    for id, reference in (("501", "sellsy:1:company:1"), ("502", "sellsy:1:company:2")):
        server.write({"id": id, "version": server.tiers(id)["version"], "corps": {"references_externes": [reference]}})
    assert server.http.delete("/_sandbox/tiers/501").status_code == 409
    merged = server.door("POST", "tiers/501/fusion", {"dans": "502"})
    assert merged["references_externes"] == ["sellsy:1:company:2", "sellsy:1:company:1"]
    assert len(merged["contacts"]) == 2
    assert server.api("GET", f"affaires/{deal['document']['id']}")["tiers"] == "502"
    assert server.http.get("/_sandbox/tiers").json()["elements"][0]["id"] == "502"


def test_saving_the_same_again_changes_nothing(server: Server) -> None:
    before = server.tiers()
    cursor = server.api("GET", "modifications")["curseur"]
    (result,) = server.write({"id": "501", "version": before["version"], "corps": {"naf": before["naf"]}})
    assert result == {"statut": 200, "document": before}
    assert server.api("GET", "modifications", curseur=cursor)["modifications"] == []
    log = server.door("GET", "writes")
    assert (log["count"], log["changed"], log["writes"][0]["operation"]) == (1, 0, "update")


def test_lossy_habits_rewrite_what_is_saved(server: Server) -> None:
    habits = {"truncate_name": 10, "upper_case": True, "reformat_phones": True, "fill_in": {"naf": "0000Z"}}
    server.door("PUT", "switches", {**habits, "reorder_lists": True})
    phones = [{"type": "Fixe", "numero": "02 61 91 00 01"}, {"type": "Fax", "numero": "02.61.91.00.02"}]
    (result,) = server.write(element(1, raison_sociale="Société Générale", telephones=phones))
    document = result["document"]
    assert (document["raison_sociale"], document["naf"]) == ("SOCIÉTÉ GÉ", "0000Z")
    assert [each["numero"] for each in document["telephones"]] == ["+33261910002", "+33261910001"]


def test_a_late_correction_is_an_edit_of_its_own(server: Server) -> None:
    server.door("PUT", "switches", {"late_correction": 0.05})
    cursor = server.api("GET", "modifications")["curseur"]
    server.write(element(1))
    seen: list[Any] = []
    deadline = time.monotonic() + 5
    while len(seen) < 2 and time.monotonic() < deadline:
        answer = server.api("GET", "modifications", curseur=cursor, attente="1")
        cursor, seen = answer["curseur"], seen + answer["modifications"]
    assert [each["auteur"] for each in seen] == ["claire.martin@example.test", "qualite.adresses@altior.example"]
    assert server.tiers(seen[0]["id"])["raison_sociale"] == "ATELIERS"


def test_reads_may_lag_and_lists_may_hide(start: Start) -> None:
    server = start(size=40, switches={"read_lag": 30})
    before = server.tiers()
    server.door("PATCH", "tiers/501", {"corps": {"note": "Nouveau"}})
    assert server.tiers() == before
    server.door("PUT", "switches", {"read_lag": 0, "hide": 0.5})
    page = server.api("GET", "tiers")
    assert page["total"] == len(page["elements"]) < 40
    hidden = next(str(id) for id in range(501, 541) if str(id) not in {each["id"] for each in page["elements"]})
    assert server.tiers(hidden)["id"] == hidden
