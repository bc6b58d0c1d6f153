"""A request's versions: sent, sent back, validated; what differs; what may not change."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from altior_sellsy.clock import ManualClock
from altior_sellsy.errors import Final
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import Card, Environment
from altior_sellsy.ledger.port import Changes, Ledger
from altior_sellsy.request import example, form
from altior_sellsy.service import environments, requests

CLOCK = ManualClock(datetime(2026, 3, 12, 8, 0, tzinfo=UTC))
ACCESS = environments.Access("http://127.0.0.1:1", "jeton", sellsy_secret="secret-de-test")


def written(folder: Path, **changes: object) -> Path:
    path = folder / "demande.xlsx"
    form.write(path, example.REQUEST.model_copy(update=changes))
    return path


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    ledgers = MemoryLedgers(CLOCK)
    ledger, _ = environments.add(ledgers, written(tmp_path), ACCESS, CLOCK)
    return ledger


def test_the_first_version_is_numbered_and_in_force(ledger: Ledger) -> None:
    version = requests.in_force(ledger)
    assert version is not None
    assert version.number == "DEM-2026-0001"
    assert "secret-de-test" not in repr(version.answers)


def test_a_new_version_shows_what_differs_and_changes_nothing_before_it_is_validated(
    ledger: Ledger, tmp_path: Path
) -> None:
    before = ledger.environment().settings
    path = written(tmp_path, tiers_export=not example.REQUEST.tiers_export, overrides={"T01": "Secondaire"})
    version, found, _ = requests.submit(ledger, path, "Claire Martin", CLOCK)
    assert version.number == "DEM-2026-0001-2"
    assert {d.label: (d.before, d.after) for d in found} == {
        "Export des tiers Altior vers Sellsy": ("Oui", "Non"),
        "Mapping T01 (Téléphone)": ("Principale", "Secondaire"),
    }
    assert ledger.environment().settings == before
    requests.validate(ledger, version.number, "Marc Intégrateur", CLOCK)
    assert ledger.environment().settings["tiers"]["export"] is False
    assert ledger.environment().settings["mapping"]["T01"] == "Secondaire"
    with pytest.raises(Final, match="déjà validée"):
        requests.validate(ledger, version.number, "Marc", CLOCK)


def test_sent_back_with_a_reason_per_field_then_sent_again(ledger: Ledger, tmp_path: Path) -> None:
    version, _, _ = requests.submit(ledger, written(tmp_path, referent="Inconnu"), "Claire", CLOCK)
    back = requests.send_back(ledger, version.number, "Marc", {"referent": "Ce référent a quitté la société."}, CLOCK)
    assert back.state == requests.RequestState.TO_CORRECT
    assert back.answers["reasons"] == {"referent": "Ce référent a quitté la société."}
    again, _, _ = requests.submit(ledger, written(tmp_path, referent="Marc Dubois"), "Claire", CLOCK)
    assert again.number == "DEM-2026-0001-3"


def test_the_account_of_an_active_environment_may_not_change(ledger: Ledger, tmp_path: Path) -> None:
    ledger.commit(Changes(environment={"activated_at": CLOCK.now()}), None)
    with pytest.raises(Final, match="ne peut plus changer"):
        requests.submit(ledger, written(tmp_path, account_id="12345"), "Claire", CLOCK)
    assert len(ledger.request_versions()) == 1


def test_another_environments_document_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(Final, match="celle de l'environnement"):
        requests.submit(ledger, written(tmp_path, environment="Garage Dupont"), "Claire", CLOCK)


def test_an_unknown_number_names_the_known_ones(ledger: Ledger) -> None:
    with pytest.raises(Final, match="DEM-2026-0001"):
        requests.validate(ledger, "DEM-2026-9999", "Marc", CLOCK)


def test_steps_that_changed_in_sellsy_are_approved_by_validating_again(ledger: Ledger, tmp_path: Path) -> None:
    kept = {**ledger.environment().settings, "resolved": {"order": {"11": ["1101", "1102"]}}}
    card = Card(None, "pipeline_changed", "Étapes modifiées", "", field_name="11")
    ledger.commit(Changes(environment={"settings": kept}, cards=[card]), None)
    again, differences, _ = requests.submit(ledger, written(tmp_path), "Claire", CLOCK)
    assert differences == []
    requests.validate(ledger, again.number, "Marc", CLOCK)
    assert "resolved" not in ledger.environment().settings


def test_what_the_pipelines_mean_is_kept_unless_the_version_asks_for_others(ledger: Ledger, tmp_path: Path) -> None:
    resolved = {"pipelines": {"Commercial": "11"}}
    kept = {**ledger.environment().settings, "resolved": resolved}
    ledger.commit(Changes(environment={"settings": kept}), None)
    same, _, _ = requests.submit(ledger, written(tmp_path, referent="Marc Dubois"), "Claire", CLOCK)
    requests.validate(ledger, same.number, "Marc", CLOCK)
    assert ledger.environment().settings["resolved"] == resolved
    other, found, _ = requests.submit(ledger, written(tmp_path, events={}), "Claire", CLOCK)
    assert any(d.label.startswith("Événement") for d in found)
    requests.validate(ledger, other.number, "Marc", CLOCK)
    assert "resolved" not in ledger.environment().settings


def test_nobody_decides_without_a_name(ledger: Ledger, tmp_path: Path) -> None:
    """«Qui» stayed empty beside settings that had come into force."""
    path = written(tmp_path, referent="Marc Dubois")
    sent, _, _ = requests.submit(ledger, path, " Claire ", CLOCK)
    assert sent.who == "Claire"
    for by in ("", "  "):
        with pytest.raises(Final, match="--by"):
            requests.submit(ledger, path, by, CLOCK)
        with pytest.raises(Final, match="--by"):
            requests.validate(ledger, sent.number, by, CLOCK)
        with pytest.raises(Final, match="--by"):
            requests.send_back(ledger, sent.number, by, {"Client": "nom incomplet"}, CLOCK)
    assert [version.number for version in ledger.request_versions()] == ["DEM-2026-0001", "DEM-2026-0001-2"]


def test_what_is_sent_back_names_fields_of_the_form_and_says_why(ledger: Ledger, tmp_path: Path) -> None:
    sent, _, _ = requests.submit(ledger, written(tmp_path, referent="Marc Dubois"), "Claire", CLOCK)
    for reasons, said in (
        ({"zzz": "y"}, "« zzz » n'est pas un champ de la demande. Champs possibles : client, environnement"),
        ({"": "y"}, "n'est pas un champ"),
        ({"Client": "nom incomplet", "Environnement": " "}, "La raison donnée pour « Environnement » est vide"),
    ):
        with pytest.raises(Final, match=said):
            requests.send_back(ledger, sent.number, "Marc", reasons, CLOCK)
    assert len(ledger.request_versions()) == 2
    for field in (
        "client",
        "Référent intégration",
        "tiers_export",
        "tiers.export",
        "T01",
        "evenement_1",
        "Événement 1",
    ):
        back = requests.send_back(ledger, sent.number, "Marc", {field: "à confirmer"}, CLOCK)
        assert back.answers["reasons"] == {field: "à confirmer"}
    assert requests.in_force(ledger) == ledger.request_versions()[0]


def test_a_version_in_force_is_not_sent_back(ledger: Ledger) -> None:
    with pytest.raises(Final, match=r"déjà validée.*request submit menuiserie-leo"):
        requests.send_back(ledger, "DEM-2026-0001", "Marc", {"Client": "nom incomplet"}, CLOCK)
    assert [version.state for version in ledger.request_versions()] == ["validated"]


def test_half_an_environment_of_an_older_version_is_told_apart(tmp_path: Path) -> None:
    half = MemoryLedgers(CLOCK).add(Environment("menuiserie-leo", "Menuiserie Léo", "Menuiserie Léo"))
    with pytest.raises(Final, match="environment remove menuiserie-leo"):
        requests.submit(half, written(tmp_path), "Claire", CLOCK)
