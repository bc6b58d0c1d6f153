"""The first synchronisation: computed without writing, approved by a named person, then done by the drain.

Approval commits, in order: the activation instant and who approved, the sightings of everything read (so that scope
and later scans know what existed), the plan's links and duplicates as decisions, and the looks. From there on it is
ordinary work: a crash loses nothing, and running it again goes on where it stood.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from altior_sellsy.errors import Final
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Decision, EnvironmentStatus, JournalEntry, Look, Pair, State
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync.engine import Binding, Engine
from altior_sellsy.sync.patience import patiently
from altior_sellsy.sync.plan import plan_pair
from altior_sellsy.sync.preview import Item, Known, Preview, decide, planned
from altior_sellsy.sync.remember import make_sighting
from altior_sellsy.sync.scan import pages
from altior_sellsy.sync.work import PAGE
from altior_sellsy.values.reference import Reference, Side, Volet

Progress = Callable[[str, int, int | None], None]
"""(what, done, total or None)."""


class NotApproved(Final):
    """No record is written before a named person has approved (design 7.8)."""


def preview(engine: Engine, progress: Progress = lambda what, done, total: None) -> tuple[Preview, "Lights"]:
    """Reads both sides whole and decides record by record. Writes nothing, in neither system nor in the ledger."""
    engine.lane(False)
    found = Preview(started=engine.clock.now())
    settings = engine.ledger.environment().settings
    lights: Lights = {}
    parents: dict[Reference, Reference] = {}
    for binding in engine.bindings:
        mine = lights[binding.kind.name] = {side: _read(engine, binding, side, found, progress) for side in Side}
        items = decide(binding, mine, settings, replace(_known(engine, binding, mine), parents=parents))
        for pair in engine.ledger.all_pairs(binding.kind.name):
            parents |= {pair.sellsy: pair.altior, pair.altior: pair.sellsy}
        parents |= planned(items, mine)
        found.items += _with_differences(engine, binding, items, progress)
    return found, lights


Lights = dict[str, dict[Side, list[Snapshot]]]


def _read(engine: Engine, binding: Binding, side: Side, found: Preview, progress: Progress) -> list[Snapshot]:
    lights: list[Snapshot] = []
    for snapshots, total in pages(engine, binding, side):
        lights += [replace(s, fields={}, document=None) for s in snapshots]
        found.totals[side] += len(snapshots)
        if side is Side.SELLSY and binding.kind.gated:
            found.ticked += sum(s.gate is True for s in snapshots)
        progress(f"Lues dans {side.label} ({binding.kind.plural})", len(lights), total)
    return lights


def _known(engine: Engine, binding: Binding, lights: dict[Side, list[Snapshot]]) -> Known:
    ledger = engine.ledger
    paired: set[tuple[Reference, Volet]] = set()
    for pair in ledger.all_pairs(binding.kind.name):
        paired |= {(pair.sellsy, pair.volet), (pair.altior, pair.volet)}
    references = [s.reference for mine in lights.values() for s in mine]
    tombstones: dict[Reference, list] = {}  # type: ignore[type-arg]
    decisions: dict[Reference, list] = {}  # type: ignore[type-arg]
    for chunk in chunks(references):
        for stone in ledger.tombstones(chunk):
            tombstones.setdefault(stone.reference, []).append(stone)
        for decision in ledger.decisions(chunk):
            decisions.setdefault(decision.reference, []).append(decision)
    return Known(frozenset(paired), tombstones, decisions)


def chunks(items: Sequence[Reference], size: int = 1000) -> Iterator[Sequence[Reference]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _with_differences(engine: Engine, binding: Binding, items: list[Item], progress: Progress) -> list[Item]:
    """For links that would write: which fields differ, and which side is right. Read anew by page."""
    links = [i for i in items if i.decision == "link" and not i.frozen and i.other is not None]
    found: dict[tuple[Reference, Volet], Item] = {}
    for start in range(0, len(links), PAGE):
        page = links[start : start + PAGE]
        sides = {r.side: [] for r in (page[0].reference, page[0].other) if r is not None}  # type: ignore[var-annotated]
        for item in page:
            for reference in (item.reference, item.other):
                if reference is not None:
                    sides.setdefault(reference.side, []).append(reference)
        shown: dict[Reference, Snapshot] = {}
        for side, references in sides.items():
            observe = partial(binding.system(side).observe, sorted(set(references)))
            shown.update(patiently(engine.clock, engine.timing, observe))
        for item in page:
            found[item.reference, item.volet] = _differences(engine, binding, item, shown)
        progress("Comparaison des fiches à lier", start + len(page), len(links))
    return [found.get((i.reference, i.volet), i) for i in items]


def _differences(engine: Engine, binding: Binding, item: Item, shown: dict[Reference, Snapshot]) -> Item:
    assert item.other is not None
    sides = {r.side: shown.get(r) for r in (item.reference, item.other)}
    sellsy, altior = sides.get(Side.SELLSY), sides.get(Side.ALTIOR)
    if sellsy is None or altior is None:
        return item
    pair = Pair("preview", item.kind, sellsy.reference, altior.reference, item.volet, owed={"stamp": True})
    both = {Side.SELLSY: sellsy, Side.ALTIOR: binding.rebind(altior, sellsy)}
    plan = plan_pair(
        binding.kind,
        pair,
        both,
        (),
        policy=binding.policy_for(pair, both) if binding.policy_for else binding.policy,
        now=engine.clock.now(),
        timing=engine.timing,
    )
    rows = []
    for target in Side:
        for name, sent in plan.writes[target].items():
            rows.append((name, sellsy.fields.get(name), altior.fields.get(name), target.other.value))
            del sent
    return replace(item, differences=tuple(sorted(rows, key=lambda r: r[0])), held=tuple(sorted(plan.held)))


def approve(engine: Engine, plan: Preview, lights: Lights, by: str) -> None:
    """From here on records may be written. An empty plan is approved too. Raises NotApproved without a name."""
    if not by.strip():
        raise NotApproved(
            "L'initialisation doit être approuvée par une personne : ajoutez « --by "
            "Prénom Nom », ou relancez avec « --dry-run » pour voir seulement l'aperçu."
        )
    ledger, now = engine.ledger, engine.clock.now()
    lease = ledger.lease(engine.holder, now, 60)
    if lease is None:
        raise NotApproved("Cet environnement est en cours de synchronisation : recommencez dans un instant.")
    try:
        by_reference = {(i.reference, i.volet): i for i in plan.items}
        _remember_sightings(engine, plan, lights, by_reference)
        changes = Changes(
            environment={
                "status": EnvironmentStatus.INITIALISING,
                "activated_at": engine.ledger.environment().activated_at or plan.started,
                "approved_by": by.strip(),
            },
            journal=[
                JournalEntry(now, "", "approved", None, None, "Première synchronisation approuvée", who=by.strip())
            ],
        )
        for item in plan.items:
            _decide_and_mark(item, by, now, changes)
        ledger.commit(changes, lease)
    finally:
        ledger.release(lease)


def _remember_sightings(
    engine: Engine, plan: Preview, lights: Lights, items: dict[tuple[Reference, Volet], Item]
) -> None:
    started = plan.started
    for kind, sides in lights.items():
        binding = engine.binding(kind)
        for mine in sides.values():
            for start in range(0, len(mine), 500):
                page = mine[start : start + 500]
                before = engine.ledger.sightings([s.reference for s in page])
                changes = Changes()
                for snapshot in page:
                    sighting = make_sighting(
                        snapshot, kind, before.get(snapshot.reference), State.WAITING, activated_at=started
                    )
                    item = next(
                        (i for v in binding.volets(snapshot) if (i := items.get((snapshot.reference, v)))), None
                    )
                    if item is not None and item.decision == "exclude":
                        sighting = replace(sighting, state=State.EXCLUDED, code=item.code, detail=item.detail)
                    changes.sightings.append(sighting)
                engine.ledger.commit(changes, None)


def _decide_and_mark(item: Item, by: str, now: datetime, changes: Changes) -> None:
    who = f"Initialisation approuvée par {by.strip()}"
    if item.decision == "link" and item.other is not None:
        data = {"how": item.code}
        changes.decisions.append(Decision(item.reference, "link", item.other, who, now, data))
    elif item.decision == "exclude" and item.code == "duplicate":
        changes.decisions.append(
            Decision(item.reference, "duplicate", None, who, now, {"of": item.detail, "siret": item.key})
        )
        return
    elif item.decision not in ("create", "ask", "wait"):
        return
    changes.mark.append(Look(reference=item.reference, kind=item.kind, reason="initialise", due=now))


def finished(engine: Engine) -> None:
    """Everything the plan marked is done, or waits with a reason: live synchronisation goes on from here."""
    lease = engine.ledger.lease(engine.holder, engine.clock.now(), 60)
    if lease is None:
        return
    engine.ledger.commit(
        Changes(
            environment={"status": EnvironmentStatus.ACTIVE},
            journal=[JournalEntry(engine.clock.now(), "", "activated", None, None, "Synchronisation active")],
        ),
        lease,
    )
    engine.ledger.release(lease)
