"""Set-valued fields merge element by element (design 3): what one side added or removed against its own half travels;
what both hold, or only the richer side knows, is never touched. Pure.

Halves of a set move by element too: `advance` is the one rule, for an answer and for a write found again.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from altior_sellsy.kinds.field import Field
from altior_sellsy.ledger.model import Sent, Value
from altior_sellsy.sync.fields import FieldPlan, Known, OpenAnnouncement, View, fresh_at, lag_over
from altior_sellsy.timing import Timing
from altior_sellsy.values.reference import SIDES, Side


def decide_set(
    spec: Field,
    view: View,
    *,
    now: datetime,
    timing: Timing,
    announced: OpenAnnouncement | None = None,
    written: Mapping[Side, Mapping[str, Any]] | None = None,
) -> FieldPlan:
    """Both directions may be written in one plan: they concern different elements. `written`: as in `fields.decide`."""
    plan, half = FieldPlan(), {side: elements(view.half[side]) for side in SIDES}
    if announced is not None:
        plan = hear_set(view, announced, now, timing)
        half.update({side: elements(value) for side, value in plan.moves.items()})
    here = {side: known for side in SIDES if (known := elements(view.now[side])) is not None}
    if plan.look_again or len(here) < len(SIDES):
        return plan

    for side, ours in (written or {}).items():
        fresh = fresh_at(ours, timing)
        replaced, last = elements(ours["replaced"]) or frozenset(), half[side]
        if last is not None and now < fresh and (here[side] ^ last) - (here[side] ^ replaced):
            # An element stands as it did before our own write.
            plan.look_again = fresh
            return plan

    first = half[Side.SELLSY] is None or half[Side.ALTIOR] is None
    was = {side: (half[side] or frozenset()) if not first else frozenset() for side in SIDES}
    for target in SIDES:
        source = target.other
        added = here[source] - was[source] - here[target]
        removed = frozenset() if first else ((was[source] - here[source]) & was[target] & here[target])
        if not spec.travels_to(target):
            continue
        wanted = (here[target] | added) - removed
        if wanted != here[target]:
            plan.writes.append(
                (target, Sent(sent=sorted(wanted), replaced=sorted(here[target]), source=sorted(here[source])))
            )
    both = here[Side.SELLSY] & here[Side.ALTIOR]
    either = here[Side.SELLSY] | here[Side.ALTIOR]
    for side in SIDES:
        # While something is to be written, only what both hold, or neither any more, is agreed.
        agreed = (was[side] | both) & either if plan.writes else here[side]
        if view.half[side] != sorted(agreed):
            plan.moves[side] = sorted(agreed)
    return plan


def hear_set(view: View, ours: OpenAnnouncement, now: datetime, timing: Timing) -> FieldPlan:
    """What became of our write, by its target alone, as `fields.hear`."""
    plan, sent = FieldPlan(), ours.sent
    there, source = elements(view.now[ours.target]), elements(view.now[ours.target.other])
    if there is None:
        return plan
    if _arrived(there, sent) and (now >= ours.deadline or not ours.followed):
        plan.arrived = (ours.target, sent)
        plan.moves = {side: sorted(advance(elements(view.half[side]), sent, there)) for side in SIDES}
    elif now < (over := lag_over(ours.deadline, timing) if _taken_back(source, sent) else ours.deadline):
        plan.look_again = over
        return plan
    else:
        _heard_in_part(view, ours, there, plan)
    plan.settled = True
    return plan


def _heard_in_part(view: View, ours: OpenAnnouncement, there: frozenset[str], plan: FieldPlan) -> None:
    """One call wrote all of it: what stands as sent has arrived, the rest was changed since, or never came. What has
    arrived is no edit of its target's people: dropped at its source meanwhile, it must not come back."""
    sent, before = elements(ours.sent.sent) or frozenset(), elements(ours.sent.replaced) or frozenset()
    came, went = (sent - before) & there, (before - sent) - there
    if came or went:
        plan.arrived = (ours.target, ours.sent)
        plan.moves = {side: sorted(((elements(view.half[side]) or frozenset()) | came) - went) for side in SIDES}


def elements(value: Known) -> frozenset[str] | None:
    """None: unknown, or not agreed yet."""
    if value is None:
        return frozenset()
    return frozenset(value) if isinstance(value, list) else None


def advance(half: frozenset[str] | None, sent: Sent, shown: Collection[str]) -> frozenset[str]:
    """A half after our write: the elements that we added and the side shows, less those that we removed."""
    ours, before = elements(sent.sent) or frozenset(), elements(sent.replaced) or frozenset()
    return ((half or frozenset()) | ((ours - before) & frozenset(shown))) - (before - ours)


def half_after(half: Value, sent: Sent, shown: Value) -> Value:
    return sorted(advance(elements(half), sent, elements(shown) or frozenset()))


def as_shown(value: Value, shown: Value) -> Value:
    """`shown` where both hold the same elements, in whatever order."""
    return shown if elements(value) == elements(shown) else value


def _arrived(here: frozenset[str], sent: Sent) -> bool:
    ours, before = elements(sent.sent) or frozenset(), elements(sent.replaced) or frozenset()
    return (ours - before) <= here and not (before - ours) & here


def _taken_back(source: frozenset[str] | None, sent: Sent) -> bool:
    """Does the source no longer want all of it, as far as is known?"""
    if source is None:
        return True
    ours, before = elements(sent.sent) or frozenset(), elements(sent.replaced) or frozenset()
    return bool((ours - before) - source or (before - ours) & source)
