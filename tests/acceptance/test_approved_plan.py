"""An approved plan on data that moved since, and a trial of a few records before the rest."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from altior_sellsy.errors import Final
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import EnvironmentStatus, State
from altior_sellsy.ledger.port import Ledger
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.service import decisions, first_sync, plan_file
from altior_sellsy.service.explain import explain
from altior_sellsy.service.plan_reading import records
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.values.reference import Reference, Side
from tests.acceptance.every_case import CASES, Cases, every_case
from tests.acceptance.steps import BY, initialise, sync
from tests.acceptance.town import QUICK, Town


def company(id: int) -> Reference:
    return Reference(Side.SELLSY, "97417", "company", str(id))


def standing(runtime: Runtime, id: int) -> tuple[State, str]:
    seen = runtime.ledger.sightings([company(id)])[company(id)]
    return seen.state, seen.code


def test_the_same_decision_is_carried_out_with_new_values_and_another_one_goes_back_to_people() -> None:
    renamed, twin_appears, twin_changes, unticked, ticked_late, *_ = firms = sample_companies(6, 7)
    cases = Cases()
    for firm in firms[:5]:
        cases.company(firm, None if firm is ticked_late else True)
    cases.tier(twin_changes)
    with Town(cases.sellsy(), cases.altior()) as town, town.runtime(MemoryLedgers()) as runtime:
        first_sync.preview(runtime)
        town.sellsy("PATCH", "records/companies/3001", {"name": "Nouveau nom"})
        here = {key: value for key, value in cases.tier(twin_appears).items() if key != "id"}
        town.altior("POST", "tiers", {"corps": here})
        town.altior("PATCH", "tiers/501", {"corps": {"siret": firms[5].siret, "siren": firms[5].siren}})
        town.sellsy("PATCH", "records/companies/3004", {"sa": False})
        town.sellsy("PATCH", "records/companies/3005", {"sa": True})
        initialise(runtime)

        names = Counter(one["raison_sociale"] for one in town.tiers())
        assert (names["Nouveau nom"], names[renamed.name]) == (1, 0)
        assert names[twin_appears.name] == 1
        assert names[unticked.name] == 0
        assert standing(runtime, 3002) == (State.HELD, "plan_changed")
        assert standing(runtime, 3003) == (State.HELD, "plan_changed")
        assert standing(runtime, 3004) == (State.EXCLUDED, "not_ticked")
        cards = {str(card.reference): card.sentence for card in runtime.ledger.cards() if card.code == "plan_changed"}
        assert cards.keys() == {str(company(3002)), str(company(3003))}
        assert f"« {twin_appears.name} »" in cards[str(company(3002))]

        # Ticked after the plan was read: from then on it is live, and descends with the scan.
        sync(runtime)
        assert [one["siret"] for one in town.tiers()].count(ticked_late.siret) == 1
        # What goes back to people stays there, until they decide.
        assert standing(runtime, 3002) == (State.HELD, "plan_changed")
        [appeared] = [one for one in town.tiers() if one["siret"] == twin_appears.siret]
        record, other = str(company(3002)), f"altior:menuiserie-leo:tiers:{appeared['id']}"
        decisions.decide(runtime.ledger, record, "link", to=other, by=BY, clock=runtime.clock)
        decisions.decide(runtime.ledger, str(company(3003)), "create", by=BY, clock=runtime.clock)
        sync(runtime)
        assert [card for card in runtime.ledger.cards() if card.code == "plan_changed"] == []
        [pair] = runtime.ledger.pairs([company(3002)])
        assert (str(pair.altior), pair.made_by) == (other, "person")
        assert Counter(one["siret"] for one in town.tiers())[twin_changes.siret] == 1


def test_ten_records_are_tried_then_the_rest() -> None:
    cases = every_case(len(CASES) + 10)
    with Town(cases.sellsy(), cases.altior()) as town, town.runtime(MemoryLedgers()) as runtime:
        before = {one["id"]: one for one in town.companies()}, {one["id"]: one for one in town.tiers()}
        town.forget_writes()
        report = first_sync.run(runtime, BY, trial=10)

        assert len(report.trial) == 10
        assert all(one["done"] for one in report.trial)
        assert len(runtime.ledger.all_pairs()) == 10
        assert {one["decision"] for one in report.trial} == {"create", "link"}
        assert {one["side"] for one in report.trial} == {"sellsy", "altior"}
        assert {one["kind"] for one in report.trial} == {"third_party", "contact"}
        assert report.rest > 10
        tried = {text for one in report.trial for text in (one["reference"], one["counterpart"])}
        assert changed(town, before) <= tried
        assert runtime.ledger.environment().status is EnvironmentStatus.INITIALISING

        # Meanwhile: an edit on one of the ten travels, an edit on another record waits for the approval of the rest.
        [linked] = [p for p in runtime.ledger.all_pairs("third_party") if p.made_by == "siret" and p.gate_seen][:1]
        town.altior("PATCH", f"tiers/{linked.altior.id}", {"corps": {"raison_sociale": "Nommé pendant l'essai"}})
        others = [c for c in before[0].values() if c["sa"] and str(company(c["id"])) not in tried]
        town.sellsy("PATCH", f"records/companies/{others[0]['id']}", {"name": "Pas encore"})
        sync(runtime)
        assert len(runtime.ledger.all_pairs()) == 10
        [seen] = [c for c in town.companies() if str(c["id"]) == linked.sellsy.id]
        assert seen["name"] == "Nommé pendant l'essai"

        report = initialise(runtime)
        assert runtime.ledger.environment().status is EnvironmentStatus.ACTIVE
        assert report.waiting == 0
        assert "Pas encore" in {one["raison_sociale"] for one in town.tiers()}
        paired = {(p.reference(side), p.volet) for p in runtime.ledger.all_pairs() for side in Side}
        todo = runtime.ledger.plan_rows(decisions=["create", "link"])
        assert {(row.reference, row.volet) for row in todo} <= paired
        town.forget_writes()
        sync(runtime)
        assert town.writes() == (0, 0)


def changed(town: Town, before: tuple[dict[Any, Any], dict[Any, Any]]) -> set[str]:
    now = {one["id"]: one for one in town.companies()}, {one["id"]: one for one in town.tiers()}
    found = {str(company(id)) for id, one in now[0].items() if before[0].get(id) != one}
    return found | {f"altior:menuiserie-leo:tiers:{id}" for id, one in now[1].items() if before[1].get(id) != one}


def test_people_decide_record_by_record_before_they_approve(tmp_path: Path) -> None:
    left, twin, kept = sample_companies(3, 11)
    cases = Cases()
    cases.company(left)
    cases.company(twin, legal_france={})
    cases.company(kept, note="Confidentiel")
    cases.tier(twin, raison_sociale=twin.name.upper(), siret=None, siren=None)
    cases.tier(kept, raison_sociale=f"{kept.name} (Altior)")
    with Town(cases.sellsy(), cases.altior()) as town, town.runtime(MemoryLedgers()) as runtime:
        ledger, clock = runtime.ledger, runtime.clock
        first_sync.preview(runtime)
        planned = {one["reference"]: one for one in records(ledger)}
        assert [one["reference"] for one in planned[str(company(3002))]["suggestions"]] == [tiers(501)]
        assert {one["field"] for one in planned[str(company(3003))]["differences"]} >= {"note", "name"}

        decisions.decide(ledger, str(company(3001)), "leave_out", by=BY, clock=clock)
        decisions.decide(ledger, str(company(3002)), "link", to=tiers(501), by=BY, clock=clock)
        decisions.hold(ledger, str(company(3003)), "note", by=BY, clock=clock)
        with pytest.raises(Final, match="n'est pas un champ"):
            decisions.hold(ledger, str(company(3003)), "humeur", by=BY, clock=clock)
        assert town.writes() == (0, 0)
        sheets = load_workbook(export(ledger, tmp_path / "apercu.xlsx"))
        decided = {row[5]: row[9] for row in sheets["Fiches"].iter_rows(min_row=2, values_only=True)}
        assert decided[str(company(3001))] == f"Laisser de côté, par {BY}"
        assert decided[str(company(3002))] == f"Lier à {tiers(501)}, par {BY}"
        assert "Retenir" in decided[str(company(3003))]
        assert [row[2] for row in sheets["Jumeaux possibles"].iter_rows(min_row=2, values_only=True)].count(
            twin.name.upper()
        )

        initialise(runtime)
        assert standing(runtime, 3001) == (State.EXCLUDED, "left_out")
        assert len(town.tiers()) == 2
        assert {(str(p.sellsy), str(p.altior)) for p in ledger.all_pairs()} == {
            (str(company(3002)), tiers(501)),
            (str(company(3003)), tiers(502)),
        }
        [here] = [one for one in town.tiers() if one["siret"] == kept.siret]
        assert not here["note"]
        [said] = explain(ledger, str(company(3003)))
        assert [name for name, _ in said.held] == ["note"]
        # Released, it travels; held again, a later edit does not.
        decisions.hold(ledger, str(company(3003)), "note", by=BY, clock=clock, release=True)
        sync(runtime)
        [here] = [one for one in town.tiers() if one["siret"] == kept.siret]
        assert here["note"] == "Confidentiel"


def tiers(id: int) -> str:
    return f"altior:menuiserie-leo:tiers:{id}"


def export(ledger: Ledger, path: Path) -> Path:
    plan_file.write(ledger, path)
    return path


def test_a_plan_too_old_is_shown_again_before_it_is_approved() -> None:
    [firm] = sample_companies(1, 7)
    cases = Cases()
    cases.company(firm)
    timing = QUICK.model_copy(update={"plan_valid": 0})
    with Town(cases.sellsy(), cases.altior(), timing=timing) as town, town.runtime(MemoryLedgers()) as runtime:
        first_sync.preview(runtime)
        town.forget_writes()
        with pytest.raises(Final, match=r"n'est plus valable .* « altior-sellsy initialise menuiserie-leo --dry-run »"):
            initialise(runtime)
        assert town.writes() == (0, 0)
        assert runtime.ledger.environment().status is EnvironmentStatus.NOT_ACTIVATED
