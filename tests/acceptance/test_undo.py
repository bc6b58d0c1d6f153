"""«Annuler cette initialisation»: both systems as before, judged through their HTTP; what people touched is left."""

from typing import Any

import pytest

from altior_sellsy.errors import Final
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.service import first_sync, undoing
from tests.acceptance.every_case import CASES, Cases, every_case
from tests.acceptance.steps import BY, initialise
from tests.acceptance.test_plan_is_kept import everything
from tests.acceptance.town import Town

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
    with Town(cases.sellsy(), cases.altior()) as town, town.runtime(MemoryLedgers()) as runtime:
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
    edited, linked, used, plain = sample_companies(4, 13)
    cases = Cases()
    for firm in (edited, linked, used, plain):
        cases.company(firm, type="client")
    cases.tier(linked, raison_sociale="Nom dans Altior")
    with Town(cases.sellsy(), cases.altior()) as town, town.runtime(MemoryLedgers()) as runtime:
        initialise(runtime)
        here = {one["siret"]: one["id"] for one in town.tiers()}
        town.altior("PATCH", f"tiers/{here[edited.siret]}", {"corps": {"note": "Vu au salon"}})
        town.altior("POST", "affaires", {"corps": {"nom": "Devanture", "tiers": here[used.siret]}})
        town.sellsy("PATCH", "records/companies/3002", {"name": "Renommée depuis"})

        done = undoing.undo(runtime, BY)
        assert {(one.label, one.field_name, one.why.split(" :")[0]) for one in done.left} == {
            (edited.name, "", "modifiée depuis par une personne"),
            (used.name, "", "porte des affaires ou des documents"),
            ("Renommée depuis", "name", "champ modifié depuis"),
        }
        archived = {one["siret"]: one["archive"] for one in town.tiers()}
        assert archived == {edited.siret: False, linked.siret: False, used.siret: False, plain.siret: True}
        assert {one["name"] for one in town.companies()} == {edited.name, "Renommée depuis", used.name, plain.name}
        [was_linked] = [one for one in town.tiers() if one["siret"] == linked.siret]
        assert was_linked["references_externes"] == []
