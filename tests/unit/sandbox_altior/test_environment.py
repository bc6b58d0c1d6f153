"""One environment as a whole: its seed, scenarios, snapshots, and what survives a restart."""

from pathlib import Path

import pytest

from altior_sellsy.sandbox.altior.options import Options, with_profile
from altior_sellsy.sandbox.companies import sample_companies
from tests.unit.sandbox_altior.conftest import Server, Start


def test_a_seed_gives_the_firms_of_that_seed(start: Start) -> None:
    server = start(size=2, seed=7, offset=3)
    names = [each["raison_sociale"] for each in server.api("GET", "tiers")["elements"]]
    assert names == [each.name for each in sample_companies(5, 7)[3:]]


def test_what_the_guides_table_asks_for_is_missing_at_first(start: Start) -> None:
    def titles(server: Server, name: str) -> set[str]:
        return {each["titre"] for each in server.api("GET", f"parametres/{name}")}

    wanted = {"Contact principal", "Contact de facturation", "Contact de relance"}
    bare, full = start(), start(all_values=True, establishments=["Menuiserie Léo", "Menuiserie Léo Rennes"])
    assert not wanted & titles(bare, "roles-contact")
    assert wanted <= titles(full, "roles-contact")
    assert "Société civile immobilière" in titles(full, "formes-juridiques") - titles(bare, "formes-juridiques")
    assert len(full.api("GET", "etablissements")) == 2


def test_a_scenario_says_what_there_is(start: Start) -> None:
    server = start(size=3)
    tiers = {"id": "77", "nature": "moral", "roles": ["client"], "raison_sociale": "Dupont SAS"}
    scenario = {
        "tiers": [tiers],
        "affaires": [{"id": "9", "nom": "Véranda", "tiers": "77"}],
        "devis": [{"affaire": "9", "etat": "envoye"}],
        "utilisateurs": [{"email": "jean.petit@example.test", "administrateur": True}],
    }
    counts = server.door("POST", "reset", {"options": {"size": 0}, "scenario": scenario})
    assert counts == {"tiers": 1, "contacts": 0, "affaires": 1, "devis": 1, "commandes": 0}
    assert server.api("GET", "affaires/9")["jalons"] == ["devis_envoye"]
    made = server.door("POST", "tiers", {"corps": {key: tiers[key] for key in ("nature", "roles", "raison_sociale")}})
    assert made["id"] == "78"
    assert server.door("GET", "writes")["count"] == 0


def test_a_restored_environment_gives_ids_again_and_knows_no_later_cursor(server: Server) -> None:
    snapshot = server.door("POST", "snapshot")
    cursor = server.api("GET", "modifications")["curseur"]
    body = {
        "nature": "moral",
        "roles": ["client"],
        "raison_sociale": "Avant",
        "references_externes": ["sellsy:1:company:1"],
    }
    (first,) = server.write({"corps": body})
    server.door("PATCH", "tiers/501", {"corps": {"raison_sociale": "Après"}})
    server.door("POST", "restore", snapshot)
    assert server.tiers()["raison_sociale"] != "Après"
    other = {**body, "raison_sociale": "Autre", "references_externes": ["sellsy:1:company:2"]}
    (second,) = server.write({"corps": other})
    assert second["document"]["id"] == first["document"]["id"]
    gone = server.api("POST", "tiers/recherche", {"cle": "reference_externe", "valeurs": ["sellsy:1:company:1"]})
    assert gone == {"elements": []}
    assert (
        server.http.get(
            "/api/v1/modifications",
            params={"curseur": cursor},
            headers={"Authorization": "Bearer jeton-de-demonstration"},
        ).status_code
        == 410
    )


def test_a_file_survives_a_restart(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "altior.sqlite"
    server = start(size=2, data=file)
    body = {
        "nature": "moral",
        "roles": ["client"],
        "raison_sociale": "Durable",
        "references_externes": ["sellsy:1:company:1"],
    }
    (made,) = server.write({"corps": body})
    server.api("POST", "parametres/roles-contact", {"titre": "Contact principal"})
    server.door("DELETE", "tiers/502")
    cursor = server.api("GET", "modifications")["curseur"]

    again = start(size=2, data=file)  # without a stop of the first: as after a kill
    assert again.tiers(made["document"]["id"]) == made["document"]
    assert [each["id"] for each in again.api("GET", "tiers")["elements"]] == ["501", "503"]
    assert "Contact principal" in [each["titre"] for each in again.api("GET", "parametres/roles-contact")]
    assert again.write({"corps": body})[0]["statut"] == 200
    after = again.door("PATCH", "tiers/501", {"corps": {"note": "Vu"}})
    changes = again.api("GET", "modifications", curseur=cursor)["modifications"]
    assert [each["id"] for each in changes] == [after["id"]]


def test_the_feed_forgets_its_oldest_entries(start: Start) -> None:
    server = start(size=1, feed_kept=10)
    old = server.api("GET", "modifications")["curseur"]
    for number in range(15):
        server.door("PATCH", "tiers/501", {"corps": {"note": f"Passage {number}"}})
    headers = {"Authorization": "Bearer jeton-de-demonstration"}
    answered = server.http.get("/api/v1/modifications", params={"curseur": old}, headers=headers)
    assert answered.json()["erreur"]["code"] == "curseur_expire"


@pytest.mark.parametrize("options", [{"taille": 3}, {"switches": {"truncate_name": 0}}])
def test_unknown_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"taille|truncate_name"):
        Options.model_validate(options)


def test_a_profile_of_faults_is_known_by_its_name() -> None:
    flaky = with_profile(Options(size=2), "flaky")
    assert (flaky.size, len(flaky.faults)) == (2, 5)
    with pytest.raises(ValueError, match="Profil de pannes inconnu"):
        with_profile(Options(), "folle")


def test_a_share_of_the_calls_meets_a_fault_the_same_ones_with_each_start(start: Start) -> None:
    faults = [{"kind": "status", "status": 429, "chance": 0.3, "times": 2}]
    server, again = start(faults=faults), start(faults=faults)
    headers = {"Authorization": "Bearer jeton-de-demonstration"}
    seen, once_more = (
        [each.http.get("/api/v1/environnement", headers=headers).status_code for _ in range(30)]
        for each in (server, again)
    )
    assert seen == once_more
    assert seen.count(429) == 2
    assert seen[-1] == 200
