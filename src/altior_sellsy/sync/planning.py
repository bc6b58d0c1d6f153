"""The plan of the first synchronisation: both sides read whole, every record decided, nothing written.

A page is one unit of work: what is kept of its records is light (no fields), so that a hundred thousand fit in little
memory. The rows of the plan are made as they are stored.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Decision, Pair, Planned, Sighting, State, Tombstone
from altior_sellsy.sync import brought
from altior_sellsy.sync.engine import Binding, Engine
from altior_sellsy.sync.lights import Light, Lights
from altior_sellsy.sync.patience import patiently
from altior_sellsy.sync.plan import plan_pair
from altior_sellsy.sync.preview import Difference, Item, Known, Preview, decide, planned
from altior_sellsy.sync.progress import Progress
from altior_sellsy.sync.scan import pages
from altior_sellsy.sync.twins import suggest
from altior_sellsy.sync.words import short
from altior_sellsy.sync.work import PAGE
from altior_sellsy.values.reference import Reference, Side, Volet

Both = dict[Side, list[Light]]
Read = tuple[Binding, Both]


def preview(engine: Engine, progress: Progress = lambda what, done, total: None) -> Preview:
    """Writes nothing, in neither system nor in the ledger."""
    engine.lane(False)
    found = Preview(started=engine.clock.now())
    settings = engine.ledger.environment().settings
    parents: dict[Reference, Reference] = {}
    # Deals are read first: they bring third parties down that are not ticked (R28).
    deals = [(b, _read_both(engine, b, found, progress)) for b in engine.bindings if not b.kind.gated]
    seen: dict[Reference, Sighting] = {}
    for binding in engine.bindings:
        read = next((read for b, read in deals if b is binding), None)
        lights = read or _read_both(engine, binding, found, progress)
        known, pairs = _known(engine, binding, lights)
        found.paired += len(pairs)
        known = replace(known, parents=parents, parent_sightings=seen)
        items = decide(binding, lights, settings, known)
        for deal in deals:
            items = _with_brought(engine, (binding, lights), deal, known, items, pairs, seen)
        parents |= pairs | planned(items, lights)
        _compare(engine, binding, items, progress)
        if binding.kind.bears_siret:
            _suggest(items)
        found.items += items
    found.seconds = (engine.clock.now() - found.started).total_seconds()
    return found


def _with_brought(
    engine: Engine,
    parties: Read,
    deal: Read,
    known: Known,
    items: list[Item],
    pairs: Mapping[Reference, Reference],
    seen: dict[Reference, Sighting],
) -> list[Item]:
    """The items of `parties`, decided anew where `deal` brings some of them down. `known`, `pairs`: of them. `seen`
    learns how its parents stand."""
    (binding, lights), (deals, theirs) = parties, deal
    asking = {r for s in theirs[Side.SELLSY] for r in s.parents if binding.owns(r)}
    if not asking:
        return items
    settings, before = engine.ledger.environment().settings, engine.ledger.sightings(asking)
    seen |= brought.sightings(lights, before, asking)
    of_deals, _ = _known(engine, deals, theirs)
    of_deals = replace(of_deals, parents={**known.parents, **pairs, **planned(items, lights)}, parent_sightings=seen)
    asked = brought.wanted(decide(deals, theirs, settings, of_deals))
    if not asked:
        return items
    ticked = brought.ticked(lights, asked)
    seen |= brought.sightings(ticked, before, asked)
    items = decide(binding, ticked, settings, brought.let_in(known, asked))
    brought.told(items, lights, asked)
    return items


def rows(plan: Preview) -> Iterator[Planned]:
    """As they are stored, one by one."""
    for number, item in enumerate(plan.items):
        yield Planned(
            number=number,
            reference=item.reference,
            kind=item.kind,
            volet=item.volet,
            label=item.label,
            decision=item.decision,
            code=item.code,
            detail=item.detail,
            other=item.other.reference if item.other else None,
            frozen=item.frozen,
            data=_data(item),
        )


def _data(item: Item) -> dict[str, Any]:
    data = _as_read(item.record.snapshot()) | {"parents": [str(parent) for parent in item.record.parents]}
    if item.other is not None:
        data["other_label"] = item.other.label
        data["other_seen"] = _as_read(item.other.snapshot()) | {"label": item.other.label}
    if item.brought:
        data["brought"] = item.brought
    if item.held:
        data["held"] = dict(item.held)
    if item.differences:
        data["differences"] = [list(one) for one in item.differences]
    if item.suggestions:
        data["suggestions"] = [
            {"reference": str(one.reference), "label": one.label, "why": one.why, "score": one.score}
            for one in item.suggestions
        ]
    return data


def _as_read(snapshot: Snapshot) -> dict[str, Any]:
    """What `initialise.seen` makes a snapshot of again, its label apart."""
    return {
        "at": snapshot.at.isoformat(),
        "hash": snapshot.hash,
        "gate": snapshot.gate,
        "created": snapshot.created,
        "keys": dict(snapshot.keys),
    }


def _read_both(engine: Engine, binding: Binding, found: Preview, progress: Progress) -> Both:
    return {side: _read(engine, binding, side, found, progress) for side in Side}


def _read(engine: Engine, binding: Binding, side: Side, found: Preview, progress: Progress) -> list[Light]:
    lights, kept = list[Light](), Lights(compared=binding.kind.bears_siret)
    for snapshots, total in pages(engine, binding, side):
        lights.extend(map(kept.of, snapshots))
        found.totals[side] += len(snapshots)
        if side is Side.SELLSY and binding.kind.gated:
            found.ticked += sum(s.gate is True for s in snapshots)
        progress(f"Lues dans {side.label} ({binding.kind.plural})", len(lights), total)
    return lights


def _known(engine: Engine, binding: Binding, lights: Both) -> tuple[Known, dict[Reference, Reference]]:
    """And the pairs there are, both ways."""
    ledger = engine.ledger
    taken: set[tuple[Reference, Volet]] = set()
    pairs: dict[Reference, Reference] = {}
    for pair in ledger.all_pairs(binding.kind.name):
        taken |= {(pair.sellsy, pair.volet), (pair.altior, pair.volet)}
        pairs |= {pair.sellsy: pair.altior, pair.altior: pair.sellsy}
    tombstones: dict[Reference, list[Tombstone]] = {}
    decisions: dict[Reference, list[Decision]] = {}
    for mine in lights.values():
        for start in range(0, len(mine), 1000):
            chunk = [s.reference for s in mine[start : start + 1000]]
            for stone in ledger.tombstones(chunk):
                tombstones.setdefault(stone.reference, []).append(stone)
            for decision in ledger.decisions(chunk):
                decisions.setdefault(decision.reference, []).append(decision)
    return Known(frozenset(taken), tombstones, decisions), pairs


def _suggest(items: Sequence[Item]) -> None:
    asking = [i.record for i in items if i.decision == "create"]
    among = (i.record for i in items if i.decision != "link" and not i.record.archived)
    found = suggest(asking, among)
    for item in items:
        if item.decision == "create":
            item.suggestions = found.get(item.reference, ())


def _compare(engine: Engine, binding: Binding, items: Sequence[Item], progress: Progress) -> None:
    """For links that would write: which fields differ, and which side is right. Read anew by page."""
    links = [i for i in items if i.decision == "link" and not i.frozen]
    for start in range(0, len(links), PAGE):
        page = links[start : start + PAGE]
        wanted: dict[Side, set[Reference]] = {side: set() for side in Side}
        for item in page:
            for light in (item.record, item.other):
                if light is not None:
                    wanted[light.reference.side].add(light.reference)
        shown: dict[Reference, Snapshot] = {}
        for side, references in wanted.items():
            observe = partial(binding.system(side).observe, sorted(references))
            shown |= patiently(engine.clock, engine.timing, observe)
        decisions: dict[Reference, list[Decision]] = {}
        for decision in engine.ledger.decisions(shown):
            decisions.setdefault(decision.reference, []).append(decision)
        for item in page:
            _differences(engine, binding, item, shown, decisions)
        progress("Comparaison des fiches à lier", start + len(page), len(links))


def _differences(
    engine: Engine,
    binding: Binding,
    item: Item,
    shown: Mapping[Reference, Snapshot],
    decisions: Mapping[Reference, list[Decision]],
) -> None:
    assert item.other is not None
    sides = {s.reference.side: shown.get(s.reference) for s in (item.record, item.other)}
    sellsy, altior = sides.get(Side.SELLSY), sides.get(Side.ALTIOR)
    if sellsy is None or altior is None:
        return
    if item.brought:
        sellsy = replace(sellsy, gate=True)
    pair = Pair("preview", item.kind, sellsy.reference, altior.reference, item.volet, owed={"stamp": True})
    both = {Side.SELLSY: sellsy, Side.ALTIOR: binding.rebind(altior, sellsy)}
    both[Side.ALTIOR] = binding.bind(pair, both)
    plan = plan_pair(
        binding.kind,
        pair,
        both,
        (),
        policy=binding.policy_for(pair, both) if binding.policy_for else binding.policy,
        now=engine.clock.now(),
        timing=engine.timing,
        decisions=[d for s in both.values() for d in decisions.get(s.reference, ())],
    )
    found: list[Difference] = [
        (name, sellsy.fields.get(name), altior.fields.get(name), target.other.value)
        for target in Side
        for name in plan.writes[target]
    ]
    item.differences = tuple(sorted(found, key=lambda row: row[0]))
    item.held = {name: problem.sentence for name, problem in plan.held.items()}
    if plan.state is State.WAITING:
        item.detail = f"{short(plan.code)} : rien n'est écrit d'ici là"
