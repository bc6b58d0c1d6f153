"""An approved plan on data that moved since, and a trial of a few records before the rest."""

from collections import Counter
from typing import Any

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import EnvironmentStatus, State
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.service import decisions, first_sync
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.values.reference import Reference, Side
from tests.acceptance.every_case import CASES, Cases, every_case
from tests.acceptance.steps import BY, initialise, sync
from tests.acceptance.town import Town


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
