"""Marks and the writes under way: a lost answer, a crash, a refusal, and who is right before and after won."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from altior_sellsy.kinds.deal.planning import extend
from altior_sellsy.kinds.deal.record import DEAL, policy_for
from altior_sellsy.kinds.field import Family
from altior_sellsy.ledger.model import Announcement, Pair, Sent
from altior_sellsy.sync.plan import Plan, plan_pair
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Side
from tests.unit.deal import scenes
from tests.unit.deal.situations import FOUR, Affaire, Deal, Situation

START = scenes.pair(Situation("", Deal(), None, Affaire()))  # type: ignore[arg-type]
QUOTED = Affaire(devis="envoye")
ORDERED = Affaire("gagnee", "envoye", True)


def look(
    pair: Pair,
    deal: Deal,
    affaire: Affaire,
    *,
    at: datetime = scenes.NOW,
    open_ones: int = 0,
    version: str = "7",
    stale: float = 0,
) -> tuple[Plan, Pair]:
    """One look; the pair as the ledger holds it once the plan is announced."""
    snapshots = {
        Side.SELLSY: scenes.opportunity(deal, at=at),
        Side.ALTIOR: scenes.affaire(affaire, at=at, version=version),
    }
    announced = [
        Announcement(f"a{n}", "deal", Side.SELLSY, {"step": Sent("negociation", "proposition", None)}, at)
        for n in range(open_ones)
    ]
    plan = plan_pair(DEAL, pair, snapshots, announced, policy=policy_for(pair, snapshots), now=at, timing=Timing())
    extend(plan, pair, snapshots, scenes.config(FOUR), deadline=30, stale=stale)
    marks = {**pair.bindings.get("marks", {}), **plan.marks}
    return plan, replace(pair, bindings={"marks": marks})


def sent(plan: Plan, side: Side = Side.SELLSY) -> dict[str, Any]:
    return {name: one.sent for name, one in plan.writes[side].items()}


def later(seconds: float) -> datetime:
    return scenes.NOW + timedelta(seconds=seconds)


def acknowledged(pair: Pair, name: str, at: datetime, side: Side = Side.SELLSY) -> Pair:
    return replace(pair, written={side.value: {name: {"at": at.isoformat(), "replaced": "proposition"}}})


def test_an_answered_write_that_is_moved_back_is_left() -> None:
    plan, pair = look(START, Deal(), QUOTED)
    assert sent(plan) == {"step": "negociation"}
    pair = acknowledged(pair, "step", later(1))
    plan, pair = look(pair, Deal("contact"), QUOTED, at=later(2))
    assert sent(plan) == {}
    assert plan.code == "recul"


def test_a_reading_that_does_not_show_our_won_yet_is_not_written_from() -> None:
    """A call that repeats the status would take it back."""
    _, pair = look(START, Deal(), Affaire("terminee", "envoye", True))
    won = acknowledged(pair, "won", later(1))
    plan, _ = look(won, Deal(), Affaire("terminee", "envoye", True), at=later(20), stale=60)
    assert (plan.code, plan.look_again, plan.writes) == ("answer_awaited", later(61), {side: {} for side in Side})
    plan, _ = look(won, Deal(), Affaire("terminee", "envoye", True), at=later(62), stale=60)
    assert plan.code != "answer_awaited"


def test_a_write_that_was_never_sent_is_sent_again_at_once() -> None:
    _, pair = look(START, Deal(), QUOTED)
    plan, _ = look(pair, Deal(), QUOTED, at=later(1))
    assert sent(plan) == {"step": "negociation"}


def test_a_lost_answer_waits_for_its_deadline_and_is_then_sent_again() -> None:
    _, pair = look(START, Deal(), QUOTED)
    plan, pair = look(pair, Deal(), QUOTED, at=later(5), open_ones=1)
    assert sent(plan) == {}
    assert plan.look_again == later(30)
    assert plan.settled == []
    plan, pair = look(pair, Deal(), QUOTED, at=later(31), open_ones=1)
    assert sent(plan) == {"step": "negociation"}


def test_a_lost_answer_that_arrived_is_not_sent_again() -> None:
    _, pair = look(START, Deal(), QUOTED)
    plan, pair = look(pair, Deal("negociation"), QUOTED, at=later(5), open_ones=1)
    assert sent(plan) == {}
    assert plan.settled == ["a0"]
    plan, pair = look(pair, Deal("contact"), QUOTED, at=later(60))
    assert sent(plan) == {}
    assert plan.code == "recul"


def test_altior_unmoved_since_is_written_again_before_the_deadline() -> None:
    plan, pair = look(START, Deal("commande"), Affaire())
    assert sent(plan, Side.ALTIOR) == {"etat": "gagnee"}
    plan, pair = look(pair, Deal("commande"), Affaire(), at=later(1), open_ones=1)
    assert sent(plan, Side.ALTIOR) == {"etat": "gagnee"}
    plan, _ = look(pair, Deal("commande"), Affaire(), at=later(2), open_ones=1, version="8")
    assert sent(plan, Side.ALTIOR) == {}


def test_a_refused_write_is_held_until_something_changes() -> None:
    refusal = {
        "side": "altior",
        "value": "gagnee",
        "shown": "en_cours",
        "code": "refused_by_altior",
        "sentence": "Non.",
    }
    pair = replace(START, held={"etat": refusal})
    plan, pair = look(pair, Deal("commande"), Affaire())
    assert sent(plan, Side.ALTIOR) == {}
    assert plan.held["etat"].code == "refused_by_altior"
    plan, _ = look(replace(pair, held={"etat": refusal}), Deal("livraison"), Affaire(), at=later(9))
    assert sent(plan, Side.ALTIOR) == {"etat": "terminee"}
    assert plan.released == ["etat"]


def test_marks_that_did_not_change_are_not_written_again() -> None:
    _, pair = look(START, Deal(), Affaire())
    plan, _ = look(pair, Deal(), Affaire(), at=later(60))
    assert plan.marks == {}


def test_who_is_right_follows_won_and_the_devis() -> None:
    snapshots = {Side.SELLSY: scenes.opportunity(Deal()), Side.ALTIOR: scenes.affaire(QUOTED)}
    assert policy_for(START, snapshots)[Family.DEAL] is Side.SELLSY
    assert policy_for(START, snapshots)[Family.AMOUNT] is Side.SELLSY, "judged by what was agreed before"
    _, pair = look(START, Deal("negociation"), QUOTED)
    assert policy_for(pair, snapshots)[Family.AMOUNT] is Side.ALTIOR
    assert policy_for(pair, snapshots)[Family.DEAL] is Side.SELLSY
    _, pair = look(pair, Deal("commande", "won"), ORDERED)
    assert policy_for(pair, snapshots)[Family.DEAL] is Side.ALTIOR
    assert policy_for(pair, snapshots)[Family.DERIVED] is Side.SELLSY
