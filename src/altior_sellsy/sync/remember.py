"""From what happened to what is committed: halves per field and side, journal, cards, sightings.

A half moves only for what that side's own answer acknowledged (design 3, histories 15).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from altior_sellsy.frozen import replace
from altior_sellsy.kinds.comparing import ARCHIVED
from altior_sellsy.kinds.field import Field
from altior_sellsy.kinds.port import Problem, Snapshot, Written
from altior_sellsy.ledger.model import Announcement, Card, Fields, JournalEntry, Look, Pair, Sent, State
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync import sighted, words
from altior_sellsy.sync.fields import lag_over
from altior_sellsy.sync.plan import HELD_BY_PERSON, Plan
from altior_sellsy.sync.sets import as_shown, half_after
from altior_sellsy.sync.work import PairUnit, Work
from altior_sellsy.values.reference import Reference, Side

FIRST_PAIRING = "Première liaison"
"""How the journal's cause of a field written at the first pairing begins."""


def flush_plan(work: Work, unit: PairUnit, changes: Changes) -> None:
    """What the plan itself says of the pair, before or without any write: moves, settled announcements, state."""
    if unit.flushed:
        changes.pairs.append(unit.pair)
        return
    unit.flushed = True
    plan, pair, now = unit.plan, unit.pair, work.now()
    sellsy = unit.snapshots.get(Side.SELLSY)
    label = sellsy.label if sellsy else str(pair.sellsy)
    held = {name: entry for name, entry in pair.held.items() if name not in plan.released}
    owed = dict(pair.owed)
    if plan.gate_owed_done:
        owed.pop("gate", None)
    elif plan.tick_gate and sellsy:
        owed["gate"] = {"was": sellsy.gate}
    seen = dict(pair.seen)
    for side, snapshot in unit.snapshots.items():
        _see(seen, side, snapshot, snapshot.at)
    before_code = pair.code
    unit.pair = replace(
        pair,
        half_sellsy={**pair.half_sellsy, **plan.moves[Side.SELLSY]},
        half_altior={**pair.half_altior, **plan.moves[Side.ALTIOR]},
        held=held,
        owed=owed,
        seen=seen,
        state=plan.state,
        code=plan.code,
        sellsy_created=pair.sellsy_created or (sellsy.created if sellsy else ""),
        gate_seen=pair.gate_seen or bool(sellsy and sellsy.gate is True),
        bindings=_bindings(pair, unit.snapshots.get(Side.ALTIOR), plan),
    )
    _keep(work, pair, unit, changes)
    if plan.settled or plan.unheard:
        still = _still_open(work, unit)
        work.announcements[pair.id] = still
        changes.announce.extend(still)
        kept = {one.id for one in still}
        changes.settle.extend(id for id in plan.settled if id not in kept)
    changes.drop_decisions.extend((d.reference, d.verb) for d in plan.obeyed)
    for name, found in plan.arrived.items():
        first = name not in pair.half_sellsy and name not in pair.half_altior
        changes.journal.append(_arrived_entry(work, pair, name, *found, first=first))
    if before_code and before_code != plan.code:
        changes.close_cards.append((pair.sellsy, before_code, None))
    for name in plan.released:
        changes.close_cards.append((pair.sellsy, None, name))
    if before_code.startswith("archived_") and ARCHIVED.name not in {*plan.held, *plan.rests}:
        changes.close_cards.append((pair.sellsy, None, ARCHIVED.name))
    if pair.held or before_code in ("held_fields", sighted.UNSURE):
        for name in (f.name for f in work.binding.kind.fields):
            if name not in plan.held and name not in plan.rests:
                changes.close_cards.append((pair.sellsy, None, name))
    changes.cards.extend(card(pair.sellsy, code, label, detail, now) for code, detail in plan.cards)
    for code in set(pair.bindings.get("cards", ())) - {code for code, _ in plan.cards}:
        changes.close_cards.append((pair.sellsy, code, None))
    if plan.state is State.HELD:
        changes.cards.append(card(pair.sellsy, plan.code, label, plan.detail, now))
    for name, problem in plan.held.items():
        if problem.code == HELD_BY_PERSON:
            continue  # she knows
        changes.cards.append(field_card(pair.sellsy, name, problem, label, now))
    for name in plan.rests:
        changes.cards.append(replace(card(pair.sellsy, "oscillating", label, "", now), field_name=name))
    if before_code in sighted.NOT_ITSELF and plan.code not in sighted.NOT_ITSELF:
        # There again: who stood beside it goes on, whatever SA says.
        changes.wake.extend((str(pair.sellsy), str(pair.altior)))
    elif sellsy and sighted.stands_otherwise(work.sightings.get(pair.sellsy), sellsy):
        changes.wake.append(str(pair.sellsy))
    for snapshot in unit.snapshots.values():
        changes.sightings.append(sighted.pair_sighting(work, unit.pair, snapshot))


def _still_open(work: Work, unit: PairUnit) -> list[Announcement]:
    """What nobody has heard of, and what the plan takes for lost while a reading may lag (`presumed_lost`): if it is
    shown it is told, and if it is not, nothing is doubtful."""
    plan, now, timing = unit.plan, work.now(), work.engine.timing
    fresh = {spec.name: spec for spec in work.binding.kind.fields if spec.name not in plan.arrived}  # of no event
    still = {one.id: one for one in plan.unheard}
    unit.presumed_lost = {}
    for one in work.announcements.get(unit.pair.id, ()):
        unheard = still[one.id].fields if one.id in still else {}
        names = [n for n in one.fields if n in fresh and n in plan.writes[one.side] and n not in unheard]
        if not names or now >= lag_over(one.deadline, timing):
            continue
        lost = {n: _instead(fresh[n], one.fields[n], plan.writes[one.side][n]) for n in names}
        still[one.id] = replace(one, fields={**unheard, **lost})
        unit.presumed_lost[one.id] = frozenset(names)
    return list(still.values())


def _instead(spec: Field, first: Sent, again: Sent) -> Sent:
    """What was sent first, as replacing what stands there now."""
    return first if spec.is_set else replace(again, sent=first.sent, source=first.source, replaced_known=False)


def _superseded(work: Work, unit: PairUnit, side: Side, answer: Written, changes: Changes) -> None:
    """What was taken for lost is over where the write in its place is answered."""
    if not unit.presumed_lost:
        return
    said = set(answer.shown)
    left = list[Announcement]()
    for one in work.announcements.get(unit.pair.id, ()):
        over = unit.presumed_lost.get(one.id, frozenset()) & said if one.side is side else frozenset[str]()
        if over:
            one = replace(one, fields={n: s for n, s in one.fields.items() if n not in over})
            changes.announce.extend([one] if one.fields else [])
            changes.settle.extend([] if one.fields else [one.id])
        if one.fields:
            left.append(one)
    work.announcements[unit.pair.id] = left


def written(
    work: Work,
    unit: PairUnit,
    side: Side,
    sents: Mapping[str, Sent],
    answer: Written,
    changes: Changes,
) -> None:
    """The answer of one update: halves of what it shows, cards of what it refuses."""
    now, pair, plan = work.now(), unit.pair, unit.plan
    label = answer.snapshot.label if answer.snapshot else str(pair.reference(side))
    target, source = dict(pair.half(side)), dict(pair.half(side.other))
    held, refused_names = dict(pair.held), []
    notes = {k: dict(v) for k, v in pair.written.items()}
    mine = {
        n: e
        for n, e in notes.get(side.value, {}).items()
        if _recent(e["at"], now, work.engine.timing.oscillation_window)
    }
    rhythm = {k: list(v) for k, v in pair.rhythm.items()}
    for name, sent in sents.items():
        if (said := plan.decided.get(name)) and (name in answer.refused or name in answer.shown):
            changes.drop_decisions.append((said.reference, said.verb))
        if name in answer.refused:
            problem = answer.refused[name]
            held[name] = {
                "side": side.value,
                "value": sent.sent,
                "shown": sent.replaced,
                "code": problem.code,
                "sentence": problem.sentence,
            }
            refused_names.append(name)
            changes.cards.append(field_card(pair.sellsy, name, problem, label, now))
            continue
        if name not in answer.shown:
            continue
        first = name not in pair.half(side) and name not in pair.half(side.other)
        spec = next((f for f in work.binding.kind.fields if f.name == name), None)
        if sent.person:
            # An edit of hers: it differs from its half, and travels.
            changes.mark.append(look(pair.reference(side), pair.kind, "undone", now, live=True))
        elif spec is not None and spec.is_set:
            target[name] = half_after(target.get(name), sent, answer.shown[name])
            source[name] = half_after(source.get(name), sent, answer.shown[name])
        elif spec is not None:
            target[name], source[name] = answer.shown[name], sent.source
        if name == ARCHIVED.name and not answer.shown[name]:
            # Out of the archive on both sides: what has waited meanwhile travels now.
            changes.mark.append(look(pair.reference(side), pair.kind, "woken", now))
        mine[name] = {"at": now.isoformat(), "replaced": sent.replaced}
        turns = [t for t in rhythm.get(name, []) if _recent(t[0], now, work.engine.timing.oscillation_window)]
        rhythm[name] = [*turns, [now.isoformat(), side.value]]
        changes.journal.append(_field_entry(work, unit, side, name, sent, answer.shown[name], first, now))
    notes[side.value] = mine
    seen = dict(pair.seen)
    seen[f"{side.value}_written"] = now.isoformat()
    if answer.snapshot is not None:
        fields = answer.snapshot.fields
        ours = {n: answer.shown.get(n, fields.get(n)) for n in sents if n not in answer.refused}
        sets = (f.name for f in work.binding.kind.fields if f.is_set and f.name in ours)
        # Of a set only our own elements are ours: another one that came or went meanwhile is a person's doing.
        ours.update(
            {name: as_shown(half_after(sents[name].replaced, sents[name], ours[name]), ours[name]) for name in sets}
        )
        unseen(unit, answer.snapshot, ours, changes, now)
        _moved_by_us(work, unit, answer.snapshot, changes)
        unit.snapshots[side] = replace(answer.snapshot, at=now)
        _see(seen, side, answer.snapshot, now)
    halves = {side: target, side.other: source}
    unit.pair = replace(
        pair,
        half_sellsy=halves[Side.SELLSY],
        half_altior=halves[Side.ALTIOR],
        held=held,
        written=notes,
        rhythm=rhythm,
        seen=seen,
        bindings=_bindings(pair, unit.snapshots.get(Side.ALTIOR)),
        code="held_fields" if pair.state is State.IN_STEP and (held or plan.held or plan.rests) else pair.code,
    )
    _keep(work, pair, unit, changes)
    _superseded(work, unit, side, answer, changes)
    if answer.snapshot is not None:
        changes.sightings.append(sighted.pair_sighting(work, unit.pair, answer.snapshot))


def _moved_by_us(work: Work, unit: PairUnit, shown: Snapshot, changes: Changes) -> None:
    """A version that only this write of ours has moved says of what is not heard of yet what it said before."""
    before = unit.snapshots.get(shown.reference.side)
    kept = []
    for one in work.announcements.get(unit.pair.id, ()):
        if before is not None and one.side is shown.reference.side and one.version and one.version == before.version:
            one = replace(one, version=shown.version)
            changes.announce.append(one)
        kept.append(one)
    if kept:
        work.announcements[unit.pair.id] = kept


def _keep(work: Work, before: Pair, unit: PairUnit, changes: Changes) -> None:
    changes.pairs.append(unit.pair)
    for other in work.binding.forgets(before, unit.pair, unit.snapshots.get(Side.ALTIOR), changes.pairs):
        changes.pairs.append(other)
        changes.mark.append(look(other.sellsy, other.kind, "woken", work.now()))


def arrived_unheard(work: Work, pair: Pair, announcements: Iterable[Announcement]) -> Iterator[JournalEntry]:
    """Of a pair that closes: what its unanswered writes have replaced is told, for nothing will look at them again."""
    for ours in announcements:
        shown = work.snapshots.get(pair.reference(ours.side))
        for name, sent in ours.fields.items() if shown is not None else ():
            field = next((f for f in work.binding.kind.fields if f.name == name), None)
            there = shown.fields.get(name) if shown is not None else None
            if field is not None and there != sent.replaced and field.arrived(there, sent.sent):
                first = name not in pair.half_sellsy and name not in pair.half_altior
                yield _arrived_entry(work, pair, name, ours.side, sent, first=first)


def _arrived_entry(work: Work, pair: Pair, name: str, side: Side, sent: Sent, *, first: bool) -> JournalEntry:
    what = FIRST_PAIRING if first else f"Modifié dans {side.other.label}"
    return JournalEntry(
        at=work.now(),
        kind=work.binding.kind.name,
        action="conflict" if sent.conflict else "updated",
        side=side,
        reference=pair.reference(side),
        counterpart=pair.reference(side.other),
        cause=f"{what} (réponse perdue, écriture retrouvée)",
        field_name=name,
        before=sent.replaced,
        after=sent.sent,
        other=sent.replaced if sent.conflict else None,
    )


def unseen(unit: PairUnit, shown: Snapshot, ours: Fields, changes: Changes, now: datetime) -> None:
    """An answer shows the whole record: what moved in it since our reading was never planned from. Look again, for
    the sighting will hold the new content's hash and no scan would find it. `ours`: what we wrote, as acknowledged;
    of several calls the last one may show it moved on."""
    before = unit.snapshots.get(shown.reference.side)
    if before is None:
        moved = True
    else:
        wanted = {**before.fields, **ours}
        moved = any(value != wanted.get(name) for name, value in shown.fields.items())
        # Where it stands is no field: a deal that was won meanwhile shows the same ones.
        moved = moved or any(
            name not in ours and value != before.position.get(name) for name, value in shown.position.items()
        )
    if moved:
        changes.mark.append(look(shown.reference, unit.pair.kind, "moved", now))


def _field_entry(
    work: Work, unit: PairUnit, side: Side, name: str, sent: Sent, shown: Any, first: bool, now: datetime
) -> JournalEntry:
    conflict = unit.plan.conflicts.get(name)
    source = side.other
    said = unit.plan.decided.get(name)
    if name in unit.plan.causes:
        cause = unit.plan.causes[name]
    elif sent.person:
        cause = "Modification annulée"
    elif said is not None:
        cause = f"Décision : {source.label} a raison"
    elif conflict is not None and not conflict.first_pairing:
        cause = f"Modifications simultanées : {source.label} a raison"
    elif conflict is not None:
        cause = f"{FIRST_PAIRING} : {source.label} a raison"
    elif first:
        cause = f"{FIRST_PAIRING} : champ complété"
    else:
        cause = f"Modifié dans {source.label}"
    return JournalEntry(
        at=now,
        kind=work.binding.kind.name,
        action="undone" if sent.person else "conflict" if conflict is not None else "updated",
        side=side,
        reference=unit.pair.reference(side),
        counterpart=unit.pair.reference(source),
        cause=cause,
        who=said.who if said else "Connecteur",
        field_name=name,
        before=sent.replaced,
        after=shown,
        other=conflict.lost if conflict else None,
    )


def _bindings(pair: Pair, altior: Snapshot | None, plan: Plan | None = None) -> Mapping[str, Any]:
    """Altior's elements have ids: once bound, a slot stays with its element (design 3). The kind's own marks and the
    codes of its open cards are kept beside them."""
    kept = dict(pair.bindings)
    if altior is not None:
        kept.update({name: dict(slots) for name, slots in altior.bindings.items()})
    if plan is not None:
        if plan.marks:
            kept["marks"] = {**kept.get("marks", {}), **plan.marks}
        if plan.cards or "cards" in kept:
            kept["cards"] = sorted({code for code, _ in plan.cards})
    return kept


def _see(seen: dict[str, str], side: Side, snapshot: Snapshot, at: datetime) -> None:
    """The modification that a side shows, and since when it does."""
    if snapshot.modified and seen.get(side.value) != (shown := snapshot.modified.isoformat()):
        seen[side.value], seen[f"{side.value}_at"] = shown, at.isoformat()


def _recent(at: str, now: datetime, seconds: float) -> bool:
    return datetime.fromisoformat(at) > now - timedelta(seconds=seconds)


def card(reference: Reference, code: str, label: str, detail: str, now: datetime, data: Any = None) -> Card:
    return Card(
        reference=reference,
        code=code,
        sentence=words.sentence(code, label, detail),
        remedy=words.remedy(code),
        data={**(data or {}), "label": label},
        at=now,
    )


def field_card(reference: Reference, name: str, problem: Problem, label: str, now: datetime) -> Card:
    return Card(
        reference=reference,
        code=problem.code,
        sentence=words.sentence(words.of_field(problem.code), label, problem.sentence),
        remedy=words.remedy(words.of_field(problem.code)),
        field_name=name,
        data={"label": label, "cause": problem.sentence},
        at=now,
    )


def look(reference: Reference, kind: str, reason: str, due: datetime, *, live: bool = False) -> Look:
    return Look(reference=reference, kind=kind, reason=reason, due=due, live=live)
