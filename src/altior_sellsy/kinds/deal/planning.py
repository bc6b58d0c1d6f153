"""What a pair of deals needs beyond its fields: its events, its rests, its cards (the engine's `extend`). Pure.

An event that fires is marked in the same commit as the announcement of its write. Beside the mark a note says that
the write is under way, until the side shows it or its answer was remembered: a write that certainly was not sent, or
that did not arrive by its deadline, is sent again; one that arrived and was moved back by a person is not.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from altior_sellsy.kinds.deal.configuration import DealConfiguration
from altior_sellsy.kinds.deal.milestones import (
    MILESTONES,
    EventPlan,
    Fired,
    Pipeline,
    plan_events,
    reached_in_altior,
    reached_in_sellsy,
    standing,
)
from altior_sellsy.kinds.deal.position import in_altior, in_sellsy
from altior_sellsy.kinds.deal.record import DERIVED, MARKS
from altior_sellsy.kinds.port import Problem, Snapshot
from altior_sellsy.ledger.model import Announcement, Pair, Sent, State, Value
from altior_sellsy.values.reference import Side
from altior_sellsy.values.text import arrived_text

WRITTEN = {Side.SELLSY: ("step", "won"), Side.ALTIOR: ("etat",)}
"""What an event writes on each side. Names of no field: each System takes them in `update` and shows them."""
FOLLOWING = "probability"
"""Sellsy sets it with the step, whoever moves the card: that it stands there as sent says nothing of who moved it."""
WON_AGAINST_LOST = "won_against_lost"
_TITLES = {one.number: one.title for one in MILESTONES}
Snapshots = Mapping[Side, Snapshot]


class PairPlan(Protocol):
    """The engine's plan of a pair (`sync.plan.Plan`), as far as a kind changes it."""

    state: State
    code: str
    detail: str
    moves: dict[Side, dict[str, Value]]
    writes: dict[Side, dict[str, Sent]]
    conflicts: dict[str, Any]
    arrived: dict[str, tuple[Side, Sent]]
    settled: list[str]
    unheard: list[Announcement]
    held: dict[str, Problem]
    rests: list[str]
    released: list[str]
    cards: list[tuple[str, str]]
    marks: dict[str, Any]
    causes: dict[str, str]
    stamp: bool
    look_again: datetime | None


def extend(
    plan: PairPlan, pair: Pair, snapshots: Snapshots, config: DealConfiguration, *, deadline: float, stale: float = 0
) -> None:
    """`deadline`: seconds after which a call has either happened or never will. `stale`: for so long after our write a
    side that shows the status of before is an old reading."""
    marks: Mapping[str, Any] = pair.bindings.get(MARKS, {})
    sellsy, altior = in_sellsy(snapshots[Side.SELLSY]), in_altior(snapshots[Side.ALTIOR])
    pipeline = config.pipeline(sellsy.pipeline)
    code = standing(pipeline, sellsy)
    if code or pipeline is None:
        _rest(plan, code, pipeline.name if pipeline else str(snapshots[Side.SELLSY].position.get("pipeline_name")))
        return
    reached = {Side.SELLSY: reached_in_sellsy(pipeline, sellsy), Side.ALTIOR: reached_in_altior(altior)}
    if fresh := _old_reading(pair, snapshots, stale):
        _await(plan, fresh)
        return
    under_way = _under_way(plan, pair, marks.get("sent", {}), snapshots, reached, deadline)
    if under_way.notes:
        first = min(datetime.fromisoformat(note["at"]) for note in under_way.notes.values())
        _await(plan, first + timedelta(seconds=deadline))
        return
    fired: dict[Side, frozenset[int]] = {
        side: frozenset(marks.get("fired", {}).get(side.value, ())) - under_way.again.get(side, frozenset())
        for side in Side
    }
    events = plan_events(
        config.pipelines,
        sellsy,
        altior,
        fired,
        won_fired=bool(marks.get("won")) and not under_way.win_again,
        directions=config.directions,
    )
    plan.cards.extend(events.cards)
    if sellsy.status == "won" and not marks.get("won") and _just_lost(pair, snapshots[Side.ALTIOR]):
        # Each side has ended the deal in its own way since they last agreed: neither is written over the other.
        plan.cards.append((WON_AGAINST_LOST, "perdue" if altior.etat == "perdue" else "annulée"))
        _drop(plan, "status")
    _keep_off(plan, pair, snapshots, {code for code, _ in events.cards})
    _derive(plan, pair, snapshots)
    _write(plan, pair, snapshots, events, fired)
    _mark(plan, marks, snapshots, events, fired)
    _say_why(plan, events, fired)
    _tell_moved_back(plan, pipeline, events)
    if not snapshots[Side.SELLSY].listed and not plan.code:
        plan.code = "followed_no_more"
    if any(sents.get("status") and sents["status"].sent == "open" for sents in plan.writes.values()):
        # Events wait while one side is lost; once reopened, they are looked at again.
        plan.look_again = min(filter(None, (plan.look_again, snapshots[Side.SELLSY].at)))


def _just_lost(pair: Pair, altior: Snapshot) -> bool:
    return pair.half_altior.get("status") == "open" and altior.fields.get("status") in ("lost", "cancelled")


def _rest(plan: PairPlan, code: str, detail: str) -> None:
    """The pair is left alone."""
    paused = code == "pipeline_paused"
    plan.state, plan.code, plan.detail = State.WAITING if paused else State.EXCLUDED, code, detail
    _say_nothing(plan)


def _await(plan: PairPlan, until: datetime) -> None:
    """One answer is believed or doubted as a whole: nothing of it is said while it may still come."""
    plan.state, plan.code, plan.detail = State.WAITING, "answer_awaited", ""
    _say_nothing(plan)
    plan.look_again = until


def _old_reading(pair: Pair, snapshots: Snapshots, stale: float) -> datetime | None:
    """Until when a side that shows the status which we have just replaced is not believed: no event of a deal that was
    closed is fired because a reading still shows it open, and no call that repeats the status takes «won» back."""
    won, sellsy = pair.written.get(Side.SELLSY.value, {}).get("won"), snapshots[Side.SELLSY]
    if won is not None and sellsy.position.get("status") != "won":
        fresh = datetime.fromisoformat(won["at"]) + timedelta(seconds=stale)
        if sellsy.at < fresh:
            return fresh
    for side, snapshot in snapshots.items():
        ours, shown = pair.written.get(side.value, {}).get("status"), snapshot.fields.get("status")
        if ours is None or shown != ours["replaced"] or shown == pair.half(side).get("status"):
            continue
        fresh = datetime.fromisoformat(ours["at"]) + timedelta(seconds=stale)
        if snapshot.at < fresh:
            return fresh
    return None


def _say_nothing(plan: PairPlan) -> None:
    """Nothing is written, no half moves, what is announced stays to be judged."""
    for side in Side:
        plan.moves[side].clear()
        plan.writes[side].clear()
    plan.conflicts.clear()
    plan.arrived.clear()
    plan.held.clear()
    plan.settled, plan.unheard, plan.rests, plan.released = [], [], [], []
    plan.stamp = False


class _UnderWay:
    """`notes`: side → the note of a write whose answer may still come. `again`: marks that are taken back, `win_again`
    with them."""

    def __init__(self) -> None:
        self.notes: dict[str, Any] = {}
        self.again: dict[Side, frozenset[int]] = {}
        self.win_again = False


def _under_way(
    plan: PairPlan,
    pair: Pair,
    notes: Mapping[str, Any],
    snapshots: Snapshots,
    reached: Mapping[Side, int],
    deadline: float,
) -> _UnderWay:
    found = _UnderWay()
    for name, note in notes.items():
        side = Side(name)
        snapshot = snapshots[side]
        at = datetime.fromisoformat(note["at"])
        arrived = reached[side] >= max(note["events"], default=0)
        if note["won"]:
            arrived = arrived and snapshot.position.get("status") == "won"
        # Fields and events of one look go together: what arrived of them says that all did, where the event's own place
        # has been changed since. Where it is as before, a person may have given a field that value herself.
        changed = any(_shown(snapshots)[name] != value for name, value in note["replaced"].items())
        told = (name for name, (target, _) in plan.arrived.items() if target is side)
        with_it = changed and any(name != FOLLOWING or side is Side.ALTIOR for name in told)
        if arrived or with_it or _acknowledged(pair, side, at):
            continue
        unmoved = bool(note["version"]) and snapshot.version == note["version"]
        if not (plan.settled or plan.unheard) or unmoved or snapshot.at >= at + timedelta(seconds=deadline):
            # Nothing is announced any more, so it was not sent; or it did not arrive.
            found.again[side] = frozenset(note["events"])
            found.win_again = found.win_again or note["won"]
            continue
        found.notes[name] = note
    return found


def _shown(snapshots: Snapshots) -> dict[str, Value]:
    """What stands where the events write."""
    return {
        "step": str(snapshots[Side.SELLSY].position.get("step") or ""),
        "won": snapshots[Side.SELLSY].position.get("status") == "won",
        "etat": str(snapshots[Side.ALTIOR].position.get("etat") or ""),
    }


def _acknowledged(pair: Pair, side: Side, at: datetime) -> bool:
    written = pair.written.get(side.value, {})
    return any(name in written and datetime.fromisoformat(written[name]["at"]) >= at for name in WRITTEN[side])


def _keep_off(plan: PairPlan, pair: Pair, snapshots: Snapshots, codes: set[str]) -> None:
    """Fields that the standing of the deal forbids to write. Their halves stay, so that nothing is forgotten."""
    if "order_against_lost" in codes:
        _drop(plan, "status")
    # The affaire stays in the établissement in which it was made.
    _drop(plan, "establishment")
    if "third_party" in plan.writes[Side.ALTIOR] and snapshots[Side.ALTIOR].position.get("quoted_once") is True:
        _drop(plan, "third_party")
        plan.cards.append(("client_changed", ""))


def _drop(plan: PairPlan, name: str) -> None:
    for side in Side:
        plan.writes[side].pop(name, None)
        if name not in plan.arrived:  # what an earlier write of ours has agreed on stays agreed
            plan.moves[side].pop(name, None)
    plan.conflicts.pop(name, None)


def _derive(plan: PairPlan, pair: Pair, snapshots: Snapshots) -> None:
    """Pipeline and step in Altior are Sellsy's: what somebody typed over them is written again."""
    for name in DERIVED:
        half, wanted = pair.half_altior.get(name), snapshots[Side.SELLSY].fields.get(name)
        if name not in pair.half_altior or name not in snapshots[Side.ALTIOR].fields or name in plan.arrived:
            continue
        shown = snapshots[Side.ALTIOR].fields[name]
        moved = shown != half and not arrived_text(shown, wanted)  # its own rewriting is no one's edit
        if moved and name not in plan.writes[Side.ALTIOR] and name not in plan.held and wanted is not None:
            plan.moves[Side.ALTIOR].pop(name, None)
            plan.writes[Side.ALTIOR][name] = Sent(sent=wanted, replaced=shown, source=wanted)


def _write(plan: PairPlan, pair: Pair, snapshots: Snapshots, events: EventPlan, fired: Fired) -> None:
    """Into `plan.writes`, less what that side refused and would refuse again."""
    shown = _shown(snapshots)
    wanted: dict[str, Value] = {"step": events.step, "won": events.won or None, "etat": events.etat}
    for side, names in WRITTEN.items():
        for name in names:
            refusal = pair.held.get(name)
            if refusal is not None and wanted[name] == refusal["value"] and shown[name] == refusal["shown"]:
                plan.held[name] = Problem(refusal["code"], refusal["sentence"])
                plan.code = "held_fields"
                events.fired[side] = fired[side]
                events.won_fired = events.won_fired and name != "won"
                continue
            if refusal is not None:
                plan.released.append(name)
            if wanted[name] is not None:
                plan.writes[side][name] = Sent(sent=wanted[name], replaced=shown[name], source=None)


def _mark(
    plan: PairPlan,
    before: Mapping[str, Any],
    snapshots: Snapshots,
    events: EventPlan,
    fired: Fired,
) -> None:
    sent: dict[str, Any] = {}
    for side, names in WRITTEN.items():
        mine = [name for name in names if name in plan.writes[side]]
        if mine:
            sent[side.value] = {
                "events": sorted(events.fired[side] - fired[side]) if mine != ["won"] else [],
                "won": "won" in mine,
                "at": max(snapshot.at for snapshot in snapshots.values()).isoformat(),
                "version": snapshots[side].version,
                "replaced": {name: plan.writes[side][name].replaced for name in mine},
            }
    marks = {
        "fired": {side.value: sorted(events.fired[side]) for side in Side},
        "won": events.won_fired,
        "quoted": bool(before.get("quoted")) or snapshots[Side.ALTIOR].position.get("quoted_once") is True,
        "sent": sent,
    }
    if marks != before:
        plan.marks.update(marks)


def _say_why(plan: PairPlan, events: EventPlan, fired: Fired) -> None:
    for side, names in WRITTEN.items():
        new = max(events.fired[side] - fired[side], default=3)
        for name in (name for name in names if name in plan.writes[side]):
            plan.causes[name] = f"Événement {new} (« {_TITLES[new]} ») atteint dans {side.other.label}"


def _tell_moved_back(plan: PairPlan, pipeline: Pipeline, events: EventPlan) -> None:
    if events.moved_back and not plan.code:
        told = [f"{side.label}, événement {number} (« {_TITLES[number]} »)" for side, number in events.moved_back]
        plan.code, plan.detail = "recul", " et ".join(told)


__all__ = ["WRITTEN", "extend"]
