"""Deletion is never inferred from absence (design 3): a direct GET answers 404 twice, ten minutes apart, while a
known record of that kind answers. Closing a pair leaves tombstones; nothing is deleted on the other side. A record
without a pair is forgotten, at the second 404 where something is known of it that it would not show when it is back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from altior_sellsy.kinds.admission import AWAITED
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import JournalEntry, Pair, Sighting, State, Tombstone
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync import breakers, remember, sighted
from altior_sellsy.sync.work import Work, backoff
from altior_sellsy.values.reference import Reference, Side, Volet

FEW = 3
"""Others that are asked for: one of them that answers is enough."""
MOST = timedelta(days=1)
"""Between two questions after a record that may be deleted or hidden."""


def shown_again(work: Work) -> None:
    """Before anything is planned. Whatever its other side does: a later 404 is the first one."""
    for reference in sorted(work.snapshots):
        _seen_again(work, reference)


def look_after(work: Work) -> None:
    for reference in sorted(work.absent):
        pairs = [p for p in work.pairs if reference in (p.sellsy, p.altior)]
        if reference not in work.looks and not pairs:
            continue
        _look_after(work, reference, pairs)


def _look_after(work: Work, reference: Reference, pairs: list[Pair]) -> None:
    now, timing = work.now(), work.engine.timing
    touched = {r for p in pairs for r in (p.sellsy, p.altior)} | {reference}
    if any(reference in (unit.pair.sellsy, unit.pair.altior) for unit in work.pair_units):
        # Shown to this very pass, and gone when it was read again to be written: the next one asks after it.
        work.put_off(touched, now)
        return
    if _just_written(work, reference, pairs):
        work.put_off(touched, now + timedelta(seconds=timing.backoff_first))
        return
    system = work.binding.system(reference.side)
    if system.exists(reference):
        # It is there, and the page did not show it (rights, index late): nothing may be concluded, and no scan is
        # expected to show it until a page does.
        _seen_again(work, reference, listed=False)
        # A page alone does not show it: it is asked for less and less often.
        tried = max((work.looks[r].attempts for r in touched if r in work.looks), default=0)
        work.put_off(touched, now + timedelta(seconds=backoff(work.engine, tried)), fault=True)
        return
    sighting = work.sightings.get(reference)
    if not pairs and (sighting is None or (_nothing_to_lose(sighting) and not _link_decided(work, reference))):
        _forget(work, reference)
        return
    first = sighting.gone_at if sighting and sighting.gone_at else None
    if first is None:
        work.commit(Changes(sightings=[_absent(work, reference, pairs, sighting)]))
        work.put_off(touched, now + timedelta(seconds=timing.gone_gap))
        return
    gap = timedelta(seconds=timing.gone_gap)
    if now < first + gap:
        work.put_off(touched, first + gap)
        return
    if not pairs:
        if sighting is not None and sighting.keys.get("siret") and not _another_answers(work, reference):
            # What bears its SIRET would be made a second time: hidden like all the others, it is not taken for deleted.
            work.put_off(touched, now + _nobody_can_tell(work, reference, pairs))
        else:
            _forget(work, reference)
        return
    _not_too_many(work, reference)
    if not _another_answers(work, reference):
        if sighting is not None and sighting.gone_checks == 1 and _look_at_others(work, sighting):
            work.put_off(touched, now + gap)
            return
        work.put_off(touched, now + _nobody_can_tell(work, reference, pairs))
        return
    if system.exists(reference):
        # What hid them both from us has come to an end between the two questions.
        _seen_again(work, reference)
        work.put_off(touched, now + timedelta(seconds=timing.backoff_first))
        return
    work.commit(_closing(work, reference, pairs))
    # They are over: of the other side, gone too, nothing more is to be said as half of them.
    closed = {pair.id for pair in pairs}
    work.pairs = [pair for pair in work.pairs if pair.id not in closed]


def _look_at_others(work: Work, seen: Sighting) -> bool:
    """Some that are known do not answer either: as many as tell whether they are hidden together are looked at, once,
    before each of them gets a card. Few are found by themselves (of deals some each turn). False: there are none."""
    side, kind, now, ledger = seen.reference.side, work.binding.kind.name, work.now(), work.engine.ledger
    most = breakers.most_missing(work.engine, f"{kind}:{side.value}", ledger.known(kind, side))
    others = ledger.answering(kind, side, most + 1)
    mark = [remember.look(other, kind, "beside", now) for other in others]
    work.commit(Changes(sightings=[replace(seen, gone_checks=seen.gone_checks + 1)], mark=mark))
    return bool(others)


def _nobody_can_tell(work: Work, reference: Reference, pairs: Sequence[Pair]) -> timedelta:
    """Deleted, or hidden from us: no other known record of the kind answers that could tell. Of what is linked a person
    is told, and may unlink it. In how long to ask again: less and less often."""
    seen = work.sightings[reference]
    changes = Changes(sightings=[replace(seen, gone_checks=seen.gone_checks + 1)])
    for pair in pairs:
        # One that is not itself rests on its own card: by that code the breaker knows it.
        label = (work.sightings.get(pair.sellsy) or seen).label
        stands = pair if pair.code in breakers.UNLIKE else _ask(work, pair, label, changes)
        if shown := work.snapshots.get(pair.reference(reference.side.other)):
            changes.sightings.append(_looked_at(work, stands, shown))
    work.commit(changes)
    return min(MOST, timedelta(seconds=work.engine.timing.gone_gap) * 2.0 ** min(seen.gone_checks, 20))


def _ask(work: Work, pair: Pair, label: str, changes: Changes) -> Pair:
    """The pair as it stands from now on."""
    where = " ni dans ".join(r.side.label for r in (pair.sellsy, pair.altior) if r in work.absent)
    card = remember.card(pair.sellsy, sighted.UNSURE, label, where, work.now())
    known = work.engine.ledger.cards(reference=pair.sellsy)
    if (card.code, card.sentence) not in {(one.code, one.sentence) for one in known}:
        changes.cards.append(card)
    if pair.code == sighted.UNSURE:
        return pair
    held = replace(pair, state=State.HELD, code=sighted.UNSURE)
    changes.pairs.append(held)
    if pair.state in (State.HELD, State.FAILED):
        changes.close_cards.append((pair.sellsy, pair.code, None))
    return held


def _looked_at(work: Work, pair: Pair, shown: Snapshot) -> Sighting:
    """The side that is there has been looked at: its half says what is still to travel, and no scan marks it. SA that
    a person took back and that was turned on again is seen once both are there: whoever asks about it is woken then."""
    before = work.sightings.get(shown.reference)
    told = sighted.pair_sighting(work, pair, shown)
    if before is not None and before.gate_seen and before.gate is not True and told.gate is True:
        return replace(told, gate=before.gate)
    return told


def _seen_again(work: Work, reference: Reference, *, listed: bool = True) -> None:
    """It answers: a 404 of before does not count any more."""
    seen = work.sightings.get(reference)
    if seen is not None and seen.listed and not listed:
        seen = work.sightings[reference] = replace(seen, listed=False)
        work.commit(Changes(sightings=[seen]))
    if seen is None or seen.gone_at is None:
        return
    # Who rests because of its SIRET, which no search shows while it is not there, asks again; so does who waits for it.
    wake = [sighted.siret_key(siret)] if (siret := seen.keys.get("siret", "")) else []
    pairs = (pair for pair in work.pairs if reference in (pair.sellsy, pair.altior))
    wake += [str(one) for pair in pairs for one in (pair.sellsy, pair.altior)]
    work.commit(Changes(sightings=[replace(seen, gone_at=None, gone_checks=0)], wake=wake))


def _just_written(work: Work, reference: Reference, pairs: Sequence[Pair]) -> bool:
    """A reading that lags does not show yet what we made a moment ago: that counts for nothing, and what is still owed
    to it does not wait the ten minutes of a deletion."""
    since = (work.now() - timedelta(seconds=work.engine.timing.stale_after_write)).isoformat()
    return any(pair.seen.get(f"{reference.side.value}_written", "") > since for pair in pairs)


def _forget(work: Work, reference: Reference) -> None:
    """Of its creates in Altior nothing more will be heard: what they made bears its stamp."""
    mine = [a for a in work.creates if a.source == reference and a.side is Side.ALTIOR]
    if waiting := [a.deadline for a in mine if work.now() < a.deadline]:
        work.put_off([reference], max(waiting))
    elif mine or reference in work.sightings:
        changes = Changes(forget=[reference], settle=[a.id for a in mine])
        changes.close_cards.append((reference, None, None))
        for said in _link_decided(work, reference):
            # Whom a person wanted linked to it waits for nobody any more.
            changes.drop_decisions.extend(((reference, "link"), (said, AWAITED)))
            changes.mark.append(remember.look(said, work.binding.kind.name, "woken", work.now()))
        sighted.goes(work, reference)
        work.commit(changes)


def displace(work: Work, new: Snapshot, volet: Volet, pairs: Sequence[Pair], changes: Changes) -> bool:
    """Altior gave the id of a paired record to another one (it came back from a backup): the reference that it bears
    says whose it is, the pair that still names it has lost its record. False: it bears that one's reference too.
    `pairs`: open ones, of this record and others."""
    held = [p for p in pairs if p.altior == new.reference and p.volet is volet]
    if any(str(pair.sellsy) in new.stamps for pair in held):
        return False
    for pair in held:
        sighting = work.engine.ledger.sightings([pair.sellsy]).get(pair.sellsy)
        label = sighting.label if sighting else str(pair.sellsy)
        side = new.reference.side
        changes.pairs.append(replace(pair, closed=True, state=State.EXCLUDED, code="gone"))
        changes.settle.extend(a.id for a in work.engine.ledger.announcements(pair_ids=[pair.id]))
        changes.tombstones.append(Tombstone(pair.sellsy, pair.volet, "gone", work.now()))
        changes.close_cards.append((pair.sellsy, None, None))
        changes.cards.append(remember.card(pair.sellsy, "gone", label, side.label, work.now()))
        changes.journal.append(_closed_entry(work, pair, pair.altior, label))
        changes.mark.append(remember.look(pair.sellsy, pair.kind, "closed", work.now()))
        work.pair_units = [unit for unit in work.pair_units if unit.pair.id != pair.id]
    return True


def _closed_entry(work: Work, pair: Pair, gone: Reference, label: str) -> JournalEntry:
    return JournalEntry(
        at=work.now(),
        kind=pair.kind,
        action="closed",
        side=gone.side,
        reference=gone,
        counterpart=pair.reference(gone.side.other),
        cause=f"« {label} » supprimée dans {gone.side.label} : fiches déliées, l'autre est laissée",
    )


def _not_too_many(work: Work, reference: Reference) -> None:
    """Raises Breaker: so many that vanish together were hidden rather than deleted. Of linked ones: others people clear
    out by the dozen, and nothing is unlinked because of them."""
    side, kind, ledger = reference.side, work.binding.kind.name, work.engine.ledger
    gone = ledger.gone(kind, side)
    linked = {pair.reference(side) for pair in ledger.pairs(gone)}
    absent = [one for one in gone if one in linked]
    breakers.missing(work.engine, work.binding, side, absent, ledger.known(kind, side))


def _nothing_to_lose(seen: Sighting) -> bool:
    """Of a record without a pair: that SA was seen at Oui, that it was let in by it, whose SIRET it bears."""
    return not (seen.gate_seen or seen.released or seen.keys.get("siret"))


def _link_decided(work: Work, reference: Reference) -> list[Reference]:
    return [d.other for d in work.decisions.get(reference, ()) if d.verb == "link" and d.other is not None]


def _absent(work: Work, reference: Reference, pairs: Sequence[Pair], before: Sighting | None) -> Sighting:
    now = work.now()
    if before is not None:
        return replace(before, gone_checks=before.gone_checks + 1, gone_at=now)
    return Sighting(
        reference=reference,
        kind=pairs[0].kind,
        label=str(reference),
        folded="",
        keys={},
        hash="",
        gate=None,
        state=pairs[0].state,
        gone_checks=1,
        gone_at=now,
    )


def _another_answers(work: Work, reference: Reference) -> bool:
    """A known record of that kind and side answers: so it is this one that is gone, not our rights."""
    shown = [r for r in work.snapshots if r.thing == reference.thing and r.side is reference.side]
    if shown:
        return True
    kind, side = work.binding.kind.name, reference.side
    others = work.engine.ledger.answering(kind, side, FEW, reference.thing)
    return any(work.binding.system(side).exists(other) for other in others)


def _closing(work: Work, reference: Reference, pairs: list[Pair]) -> Changes:
    now = work.now()
    changes = Changes(forget=[reference])
    sighted.goes(work, reference)
    for pair in pairs:
        sighting = work.sightings.get(pair.reference(reference.side.other)) or work.sightings.get(reference)
        label = sighting.label if sighting else str(reference)
        changes.pairs.append(replace(pair, closed=True, state=State.EXCLUDED, code="gone"))
        unheard = work.announcements.get(pair.id, [])
        changes.settle.extend(a.id for a in unheard)
        changes.journal.extend(remember.arrived_unheard(work, pair, unheard))
        changes.tombstones.extend(Tombstone(r, pair.volet, "gone", now) for r in (pair.sellsy, pair.altior))
        changes.close_cards.extend((r, None, None) for r in (pair.sellsy, pair.altior))
        changes.cards.append(
            remember.card(pair.reference(reference.side.other), "gone", label, reference.side.label, now)
        )
        changes.journal.append(_closed_entry(work, pair, reference, label))
        changes.wake.append(str(pair.reference(reference.side.other)))
        # Also when it is being looked at: this pass knew it as half of a pair.
        changes.mark.append(remember.look(pair.reference(reference.side.other), pair.kind, "closed", now))
    return changes
