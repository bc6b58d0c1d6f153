"""Every situation of the table happens as it says, and the page shows that table."""

from dataclasses import replace

import pytest

from altior_sellsy.kinds.admission import Ask, Candidate, Exclude, Make, Search, Wait
from altior_sellsy.kinds.deal.admission import admit
from altior_sellsy.kinds.deal.planning import extend
from altior_sellsy.kinds.deal.record import DEAL, policy_for
from altior_sellsy.ledger.model import State
from altior_sellsy.sync import words
from altior_sellsy.sync.plan import Plan, plan_pair
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Side, Volet
from tests.unit.deal import scenes
from tests.unit.deal.page import PAGE, page
from tests.unit.deal.situations import WITH, WITHOUT, Affaire, Outcome, Situation


def titles(situations: tuple[Situation, ...]) -> list[str]:
    return [one.title for one in situations]


@pytest.mark.parametrize("situation", WITHOUT, ids=titles(WITHOUT))
def test_without_an_affaire(situation: Situation) -> None:
    snapshot, known = scenes.opportunity(situation.deal), scenes.known(situation)
    admission = admit(snapshot, Volet.NONE, known)
    if isinstance(admission, Search):
        assert (admission.key, admission.value) == ("tiers", scenes.TIERS.id)
        typed = scenes.affaire(Affaire(), label=situation.typed, stamps=frozenset())
        hits = (Candidate(typed, paired=False),) if situation.typed else ()
        admission = admit(snapshot, Volet.NONE, replace(known, candidates=hits))
    action = {Make: "create", Exclude: "exclude", Ask: "ask", Wait: "wait"}[type(admission)]  # type: ignore[index]
    assert Outcome(action, getattr(admission, "code", "")) == situation.outcome
    if isinstance(admission, Wait):
        assert admission.reference == scenes.COMPANY
        assert admission.bring


def planned(situation: Situation) -> Plan:
    assert situation.affaire is not None
    snapshots = {Side.SELLSY: scenes.opportunity(situation.deal), Side.ALTIOR: scenes.affaire(situation.affaire)}
    pair = scenes.pair(situation)
    plan = plan_pair(DEAL, pair, snapshots, (), policy=policy_for(pair, snapshots), now=scenes.NOW, timing=Timing())
    extend(plan, pair, snapshots, scenes.config(situation.configuration), deadline=30)
    return plan


@pytest.mark.parametrize("situation", WITH, ids=titles(WITH))
def test_with_an_affaire(situation: Situation) -> None:
    plan = planned(situation)
    written = {side: {name: sent.sent for name, sent in plan.writes[side].items()} for side in Side}
    assert written == {Side.SELLSY: dict(situation.outcome.sellsy), Side.ALTIOR: dict(situation.outcome.altior)}
    assert [code for code, _ in plan.cards] == list(situation.outcome.cards)
    assert plan.code == situation.outcome.code
    rests = {"pipeline_not_configured": State.EXCLUDED, "pipeline_paused": State.WAITING}
    assert plan.state is rests.get(situation.outcome.code, State.IN_STEP)


def test_there_are_at_least_forty_and_each_code_has_its_french() -> None:
    everything = WITHOUT + WITH
    assert len(everything) >= 40
    assert len(set(titles(WITHOUT))) == len(WITHOUT)
    assert len(set(titles(WITH))) == len(WITH)
    for one in everything:
        for code in filter(None, (one.outcome.code, *one.outcome.cards)):
            assert code in words.SITUATIONS


def test_the_page_is_the_one_that_the_data_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.unit.deal.page"
