"""Opportunities and affaires, through both servers' HTTP: what an administrator and a salesperson would see."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from altior_sellsy.cli.french import french
from altior_sellsy.cli.show_first_sync import print_plan
from altior_sellsy.ledger.model import State
from altior_sellsy.ledger.port import Changes, Ledgers
from altior_sellsy.service import first_sync
from altior_sellsy.service.runtime import Runtime
from tests.acceptance.deal_town import DealTown, Later, codes, running, standing
from tests.acceptance.steps import Crash, crash_at, initialise, sync


def test_an_opportunity_becomes_an_affaire_when_it_reaches_event_1(ledgers: Ledgers) -> None:
    with running(ledgers) as (town, runtime):
        assert town.affaires() == []
        assert standing(runtime) == (State.EXCLUDED, "before_event_1")
        town.move(step=1103)
        sync(runtime)
        affaire = town.affaire()
        [tiers] = town.tiers()
        assert affaire["tiers"] == tiers["id"]
        assert affaire["etablissement"] == "2"
        assert affaire["champs_personnalises"] == {"PIPE": "Commercial", "ETAP": "Proposition envoyée"}
        assert (affaire["nom"], affaire["montant"], affaire["numero"]) == (
            "Rénovation des bureaux",
            "12000.00",
            "OPP-00101",
        )
        assert (affaire["echeance"], affaire["probabilite"], affaire["note"]) == ("2027-03-31", 50, "À rappeler")
        assert affaire["charge_affaire"] == "julien.petit@example.test"
        assert affaire["etat"] == "en_cours"
        assert affaire["references_externes"] == ["sellsy:97417:opportunity:101"]
        town.quiet(runtime)


def test_moves_and_edits_are_followed_both_ways(ledgers: Ledgers) -> None:
    with running(ledgers, step=1103) as (town, runtime):
        town.move(step=1104, name="Rénovation du siège", amount="15000.00")
        sync(runtime)
        affaire = town.affaire()
        assert affaire["champs_personnalises"]["ETAP"] == "Négociation"
        assert (affaire["nom"], affaire["montant"]) == ("Rénovation du siège", "15000.00")
        town.edit_affaire(
            montant="15500.00", echeance="2027-06-30", probabilite=80, charge_affaire="claire.martin@example.test"
        )
        sync(runtime)
        deal = town.deal()
        assert (deal["amount"], deal["due_date"], deal["probability"]) == ("15500.00", "2027-06-30", 80)
        assert deal["assigned_staff_ids"] == [101]
        assert (deal["status"], deal["step_id"]) == ("open", 1104)
        town.quiet(runtime)


def test_pipe_and_etap_are_always_sellsys(ledgers: Ledgers) -> None:
    with running(ledgers, step=1103) as (town, runtime):
        town.edit_affaire(champs_personnalises={"ETAP": "Ma propre étape"})
        sync(runtime)
        assert town.affaire()["champs_personnalises"]["ETAP"] == "Proposition envoyée"
        town.quiet(runtime)


def test_a_devis_sent_moves_the_opportunity_and_an_order_wins_it(ledgers: Ledgers) -> None:
    with running(ledgers, step=1103) as (town, runtime):
        town.document("devis", "brouillon")
        sync(runtime)
        assert town.deal()["step_id"] == 1103
        town.document("devis", "envoye")
        sync(runtime)
        assert (town.deal()["step_id"], town.deal()["status"]) == (1104, "open")
        assert town.affaire()["champs_personnalises"]["ETAP"] == "Négociation"
        town.quiet(runtime)
        town.document("commandes", "en_cours")
        sync(runtime)
        assert (town.deal()["step_id"], town.deal()["status"]) == (1105, "won")
        town.quiet(runtime)


def test_a_card_dragged_back_stays_where_the_person_put_it(ledgers: Ledgers) -> None:
    with running(ledgers, step=1103) as (town, runtime):
        town.document("devis", "envoye")
        sync(runtime)
        assert town.deal()["step_id"] == 1104
        town.move(step=1101)
        for _ in range(3):
            sync(runtime)
        assert town.deal()["step_id"] == 1101
        assert standing(runtime) == (State.IN_STEP, "recul")
        assert town.affaire()["champs_personnalises"]["ETAP"] == "Prise de contact"
        town.quiet(runtime)


def test_won_in_sellsy_wins_the_affaire_whatever_the_step(ledgers: Ledgers) -> None:
    with running(ledgers, step=1103) as (town, runtime):
        town.move(status="won")
        sync(runtime)
        assert town.affaire()["etat"] == "gagnee"
        assert town.deal()["step_id"] == 1103
        town.quiet(runtime)


def test_lost_travels_and_reopened_too(ledgers: Ledgers) -> None:
    with running(ledgers, step=1103) as (town, runtime):
        town.move(status="lost")
        sync(runtime)
        assert town.affaire()["etat"] == "perdue"
        town.edit_affaire(etat="en_cours")
        sync(runtime)
        assert town.deal()["status"] == "open"
        town.quiet(runtime)


def test_an_order_against_lost_is_a_card_and_no_write(ledgers: Ledgers) -> None:
    with running(ledgers, step=1103) as (town, runtime):
        town.move(status="lost")
        town.document("commandes", "en_cours")
        town.forget_writes()
        sync(runtime)
        assert codes(runtime) == {"order_against_lost"}
        assert (town.deal()["status"], town.affaire()["etat"]) == ("lost", "gagnee")
        assert town.writes() == (0, 0)
        town.move(status="open")
        sync(runtime)
        assert codes(runtime) == set()
        assert (town.deal()["status"], town.deal()["step_id"]) == ("won", 1105)
        town.quiet(runtime)


def test_import_no_keeps_old_opportunities_out_and_takes_new_ones(ledgers: Ledgers) -> None:
    with running(ledgers, takes=False, step=1103) as (town, runtime):
        assert town.affaires() == []
        town.move(step=1105)
        sync(runtime)
        assert town.affaires() == []
        assert standing(runtime) == (State.EXCLUDED, "deal_out_of_scope")
        related = [{"type": "company", "id": 3001}]
        after = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()  # Sellsy shows whole seconds
        new = {"name": "Nouvelle", "pipeline": 11, "step": 1103, "related": related, "created": after}
        town.sellsy("POST", "records/opportunities", new)
        sync(runtime)
        assert [one["nom"] for one in town.affaires()] == ["Nouvelle"]
        town.quiet(runtime)


def test_affaires_born_in_altior_never_ascend(ledgers: Ledgers) -> None:
    with running(ledgers) as (town, runtime):
        [tiers] = town.tiers()
        body = {"numero": "A-1", "nom": "Née ici", "tiers": tiers["id"], "etablissement": "1"}
        town.altior("POST", "affaires", {"corps": body})
        sync(runtime)
        assert [one["id"] for one in town.sellsy("GET", "records/opportunities")] == [101]
        [seen] = [s for s in runtime.ledger.all_sightings("deal") if s.label == "Née ici"]
        assert (seen.state, seen.code) == (State.EXCLUDED, "affaire_stays")
        town.quiet(runtime)


def test_an_affaire_typed_by_hand_is_suggested_not_doubled(ledgers: Ledgers) -> None:
    with running(ledgers) as (town, runtime):
        [tiers] = town.tiers()
        body = {"numero": "A-1", "nom": "Rénovation bureaux", "tiers": tiers["id"], "etablissement": "2"}
        town.altior("POST", "affaires", {"corps": body})
        town.move(step=1103)
        sync(runtime)
        assert [one["numero"] for one in town.affaires()] == ["A-1"]
        assert codes(runtime) == {"affaire_alike"}
        town.quiet(runtime)


def test_an_individual_and_a_lossy_altior(ledgers: Ledgers) -> None:
    individual = {"id": 3001, "type": "client", "last_name": "Morel", "first_name": "Ève", "sa": True}
    with DealTown(step=1103) as town:
        town.sellsy("POST", "records/individuals", individual)
        related = [{"type": "individual", "id": 3001}]
        new = {"name": "Véranda", "pipeline": 11, "step": 1103, "related": related}
        town.sellsy("POST", "records/opportunities", new)
        town.altior("PUT", "switches", {"lengths": {"affaires.nom": 200, "champs_personnalises.ETAP": 8}})
        with town.runtime(ledgers) as runtime:
            initialise(runtime)
            found = {one["nom"]: one for one in town.affaires()}
            person = next(one for one in town.tiers() if one["nature"] == "physique")
            assert found["Véranda"]["tiers"] == person["id"]
            town.quiet(runtime)


def test_event_1_brings_the_third_party_down_and_ticks_it(ledgers: Ledgers) -> None:
    with running(ledgers, sa=None) as (town, runtime):
        assert town.tiers() == []
        town.move(step=1103)
        sync(runtime)
        [company] = town.companies()
        assert company["sa"] is True
        [tiers] = town.tiers()
        assert town.affaire()["tiers"] == tiers["id"]
        assert any(entry.action == "ticked" for entry in runtime.ledger.journal())
        town.quiet(runtime)


def test_a_third_party_that_a_person_took_back_is_a_card_and_never_ticked_again(ledgers: Ledgers) -> None:
    with running(ledgers) as (town, runtime):
        town.sellsy("PATCH", "records/companies/3001", {"sa": False})
        town.move(step=1103)
        sync(runtime)
        assert town.affaires() == []
        assert codes(runtime) == {"third_party_taken_back"}
        assert town.companies()[0]["sa"] is False
        town.quiet(runtime)
        town.sellsy("PATCH", "records/companies/3001", {"sa": True})
        sync(runtime)
        sync(runtime)
        assert len(town.affaires()) == 1
        assert codes(runtime) == set()


@pytest.mark.parametrize("point", ["announced", "written", "remembering"])
def test_a_crash_in_an_event_loses_nothing_and_fires_once(ledgers: Ledgers, point: str) -> None:
    with running(ledgers, step=1103) as (town, runtime):
        town.document("devis", "envoye")
        crash_at(runtime, point)
        with pytest.raises(Crash):
            sync(runtime)
        runtime.close()
        after = Runtime(runtime.ledgers, runtime.ledger, Later(runtime.timing.lease + 30), runtime.timing)
        with after:
            sync(after)
            assert town.deal()["step_id"] == 1104
            town.move(step=1101)
            sync(after)
            sync(after)
            assert town.deal()["step_id"] == 1101
            town.quiet(after)


def test_an_affaire_whose_create_was_not_answered_is_not_made_twice(ledgers: Ledgers) -> None:
    with running(ledgers) as (town, runtime):
        town.move(step=1103)
        crash_at(runtime, "written")
        with pytest.raises(Crash):
            sync(runtime)
        runtime.close()
        assert len(town.affaires()) == 1
        after = Runtime(runtime.ledgers, runtime.ledger, Later(runtime.timing.lease + 30), runtime.timing)
        with after:
            sync(after)
            assert len(town.affaires()) == 1
            assert standing(after) == (State.IN_STEP, "")
            town.quiet(after)


def test_restored_ledger_adopts_the_affaire_by_its_reference(ledgers: Ledgers) -> None:
    with running(ledgers, step=1103) as (town, runtime):
        made = town.affaire()
        [pair] = runtime.ledger.all_pairs("deal")
        lease = runtime.ledger.lease("restore", runtime.clock.now(), 60)
        assert lease is not None
        runtime.ledger.commit(Changes(pairs=[replace(pair, closed=True)], forget=[pair.sellsy, pair.altior]), lease)
        runtime.ledger.release(lease)
        sync(runtime)
        assert [one["id"] for one in town.affaires()] == [made["id"]]
        [again] = runtime.ledger.all_pairs("deal")
        assert again.altior == pair.altior
        town.quiet(runtime)


def test_a_client_changed_after_a_devis_is_a_card(ledgers: Ledgers) -> None:
    with running(ledgers, step=1103) as (town, runtime):
        town.sellsy("POST", "records/companies", {"id": 3002, "type": "client", "name": "Garage Dupont", "sa": True})
        sync(runtime)
        dupont = next(one["id"] for one in town.tiers() if one["raison_sociale"] == "Garage Dupont")
        town.move(related=[{"type": "company", "id": 3002}])
        sync(runtime)
        sync(runtime)
        assert town.affaire()["tiers"] == dupont
        town.document("devis", "brouillon")
        town.move(related=[{"type": "company", "id": 3001}])
        sync(runtime)
        assert town.affaire()["tiers"] == dupont
        assert codes(runtime) == {"client_changed"}
        town.quiet(runtime)


@pytest.mark.parametrize(("sa", "code"), [(True, ""), (None, "brought")])
def test_the_preview_says_how_many_affaires_would_be_made(
    ledgers: Ledgers, sa: bool | None, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    related = [{"type": "company", "id": 3001}]
    more = [{"id": 200 + n, "name": f"D{n}", "pipeline": 11, "step": 1103, "related": related} for n in range(3)]
    with DealTown(sa=sa, opportunities=more) as town, town.runtime(ledgers) as runtime:
        town.forget_writes()
        plan = first_sync.preview(runtime)
        found = Counter((item.decision, item.code) for item in plan.items if item.kind == "deal")
        assert found["create", ""] == 3
        assert [(item.decision, item.code) for item in plan.items if item.kind == "third_party"] == [("create", code)]
        assert found["exclude", "before_event_1"] == 1
        assert plan.ticked == (1 if sa else 0)
        assert town.writes() == (0, 0)
        stored = runtime.ledger.plan()
        assert stored is not None
        assert stored["summary"]["deals"] == [{"pipeline": "Commercial", "exclude": 1, "create": 3}]
        print_plan(stored["summary"])
        said = " ".join(capsys.readouterr().out.split())
        told = "3 affaires seraient créées, 1 resterait dans Sellsy."
        assert french(f"Si vous activez maintenant, pipeline « Commercial » : {told}") in french(said)
        assert ("1 fiche non cochée sera cochée" in french(said)) is (sa is None)
