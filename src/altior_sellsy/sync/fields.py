"""What one field of one pair needs (design, section 3). Pure: the heart of the product.

A side is compared with its own half only; the two sides are compared with each other at the first pairing and in a
conflict. An announcement of ours that is still open is settled first.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any, Final

from altior_sellsy.frozen import dataclass
from altior_sellsy.kinds.field import Field
from altior_sellsy.ledger.model import Sent, Value
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import SIDES, Side


class _Missing:
    """Unknown: neither empty nor a value."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
Known = Value | _Missing


@dataclass(frozen=True, slots=True)
class View:
    """One field as both sides show it now, and as each showed it at the last agreement."""

    now: Mapping[Side, Known]
    half: Mapping[Side, Known]


@dataclass(frozen=True, slots=True)
class OpenAnnouncement:
    """Our own write of this field whose answer was never remembered."""

    target: Side
    sent: Sent
    deadline: datetime
    version_unmoved: bool
    """The target has a version and it is still the one read before the write."""
    followed: bool = False
    """It was taken for lost, and what was written in its place may still land (until `deadline`)."""


@dataclass(frozen=True, slots=True)
class Conflict:
    winner: Side
    kept: Value
    lost: Value
    first_pairing: bool = False


@dataclass(slots=True)
class FieldPlan:
    """`moves`: halves to set. `writes`: target and what to send (a set may go both ways). `settled`: the open
    announcement may be closed. `look_again`: nothing can be said before this instant."""

    moves: dict[Side, Value] = field(default_factory=dict)
    writes: list[tuple[Side, Sent]] = field(default_factory=list)
    conflict: Conflict | None = None
    settled: bool = False
    arrived: tuple[Side, Sent] | None = None
    """A write whose answer was lost was found to have arrived: it is journaled now."""
    look_again: datetime | None = None
    taken_back: bool = False
    """What a person wanted taken back is, or no longer stands: her decision is done with."""
    rests: bool = False
    """Written to both sides alternately too often: a person must say which value stands."""


def decide(
    spec: Field,
    view: View,
    *,
    winner: Side,
    now: datetime,
    timing: Timing,
    announced: OpenAnnouncement | None = None,
    written: Mapping[Side, Mapping[str, Any]] | None = None,
    rhythm: list[list[str]] | None = None,
    verdict: Side | None = None,
) -> FieldPlan:
    """`written`: side → {"at", "replaced"} of our last write there. `rhythm`: our writes of the field, oldest first.
    `verdict`: the side that a person has said is right."""
    plan, doubtful = FieldPlan(), False
    half = dict(view.half)
    if announced is not None:
        plan, doubtful = hear(spec, view, announced, now, timing)
        doubtful = doubtful and not spec.sent_again
        half.update(plan.moves)
    shown = {side: value for side, value in view.now.items() if not isinstance(value, _Missing)}
    if plan.look_again or len(shown) < len(SIDES):
        plan.settled = plan.settled and not doubtful  # policy decides once both are known
        return plan

    for side, ours in (written or {}).items():
        if isinstance(half[side], _Missing):
            continue
        fresh = fresh_at(ours, timing)
        if shown[side] == ours["replaced"] and shown[side] != half[side] and now < fresh:
            plan.look_again = fresh
            return plan

    if verdict is not None:
        _obey(spec, shown, verdict, plan)
        return plan
    first = isinstance(half[Side.SELLSY], _Missing) or isinstance(half[Side.ALTIOR], _Missing)
    if first:
        _first_pairing(spec, shown, winner, plan)
    else:
        _merge(spec, shown, half, winner, plan, forced_conflict=doubtful)
    if plan.writes and rhythm and _oscillates(rhythm, plan.writes[0][0], now, timing):
        plan.writes, plan.rests, plan.conflict = [], True, None
    return plan


def fresh_at(ours: Mapping[str, Any], timing: Timing) -> datetime:
    """Until then a side that shows what our write replaced may be showing an old reading (histories 13)."""
    return datetime.fromisoformat(ours["at"]) + timedelta(seconds=timing.stale_after_write)


def lag_over(deadline: datetime, timing: Timing) -> datetime:
    """It may have landed at its deadline, and a reading may lag: until then nobody knows that it did not. Where its
    source stands as it did before, taking it for lost would write nothing, and its arrival look like an edit; while
    there is something to write, writing it again does no harm and waits for nothing."""
    return deadline + timedelta(seconds=timing.stale_after_write)


def hear(spec: Field, view: View, ours: OpenAnnouncement, now: datetime, timing: Timing) -> tuple[FieldPlan, bool]:
    """What became of our write: halves and journal if it arrived, `look_again` while nobody can know. Its target alone
    tells, so that it is not forgotten while the other side's value is unknown. And whether policy must decide."""
    plan, target, source = FieldPlan(), ours.target, ours.target.other
    value = view.now[target]
    if isinstance(value, _Missing):
        return plan, False
    outcome = _settle(spec, view, value, ours, now)
    stands = isinstance(view.now[source], _Missing) or view.now[source] == view.half[source]
    as_before = outcome == "replaced" or (not ours.sent.replaced_known and value == ours.sent.replaced)
    lags = outcome == "doubtful" or ours.followed or (stands and as_before)
    over = lag_over(ours.deadline, timing) if lags else ours.deadline
    # A yes or no that stands there as sent may be a person's: ours can still land, and over what she says next. So can
    # what was written in the place of this one.
    waits = over if ours.followed else ours.deadline if spec.sent_again else now
    if outcome == "arrived" and now >= waits:
        plan.moves = {target: value, source: ours.sent.source}
        plan.arrived = (target, ours.sent)
    elif now < over:
        plan.look_again = over
        return plan, False
    plan.settled = True
    return plan, outcome == "doubtful"


def _settle(spec: Field, view: View, value: Value, ours: OpenAnnouncement, now: datetime) -> str:
    """`value`: what the target shows. arrived · replaced (what it replaces stands there, and has not moved) · doubtful
    (it stands there, and has moved: policy must decide) · edited."""
    sent = ours.sent
    is_replaced = sent.replaced_known and value == sent.replaced and value != sent.sent
    if is_replaced and ours.version_unmoved:
        return "replaced"
    if value == sent.sent or (not is_replaced and (spec.arrived(value, sent.sent) or _cut(view, ours, value))):
        return "arrived"
    if not is_replaced:
        return "edited"
    # A side that rewrites may show what we replaced although our write arrived: then both are alike to people.
    return "arrived" if now >= ours.deadline and spec.same(value, sent.sent) else "doubtful"


def _cut(view: View, ours: OpenAnnouncement, value: Value) -> bool:
    """Is it the beginning of what was sent, no shorter than what that side made of the value before it? A side that has
    cut this field is known to cut, to less than half too."""
    whole, kept = view.half[ours.target.other], view.half[ours.target]
    if not (isinstance(whole, str) and isinstance(kept, str) and isinstance(value, str)):
        return False
    cuts = bool(kept) and kept != whole and whole.startswith(kept)
    return cuts and len(value) >= len(kept) and str(ours.sent.sent).startswith(value)


def _first_pairing(spec: Field, shown: Mapping[Side, Value], winner: Side, plan: FieldPlan) -> None:
    """Blanks are filled from the other side; a difference follows the policy (design 7.4). Nothing is emptied."""
    sellsy, altior = shown[Side.SELLSY], shown[Side.ALTIOR]
    if sellsy == altior or spec.same(sellsy, altior) or (is_empty(sellsy) and is_empty(altior)):
        plan.moves.update(shown)
        return
    if is_empty(sellsy) or is_empty(altior):
        target = Side.SELLSY if is_empty(sellsy) else Side.ALTIOR
    else:
        winner = _preferred(spec, shown, winner)
        target = winner.other
        if not spec.travels_to(target) and spec.travels_to(winner):
            target = winner
    if not spec.travels_to(target) or (spec.fill_only and not is_empty(shown[target])):
        plan.moves.update(shown)
        return
    source = target.other
    differs = not is_empty(shown[target])
    sent = Sent(sent=shown[source], replaced=shown[target], source=shown[source], conflict=differs)
    plan.writes.append((target, sent))
    if differs:
        plan.conflict = Conflict(winner=source, kept=shown[source], lost=shown[target], first_pairing=True)


def _merge(
    spec: Field,
    shown: Mapping[Side, Value],
    half: Mapping[Side, Known],
    winner: Side,
    plan: FieldPlan,
    *,
    forced_conflict: bool,
) -> None:
    changed = [side for side in SIDES if shown[side] != half[side]]
    if forced_conflict:
        changed = list(Side)
    if not changed:
        return
    sellsy, altior = shown[Side.SELLSY], shown[Side.ALTIOR]
    if sellsy == altior or (len(changed) == 2 and spec.same(sellsy, altior)):
        plan.moves.update(shown)
        return
    source = changed[0] if len(changed) == 1 else _preferred(spec, shown, winner)
    if not spec.travels_to(source.other) and len(changed) == 2:
        source = source.other
    target = source.other
    if not spec.travels_to(target) or (spec.fill_only and not is_empty(shown[target])):
        # The edit belongs to its own side only: it is agreed without travelling.
        for side in changed:
            plan.moves[side] = shown[side]
        return
    both = len(changed) == 2
    value = shown[source]
    agreed = half[target]
    if forced_conflict and value == half[source] and not isinstance(agreed, _Missing):
        # Back to the last agreement: each side's own form of it, never the other's shortened one.
        value = agreed
        if value == shown[target]:
            return
    sent = Sent(sent=value, replaced=shown[target], source=shown[source], conflict=both)
    plan.writes.append((target, sent))
    if both:
        plan.conflict = Conflict(winner=source, kept=value, lost=shown[target])


def _obey(spec: Field, shown: Mapping[Side, Value], source: Side, plan: FieldPlan) -> None:
    """A person has chosen: what that side shows stands on both."""
    target = source.other
    if plan.arrived and plan.arrived[1].source == shown[source] and plan.arrived[0] is target:
        return
    if spec.same(shown[source], shown[target]) or not spec.travels_to(target):
        plan.moves.update(shown)
        return
    sent = Sent(sent=shown[source], replaced=shown[target], source=shown[source], conflict=True)
    plan.writes.append((target, sent))
    plan.conflict = Conflict(winner=source, kept=shown[source], lost=shown[target])


def take_back(
    view: View, side: Side, value: Value, after: Value, now: datetime, announced: OpenAnnouncement | None
) -> FieldPlan:
    """A person takes back what we wrote on `side`: `value` returns in place of `after`, as her edit. No half moves, so
    that it travels from there like any edit. `announced`: our own attempt at it."""
    plan = FieldPlan(settled=announced is not None)
    shown, other = view.now[side], view.now[side.other]
    if isinstance(shown, _Missing) or isinstance(other, _Missing):
        return FieldPlan()
    if shown != after:
        # It is back, or somebody has changed it since: her wish concerned another value.
        plan.taken_back = True
        plan.arrived = (side, announced.sent) if announced is not None and shown == value else None
    elif announced is not None and now < announced.deadline:
        plan.settled, plan.look_again = False, announced.deadline
    else:
        plan.writes.append((side, Sent(sent=value, replaced=shown, source=other, person=True)))
    return plan


def _preferred(spec: Field, shown: Mapping[Side, Value], winner: Side) -> Side:
    """The side that shows the value which is right whoever says it, where the field has one."""
    right = spec.prefer(shown[Side.SELLSY], shown[Side.ALTIOR]) if spec.prefer else None
    return next((side for side in SIDES if right is not None and shown[side] == right), winner)


def is_empty(value: Value) -> bool:
    if isinstance(value, dict):
        return not any(value.values())
    return value is None or value is False or (isinstance(value, str | list) and not value)


def _oscillates(rhythm: list[list[str]], target: Side, now: datetime, timing: Timing) -> bool:
    """Would this write make `oscillation_rounds` rounds of alternate writes to both sides within the window?"""
    since = now - timedelta(seconds=timing.oscillation_window)
    recent = [Side(side) for at, side in rhythm if datetime.fromisoformat(at) >= since]
    turns = 1
    last = target
    for side in reversed(recent):
        if side is last:
            break
        turns, last = turns + 1, side
    return turns >= 2 * timing.oscillation_rounds
