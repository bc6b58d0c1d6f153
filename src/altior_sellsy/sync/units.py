"""Pairs that are looked at, and what each of them needs."""

from collections.abc import Mapping
from datetime import timedelta

from altior_sellsy.errors import ConnectorError, Refused
from altior_sellsy.kinds.field import Family
from altior_sellsy.ledger.model import State
from altior_sellsy.sync.plan import Plan, plan_pair
from altior_sellsy.sync.work import PairUnit, Work
from altior_sellsy.values.reference import SIDES, Side


def plan_pairs(work: Work) -> None:
    for pair in work.pairs:
        sides = {Side.SELLSY: work.snapshots.get(pair.sellsy), Side.ALTIOR: work.snapshots.get(pair.altior)}
        shown = {side: snapshot for side, snapshot in sides.items() if snapshot is not None}
        if len(shown) < 2:
            continue  # sync.gone looks after what a side no longer shows.
        unit = PairUnit(pair, shown, Plan())
        try:
            plan(work, unit)
        except Refused:
            raise
        except ConnectorError as error:
            work.put_off_error((pair.sellsy, pair.altior), error)
            continue
        if unit.plan.discard:
            due = max(unit.plan.look_again or work.now(), work.now() + timedelta(seconds=1))
            work.put_off((pair.sellsy, pair.altior), due)
            continue
        if unit.plan.look_again is not None:
            work.put_off((pair.sellsy, pair.altior), unit.plan.look_again)
        work.pair_units.append(unit)


def plan(work: Work, unit: PairUnit) -> None:
    decisions = [d for side in SIDES for d in work.decisions.get(unit.pair.reference(side), [])]
    unit.snapshots[Side.ALTIOR] = work.binding.bind(unit.pair, unit.snapshots)
    unit.snapshots.update(work.binding.keeps(unit.pair, unit.snapshots, work.exists))
    unit.plan = plan_pair(
        work.binding.kind,
        unit.pair,
        unit.snapshots,
        work.announcements.get(unit.pair.id, ()),
        policy=_policy(work, unit),
        now=work.now(),
        timing=work.engine.timing,
        decisions=decisions,
    )
    if work.binding.extend and unit.plan.state is State.IN_STEP and not unit.plan.discard:
        work.binding.extend(unit.plan, unit.pair, unit.snapshots, work.environment)


def _policy(work: Work, unit: PairUnit) -> Mapping[Family, Side]:
    binding = work.binding
    return binding.policy_for(unit.pair, unit.snapshots) if binding.policy_for else binding.policy
