"""What was announced of a deal and cannot be heard of yet, because a field beside it is unreadable."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from altior_sellsy.kinds.deal.planning import extend
from altior_sellsy.kinds.deal.record import DEAL, policy_for
from altior_sellsy.kinds.port import Problem
from altior_sellsy.ledger.model import Announcement, Pair, Sent
from altior_sellsy.sync.plan import Plan, plan_pair
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import Side
from tests.unit.deal import scenes
from tests.unit.deal.situations import FOUR
from tests.unit.deal.test_planning import QUOTED, START, Deal, later, look, sent

NOTE = Sent("Vue", "Avant", "Vue")


def planned(pair: Pair, seconds: float, announced: Mapping[str, Sent], **position: Any) -> Plan:
    """The opportunity's note cannot be read, its name is «Neuf» where something is announced of it."""
    at = later(seconds)
    shown = scenes.opportunity(Deal(), at=at)
    fields = {name: value for name, value in shown.fields.items() if name != "note"}
    shown = replace(
        shown,
        fields=fields | ({"name": "Neuf"} if "name" in announced else {}),
        problems={"note": Problem("unreadable", "?")},
        position={**shown.position, **position},
    )
    snapshots = {Side.SELLSY: shown, Side.ALTIOR: scenes.affaire(QUOTED, at=at)}
    ours = Announcement("a0", "deal", Side.SELLSY, announced, later(30))
    plan = plan_pair(DEAL, pair, snapshots, [ours], policy=policy_for(pair, snapshots), now=at, timing=Timing())
    extend(plan, pair, snapshots, scenes.config(FOUR), deadline=30)
    return plan


def test_an_event_is_not_sent_again_before_its_deadline() -> None:
    _, pair = look(START, Deal(), QUOTED)
    plan = planned(pair, 5, {"step": Sent("negociation", "proposition", None), "note": NOTE})
    assert sent(plan) == {}
    assert plan.look_again == later(30)


def test_a_deal_that_rests_keeps_what_is_announced_whole() -> None:
    halves = {
        "half_sellsy": {**START.half_sellsy, "name": "Vieux"},
        "half_altior": {**START.half_altior, "name": "Vieux"},
    }
    announced = {"name": Sent("Neuf", "Vieux", "Neuf"), "note": NOTE}
    plan = planned(replace(START, **halves), 200, announced, pipeline="999")
    assert plan.code
    assert (plan.settled, plan.unheard, plan.arrived, plan.moves[Side.SELLSY]) == ([], [], {}, {})
