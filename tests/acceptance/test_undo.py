"""«Annuler cette initialisation»: both systems as before, judged through their HTTP; what people touched is left."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from altior_sellsy.errors import Final
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.service import choosing, first_sync, undoing
from tests.acceptance.every_case import CASES, Cases, every_case
from tests.acceptance.steps import BY, Crash, initialise, sync
from tests.acceptance.test_plan_is_kept import everything
from tests.acceptance.town import QUICK, Town

MOVING = {"version", "modifie_le", "modifie_par", "updated_at", "updated"}


def still(records: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Without what every write moves; ids of a set's elements are the stand-in's own."""
    return {reference: {k: _plain(v) for k, v in one.items() if k not in MOVING} for reference, one in records.items()}


def _plain(content: Any) -> Any:
    if isinstance(content, list):
        return [{k: v for k, v in one.items() if k != "id"} if isinstance(one, dict) else one for one in content]
    return content


def test_after_the_trial_both_systems_are_as_before() -> None:
    cases = every_case(len(CASES))
    for number, one in enumerate(cases.companies):
        one["type"] = "client" if one["type"] == "prospect" and number % 3 == 0 else one["type"]
    with Town(cases.sellsy(), cases.altior(), served=False) as town, town.runtime(MemoryLedgers(town.clock)) as runtime:
        before = everything(town)
        with pytest.raises(Final, match="pas d'initialisation à annuler"):
            undoing.undo(runtime, BY)
        report = first_sync.run(runtime, BY, trial=10)
        assert len(report.trial) == 10
        made = everything(town).keys() - before.keys()
        assert made
        town.forget_writes()
        told = undoing.undo(runtime, BY, dry_run=True)
        assert town.writes() == (0, 0)
        assert {str(reference) for reference, _ in told.archived} == made
        assert runtime.ledger.environment().status is EnvironmentStatus.INITIALISING

        done = undoing.undo(runtime, BY)
        assert (done.left, done.failed) == ([], 0)
        assert {str(reference) for reference, _ in done.archived} == made
        after = everything(town)
        assert still({name: one for name, one in after.items() if name not in made}) == still(before)
        assert all(after[name].get("archive", after[name].get("is_archived")) is True for name in made)
        assert runtime.ledger.environment().status is EnvironmentStatus.NOT_ACTIVATED
        assert (runtime.ledger.all_pairs(), runtime.ledger.looks(), runtime.ledger.cards()) == ([], [], [])

        # Taken again, what was made is found by our reference: nothing is doubled.
        first_sync.preview(runtime)
        again = {str(row.reference): (row.decision, row.code) for row in runtime.ledger.plan_rows()}
        sources = {one["reference"] for one in report.trial if one["counterpart"] in made}
        assert not any(again[source][0] == "create" for source in sources if source in again)


def test_what_people_touched_since_is_left_and_listed() -> None:
    edited, linked, used, plain, known = sample_companies(5, 13)
    cases = Cases()
    for firm in (edited, linked, used, plain, known):
        cases.company(firm, type="client")
    cases.tier(linked, raison_sociale="Nom dans Altior")
    with Town(cases.sellsy(), cases.altior(), served=False) as town, town.runtime(MemoryLedgers(town.clock)) as runtime:
        initialise(runtime)
        here = {one["siret"]: one["id"] for one in town.tiers()}
        town.altior("PATCH", f"tiers/{here[edited.siret]}", {"corps": {"note": "Vu au salon"}})
        town.altior("POST", "affaires", {"corps": {"nom": "Devanture", "tiers": here[used.siret]}})
        town.altior("POST", "contacts", {"corps": {"nom": "Rencontrée", "tiers": [here[known.siret]]}})
        town.sellsy("PATCH", "records/companies/3002", {"name": "Renommée depuis"})

        done = undoing.undo(runtime, BY)
        assert {(one.label, one.field_name, one.why.split(" :")[0]) for one in done.left} == {
            (edited.name, "", "modifiée depuis par une personne"),
            (used.name, "", "porte des affaires, des documents ou d'autres contacts"),
            (known.name, "", "porte des affaires, des documents ou d'autres contacts"),
            ("Renommée depuis", "name", "champ modifié depuis"),
        }
        archived = {one["siret"]: one["archive"] for one in town.tiers()}
        assert {siret for siret, archive in archived.items() if archive} == {plain.siret}
        assert {one["name"] for one in town.companies()} == {
            *(firm.name for firm in (edited, used, plain, known)),
            "Renommée depuis",
        }
        [was_linked] = [one for one in town.tiers() if one["siret"] == linked.siret]
        assert was_linked["references_externes"] == []


def test_killed_and_on_a_bad_line_the_whole_is_undone_as_told() -> None:
    cases, quick = every_case(len(CASES)), QUICK.model_copy(update={"backoff_first": 0.05})
    with Town(cases.sellsy(), cases.altior(), timing=quick, served=False) as town:
        ledgers = MemoryLedgers(town.clock)
        with town.runtime(ledgers) as runtime:
            before = everything(town)
            initialise(runtime)
            told = undoing.undo(runtime, BY, dry_run=True)
            left_as_it_is = {str(one.reference) for one in told.left}
        for calls in (0, 2):  # the fields of tiers are as before; contacts are unlinked too
            left = iter(range(calls))

            def progress(what: str, done: int, total: int | None, left: Any = left) -> None:
                if next(left, None) is None:
                    raise Crash(what)

            with town.runtime(ledgers) as runtime, pytest.raises(Crash):
                undoing.undo(runtime, BY, progress)
        lost = {"path": "^/v2/", "methods": ["PUT", "POST"], "effect": "drop_after", "times": 99, "chance": 0.25}
        town.sellsy("PUT", "switches", {"faults": [lost]})
        town.altior("POST", "faults", {"faults": [{"kind": "status", "status": 503, "times": 99, "chance": 0.3}]})
        with town.runtime(ledgers) as runtime:
            while runtime.ledger.environment().cursors["first_sync"]:
                left_as_it_is |= {str(one.reference) for one in undoing.undo(runtime, BY).left}
            assert runtime.ledger.all_pairs() == []
        town.altior("DELETE", "faults")
        after = everything(town)
        made = after.keys() - before.keys()
        assert made == {str(reference) for reference, _ in told.archived}
        assert all(after[name].get("archive", after[name].get("is_archived")) is True for name in made)
        was, now = still(before), still(after)
        assert {name for name in was if now[name] != was[name]} == left_as_it_is


def test_run_again_and_lived_with_it_is_still_undone_without_what_people_did_since() -> None:
    plain, linked = sample_companies(2, 13)
    cases = Cases()
    cases.company(plain, type="client")
    cases.company(linked, type="client")
    cases.tier(linked, raison_sociale="Nom dans Altior", emails=[])
    with Town(cases.sellsy(), cases.altior(), served=False) as town, town.runtime(MemoryLedgers(town.clock)) as runtime:
        first_sync.run(runtime, BY, public_url="https://pont.example.test")
        assert len(runtime.sellsy.webhooks()) == 1
        initialise(runtime)
        town.sellsy("PATCH", "records/companies/3002", {"note": "Vue au salon"})
        sync(runtime)
        another = {"nature": "moral", "roles": ["client"], "raison_sociale": "Arrivée depuis"}
        town.altior("POST", "tiers", {"corps": another})
        sync(runtime)
        assert len(runtime.ledger.all_pairs()) == 3

        done = undoing.undo(runtime, BY)
        assert [(one.field_name, one.why) for one in done.left] == [("note", "champ modifié depuis : laissé")]
        there = {one["raison_sociale"]: one for one in town.tiers()}
        assert {name for name, one in there.items() if one["archive"]} == {plain.name}
        assert (there["Nom dans Altior"]["note"], there["Nom dans Altior"]["emails"]) == ("Vue au salon", [])
        assert linked.name in {one["name"] for one in town.companies()}
        # What was made live stays: it was not made by the initialisation.
        assert [pair.altior.id for pair in runtime.ledger.all_pairs()] == [there["Arrivée depuis"]["id"]]
        assert runtime.sellsy.webhooks() == []

        # Done and undone once more: the journal tells of both times.
        first_sync.preview(runtime)
        initialise(runtime)
        assert len(runtime.ledger.all_pairs()) == 3
        done = undoing.undo(runtime, BY)
        assert (done.unlinked, done.failed) == (2, 0)
        assert len(runtime.ledger.all_pairs()) == 1
        [again] = [one for one in town.tiers() if one["siret"] == linked.siret]
        assert again["references_externes"] == []


def test_what_sellsy_refuses_for_good_is_told_and_a_worker_at_work_is_waited_for() -> None:
    [firm] = sample_companies(1, 13)
    cases = Cases()
    cases.tier(firm)
    with Town(cases.sellsy(), cases.altior(), served=False) as town, town.runtime(MemoryLedgers(town.clock)) as runtime:
        ledger, clock = runtime.ledger, runtime.clock
        first_sync.preview(runtime)
        assert ledger.lease("un autre processus", clock.now(), 1)
        began = clock.now()
        initialise(runtime)
        assert clock.now() - began >= timedelta(seconds=0.9)
        refusal = {"path": "^/v2/companies/[0-9]+$", "methods": ["PUT"], "status": 400, "times": 99}
        town.sellsy("PUT", "switches", {"faults": [refusal]})
        assert ledger.lease("un autre processus", clock.now(), 1)
        done = undoing.undo(runtime, BY)
        assert (done.archived, done.failed) == ([], 0)
        [left] = done.left
        assert (left.label, left.reference.side.value) == (firm.name, "sellsy")
        assert left.why.startswith("n'a pas pu être remise en état : Sellsy refuse")
        assert ledger.environment().status is EnvironmentStatus.NOT_ACTIVATED


def test_what_a_person_has_chosen_meanwhile_stays_ticked() -> None:
    first, chosen = sample_companies(2, 13)
    cases = Cases()
    cases.company(first, type="client")
    cases.company(chosen, None, type="client")
    cases.tier(chosen)
    with Town(cases.sellsy(), cases.altior(), served=False) as town, town.runtime(MemoryLedgers(town.clock)) as runtime:
        first_sync.run(runtime, BY, trial=1)
        choosing.choose(runtime, choosing.Wish(types=["client"]), BY)
        first_sync.preview(runtime)
        initialise(runtime)
        assert len(runtime.ledger.all_pairs()) == 2
        assert undoing.undo(runtime, BY).unlinked == 2
        assert {one["sa"] for one in town.companies()} == {True}


def test_people_and_the_service_go_on_meanwhile() -> None:
    """What is edited while it runs stays as its people left it, unless it had been archived before; what our own writes
    signal brings nothing back."""
    cases, rng = every_case(25), Random(3)
    with Town(cases.sellsy(), cases.altior(), served=False) as town:
        ledgers = MemoryLedgers(town.clock)
        with town.runtime(ledgers) as runtime, town.runtime(ledgers) as service:
            town.receive_notifications(runtime)
            initialise(runtime)
            there = everything(town).keys()
            names: dict[int, str] = {}
            notes: dict[str, str] = {}

            def meanwhile(what: str, done: int, total: int | None) -> None:
                company = rng.choice([one for one in town.companies() if not one["is_archived"]])["id"]
                names[company] = f"Édité {len(names)}"
                town.sellsy("PATCH", f"records/companies/{company}", {"name": names[company]})
                tiers = rng.choice([one for one in town.tiers() if not one["archive"]])["id"]
                notes[tiers] = f"Vu {len(notes)}"
                town.altior("PATCH", f"tiers/{tiers}", {"corps": {"note": notes[tiers]}})
                town.clock.sleep(1)
                live()

            def live() -> None:
                service.poll_feed(0)
                service.drain()
                service.schedules(town.clock.now())

            failed = 1
            while failed:
                failed = undoing.undo(runtime, BY, meanwhile).failed
            for _ in range(3):
                town.clock.sleep(200)
                live()
            assert len(names) > 2
            assert everything(town).keys() == there
            companies = {one["id"]: one for one in town.companies()}
            tiers = {one["id"]: one for one in town.tiers()}
            assert {id: (companies[id]["name"], companies[id]["is_archived"]) for id in names} == {
                id: (name, False) for id, name in names.items()
            }
            assert {id: (tiers[id]["note"], tiers[id]["archive"]) for id in notes} == {
                id: (note, False) for id, note in notes.items()
            }
            assert runtime.ledger.environment().status is EnvironmentStatus.NOT_ACTIVATED
            assert (runtime.ledger.all_pairs(), runtime.sellsy.webhooks()) == ([], [])
