"""What a pair needs, from both snapshots, its halves and its open announcements. Pure: decides, writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, compress
from operator import ne
from typing import Any

from altior_sellsy.frozen import replace
from altior_sellsy.kinds.comparing import ARCHIVED
from altior_sellsy.kinds.field import Family, Field
from altior_sellsy.kinds.kind import Kind
from altior_sellsy.kinds.port import RECORD, Problem, Snapshot
from altior_sellsy.ledger.model import Announcement, Decision, Pair, Sent, State, Value
from altior_sellsy.sync.fields import (
    MISSING,
    Conflict,
    FieldPlan,
    Known,
    OpenAnnouncement,
    View,
    decide,
    hear,
    lag_over,
    take_back,
)
from altior_sellsy.sync.sets import decide_set, hear_set
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import SIDES, Side, Volet


@dataclass(slots=True)
class Plan:
    """What the planner decided for a pair.

    `state`, `code`, `detail`: where the pair stands once the plan is carried out. `moves`: halves to set without
    writing. `writes`: side → field → what to send. `settled`: ids of announcements that
    may be closed. `arrived`: writes whose lost answer was found again.
    `held`: field → problem. `released`: held fields whose cause is gone.
    `cards`: (code, detail) of the kind's own planning. `marks`: what the kind remembers on the pair, in the same
    commit as its announcement. `look_again`: earliest instant at which something that cannot be said now can be.
    `discard`: the snapshots are too old to be planned from; nothing else in the plan counts.
    """

    state: State = State.IN_STEP
    code: str = ""
    detail: str = ""
    moves: dict[Side, dict[str, Value]] = field(default_factory=lambda: {Side.SELLSY: {}, Side.ALTIOR: {}})
    writes: dict[Side, dict[str, Sent]] = field(default_factory=lambda: {Side.SELLSY: {}, Side.ALTIOR: {}})
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    arrived: dict[str, tuple[Side, Sent]] = field(default_factory=dict)
    settled: list[str] = field(default_factory=list)
    unheard: list[Announcement] = field(default_factory=list)
    held: dict[str, Problem] = field(default_factory=dict)
    rests: list[str] = field(default_factory=list)
    cards: list[tuple[str, str]] = field(default_factory=list)
    marks: dict[str, Any] = field(default_factory=dict)
    causes: dict[str, str] = field(default_factory=dict)
    """Field → why it is written, in French, where the kind's own planning says it."""
    released: list[str] = field(default_factory=list)
    tick_gate: bool = False
    gate_owed_done: bool = False
    stamp: bool = False
    decided: dict[str, Decision] = field(default_factory=dict)
    """Field → the person's decision that its write carries out."""
    obeyed: list[Decision] = field(default_factory=list)
    """Decisions that are done with."""
    look_again: datetime | None = None
    discard: bool = False


def plan_pair(
    kind: Kind,
    pair: Pair,
    snapshots: Mapping[Side, Snapshot],
    announcements: Sequence[Announcement],
    *,
    policy: Mapping[Family, Side],
    now: datetime,
    timing: Timing,
    decisions: Sequence[Decision] = (),
) -> Plan:
    """`announcements`: the open ones of this pair. `decisions`: a person's, on this pair's references."""
    plan = Plan()
    if wait := _too_old(pair, snapshots, timing):
        plan.discard, plan.look_again = True, wait
        return plan
    unread = next((side for side, s in snapshots.items() if RECORD in s.problems), None)
    if unread is not None:
        plan.state, plan.code, plan.detail = State.HELD, "unreadable", unread.label
        return plan
    if _is_another(pair, snapshots):
        plan.state, plan.code = State.HELD, "identity"
        return plan
    sellsy, altior = snapshots[Side.SELLSY], snapshots[Side.ALTIOR]
    if str(pair.sellsy) not in altior.stamps:
        if not pair.owed.get("stamp") or _is_reborn(pair, altior):
            plan.state, plan.code = State.HELD, "stamp_missing"
            return plan
        plan.stamp = True
    if (owed := pair.owed.get("gate")) is not None:
        # Owed by the create that made the record; once it was seen at Oui, or at another value than it was first read
        # with, a person has set it: only people change it then.
        plan.tick_gate = sellsy.gate is not True and not pair.gate_seen and owed.get("was", sellsy.gate) == sellsy.gate
        plan.gate_owed_done = not plan.tick_gate
    if sellsy.gate is not True and not plan.tick_gate:
        plan.state, plan.code = State.FROZEN, "gate_off"
        return plan
    resting = sellsy.archived or altior.archived
    if resting:
        plan.state = State.EXCLUDED
        plan.code = "archived_sellsy" if sellsy.archived else "archived_altior"
        if any(ARCHIVED.name not in snapshot.fields for snapshot in snapshots.values()):
            return plan
        # Archiving is followed: of a record that rests it alone travels, the rest once it is taken out again.
        announcements = [a for a in announcements if ARCHIVED.name in a.fields]

    verdicts = {name: d for d in decisions for name in [of_field(d.verb)] if name}
    concerned = {
        *verdicts,
        *pair.held,
        *sellsy.problems,
        *altior.problems,
        *(n for a in announcements for n in a.fields),
    }
    kept = held_fields(decisions)
    concerned |= kept.keys() | _changed(sellsy.fields, pair.half_sellsy) | _changed(altior.fields, pair.half_altior)
    unheard: set[str] = set()
    for spec in (ARCHIVED,) if resting else kind.fields:
        if spec.name not in concerned:
            continue
        verdict = verdicts.get(spec.name)
        decided = _decide(plan, spec, pair, snapshots, announcements, policy, now, timing, verdict, kept)
        if verdict and verdict not in plan.obeyed and spec.name not in plan.held and not decided.look_again:
            if decided.writes:
                plan.decided[spec.name] = verdict
            elif verdict.verb.startswith(TAKE_SIDE) and all(spec.name in s.fields for s in snapshots.values()):
                plan.obeyed.append(verdict)
        if decided.look_again and any(spec.name in a.fields for a in announcements):
            # One answer is believed or doubted as a whole: half of it must not move while the rest is unknown.
            return Plan(state=State.WAITING, code="answer_awaited", look_again=decided.look_again)
        if not decided.settled and any(_is_unheard(plan, spec.name, a, snapshots) for a in announcements):
            unheard.add(spec.name)
        _merge_into(plan, spec.name, decided)
    if altior.position.get("blocked") and (plan.stamp or plan.writes[Side.ALTIOR]):
        # Altior would refuse it, each time it is asked (rules R18); the moment it is unblocked is a signal.
        return Plan(state=State.WAITING, code="blocked")
    if resting:
        if _serves_both(pair, altior):
            _stay_archived(plan, snapshots)
        # What went along with an archiving (a person took back that it was taken out) is heard once it is out again.
        unheard |= {name for a in announcements for name in a.fields if name != ARCHIVED.name}
    plan.unheard = [
        replace(a, fields={n: _kept(n, a, snapshots, now, timing) for n in a.fields if n in unheard})
        for a in announcements
        if unheard & a.fields.keys()
    ]
    still = {a.id for a in plan.unheard}
    plan.settled = [a.id for a in announcements if a.id not in still]
    if (plan.held or plan.rests) and not resting:
        plan.code = "held_fields"
    return plan


def _serves_both(pair: Pair, tiers: Snapshot) -> bool:
    """Sales and purchases: two Sellsy records. This one's role may have been withdrawn since."""
    buys = "supplier" in tiers.roles or pair.volet is Volet.ACHAT
    return buys and (bool(tiers.roles - {"supplier"}) or pair.volet is Volet.VENTE)


def _stay_archived(plan: Plan, snapshots: Mapping[Side, Snapshot]) -> None:
    """That the tiers is taken out of the archive (with its other record, most often) says nothing of this one, which a
    person may have archived: she takes it out herself."""
    sent = plan.writes[Side.SELLSY].get(ARCHIVED.name)
    if sent is None or sent.sent is not False or sent.person or ARCHIVED.name in plan.decided:
        return
    del plan.writes[Side.SELLSY][ARCHIVED.name]
    plan.conflicts.pop(ARCHIVED.name, None)
    for side, snapshot in snapshots.items():
        plan.moves[side][ARCHIVED.name] = snapshot.fields[ARCHIVED.name]


def _changed(fields: Mapping[str, Value], half: Mapping[str, Value]) -> set[str]:
    """Names of what a side shows otherwise than at the last agreement: few fields of few records, most of the time."""
    if fields == half:
        return set()
    differing = set(compress(fields, map(ne, fields.values(), map(half.get, fields))))
    return differing | (fields.keys() ^ half.keys())


TAKE_SIDE, TAKE_BACK, HOLD = "take_side:", "undo:", "hold:"
"""Verbs of decisions about one field: which side is right; a journaled change to be taken back; it does not travel."""
HELD_BY_PERSON = "held_by_person"


def of_field(verb: str) -> str:
    """The field that such a decision is about; empty for the others."""
    return next((verb.removeprefix(start) for start in (TAKE_SIDE, TAKE_BACK) if verb.startswith(start)), "")


def held_fields(decisions: Sequence[Decision]) -> dict[str, Problem]:
    """Fields that a person keeps from travelling."""
    return {
        d.verb.removeprefix(HOLD): Problem(HELD_BY_PERSON, f"Champ retenu par {d.who or 'une personne'}.")
        for d in decisions
        if d.verb.startswith(HOLD)
    }


def _decide(
    plan: Plan,
    spec: Field,
    pair: Pair,
    snapshots: Mapping[Side, Snapshot],
    announcements: Sequence[Announcement],
    policy: Mapping[Family, Side],
    now: datetime,
    timing: Timing,
    verdict: Decision | None,
    kept: Mapping[str, Problem],
) -> FieldPlan:
    """A field that is held, by a person or because it is unreadable on one side, does not travel; what became of a
    write that had left before is heard all the same."""
    name, sellsy, altior = spec.name, snapshots[Side.SELLSY], snapshots[Side.ALTIOR]
    view = View(
        now={side: snap.fields.get(name, MISSING) for side, snap in snapshots.items()},
        half={Side.SELLSY: pair.half_sellsy.get(name, MISSING), Side.ALTIOR: pair.half_altior.get(name, MISSING)},
    )
    announced = _announced(spec, announcements, snapshots)
    own = announced is not None and announced.sent.person
    if (problem := kept.get(name) or sellsy.problems.get(name) or altior.problems.get(name)) is not None:
        plan.held[name] = problem
        return FieldPlan() if announced is None or own else _hear(spec, view, announced, now, timing)
    if name in pair.held:
        refusal = pair.held[name]
        if _still_refused(refusal, view) and verdict is None:
            plan.held[name] = Problem(refusal["code"], refusal["sentence"])
            if announced is not None and not own and announced.target.value != refusal["side"]:
                return _hear(spec, view, announced, now, timing)  # of a set, written to both sides at once
            if announced is not None and not own and now < lag_over(announced.deadline, timing):
                return FieldPlan()  # an earlier one, taken for lost
            return FieldPlan(settled=True)  # its refusal was its answer
        plan.released.append(name)
    if verdict and verdict.verb.startswith(TAKE_BACK) and (own or announced is None):
        said = verdict.data
        back = take_back(view, Side(said["side"]), said["value"], said["after"], now, announced)
        if not back.taken_back:
            return back
        plan.obeyed.append(verdict)
        if back.arrived:
            plan.arrived[name] = back.arrived
    if own:
        announced = None  # a person's edit now, like any other
    written = {side: w[name] for side in SIDES if name in (w := pair.written.get(side, {}))} if pair.written else None
    if spec.is_set:
        return decide_set(spec, view, now=now, timing=timing, announced=announced, written=written)
    return decide(
        spec,
        view,
        winner=policy[spec.family],
        now=now,
        timing=timing,
        announced=announced,
        written=written,
        rhythm=list(pair.rhythm.get(name, [])),
        verdict=Side(verdict.data["side"]) if verdict and verdict.verb.startswith(TAKE_SIDE) else None,
    )


def _hear(spec: Field, view: View, announced: OpenAnnouncement, now: datetime, timing: Timing) -> FieldPlan:
    alone = View(now={announced.target.other: MISSING, announced.target: view.now[announced.target]}, half=view.half)
    if spec.is_set:
        return hear_set(alone, announced, now, timing)
    heard, doubtful = hear(spec, alone, announced, now, timing)
    source = view.now[announced.target.other]
    edited_since = (
        source is not MISSING and source != announced.sent.source and now >= lag_over(announced.deadline, timing)
    )
    return FieldPlan() if doubtful and not edited_since else heard  # policy decides once it travels again


def _merge_into(plan: Plan, name: str, decided: FieldPlan) -> None:
    for side, value in decided.moves.items():
        plan.moves[side][name] = value
    for side, sent in decided.writes:
        plan.writes[side][name] = sent
    if decided.conflict:
        plan.conflicts[name] = decided.conflict
    if decided.arrived:
        plan.arrived[name] = decided.arrived
    if decided.rests:
        plan.rests.append(name)
    if decided.look_again:
        plan.look_again = min(filter(None, (plan.look_again, decided.look_again)))


def _is_unheard(plan: Plan, name: str, ours: Announcement, snapshots: Mapping[Side, Snapshot]) -> bool:
    unknown = any(name not in snapshot.fields for snapshot in snapshots.values())
    return name in ours.fields and (name in plan.held or unknown)


def _kept(name: str, ours: Announcement, snapshots: Mapping[Side, Snapshot], now: datetime, timing: Timing) -> Sent:
    """Edited at its source since, while its target is unknown: whether it arrived is still told, but that its target
    stands as before is no doubt any more, as in `_hear`."""
    sent, source = ours.fields[name], snapshots[ours.side.other].fields.get(name, MISSING)
    over = now >= lag_over(ours.deadline, timing)
    edited_since = source is not MISSING and source != sent.source
    unknown = name not in snapshots[ours.side].fields
    return replace(sent, replaced_known=False) if over and edited_since and unknown else sent


def _announced(
    spec: Field, announcements: Sequence[Announcement], snapshots: Mapping[Side, Snapshot]
) -> OpenAnnouncement | None:
    """Of several, of which all but the last were taken for lost: the latest that its side shows exactly as sent, or
    nearly, or the latest."""
    mine = (one for one in announcements if spec.name in one.fields)
    latest = sorted(mine, key=lambda one: one.deadline, reverse=True)
    if not latest:
        return None
    last = one = latest[0]
    if len(latest) > 1:
        there = snapshots[last.side].fields
        exactly = (one for one in latest if there.get(spec.name, MISSING) == one.fields[spec.name].sent)
        nearly = (one for one in latest if _shows(spec, one, snapshots))
        one = next(chain(exactly, nearly), last)
    return OpenAnnouncement(
        target=one.side,
        sent=one.fields[spec.name],
        deadline=last.deadline,
        version_unmoved=bool(one.version) and snapshots[one.side].version == one.version,
        followed=one is not last,
    )


def _shows(spec: Field, ours: Announcement, snapshots: Mapping[Side, Snapshot]) -> bool:
    """Otherwise than exactly."""
    shown, sent = snapshots[ours.side].fields, ours.fields[spec.name].sent
    if spec.name not in shown:
        return False
    value = shown[spec.name]
    if isinstance(value, list) and isinstance(sent, list):
        return sorted(value) == sorted(sent)
    return not spec.is_set and spec.arrived(value, sent)


def _still_refused(refusal: Mapping[str, Value], view: View) -> bool:
    """A refused value stays held until it, or what the other side shows, changes (histories 15)."""
    side = Side(str(refusal["side"]))
    return bool(view.now[side.other] == refusal["value"] and view.now[side] == refusal["shown"])


def _too_old(pair: Pair, snapshots: Mapping[Side, Snapshot], timing: Timing) -> datetime | None:
    for snapshot in snapshots.values():
        if wait := lagging(pair, snapshot, timing):
            return wait
    return None


def lagging(pair: Pair, snapshot: Snapshot, timing: Timing) -> datetime | None:
    """When to look again at a snapshot whose query started before our last write, or that shows an older modification
    than seen before, or not yet the reference that we wrote: a reading that lags, unless it goes on for longer than one
    may (the side was restored from a backup). None for one to plan from."""
    side = snapshot.reference.side
    if written := pair.seen.get(f"{side}_written"):
        last = datetime.fromisoformat(written)
        if snapshot.at <= last:
            return snapshot.at
        borne = side is Side.SELLSY or str(pair.sellsy) in snapshot.stamps or pair.owed.get("stamp")
        if not borne and snapshot.at < last + timedelta(seconds=timing.stale_after_write):
            return snapshot.at + timedelta(seconds=timing.backoff_first)
    newest = pair.seen.get(side)
    if newest and snapshot.modified and snapshot.modified < datetime.fromisoformat(newest):
        seen_at = datetime.fromisoformat(pair.seen.get(f"{side}_at", newest))
        if snapshot.at < seen_at + timedelta(seconds=timing.stale_after_write):
            return snapshot.at + timedelta(seconds=timing.backoff_first)
    return None


def _is_reborn(pair: Pair, altior: Snapshot) -> bool:
    """Altior has given the id of the tiers to another one, after a backup."""
    born = pair.seen.get("altior_created")
    return bool(born and altior.created and altior.created != born)


def _is_another(pair: Pair, snapshots: Mapping[Side, Snapshot]) -> bool:
    created = snapshots[Side.SELLSY].created
    return bool(pair.sellsy_created and created and pair.sellsy_created != created)


__all__ = ["Known", "Plan", "lagging", "plan_pair"]
