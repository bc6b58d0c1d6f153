"""Writing to Sellsy: no If-Match, no idempotency, one call a record. Read at most 2 s before it is written."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from altior_sellsy.errors import ConnectorError, Refused
from altior_sellsy.kinds.admission import Make
from altior_sellsy.kinds.port import Create, Write, Written
from altior_sellsy.ledger.model import Announcement, State
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync import pairing, remember, sighted, to_altior, units
from altior_sellsy.sync.work import NewUnit, PairUnit, Work, new_id, observe
from altior_sellsy.values.reference import Reference, Side

CHUNK = 10
"""Announced together: few enough to be written within the time that a reading stays fresh."""

PROBE = timedelta(minutes=15)
"""As long as it is not known whether the account honours `created`, the second asked for lies so far back: one that
ignores it would show the present second, which may be the one asked for."""


def write(work: Work, pending: Sequence[PairUnit]) -> None:
    waiting = [u for u in pending if u.plan.writes[Side.SELLSY] or u.plan.tick_gate]
    for start in range(0, len(waiting), CHUNK):
        if out_of_time(work):
            for unit in waiting[start:]:
                work.put_off((unit.pair.sellsy, unit.pair.altior), work.now())
            return
        _write_chunk(work, waiting[start : start + CHUNK])


def out_of_time(work: Work) -> bool:
    """A drain writes for about two seconds, so that live looks pass; and for as long as it has read, or a slow Sellsy
    would be read for ever and never written."""
    most = max(timedelta(seconds=work.engine.timing.slice), work.writing - work.started)
    return work.now() - work.writing > most


def _write_chunk(work: Work, chunk: Sequence[PairUnit]) -> None:
    now = work.now()
    fresh = timedelta(seconds=work.engine.timing.read_to_write)
    if any(now - u.snapshots[Side.SELLSY].at > fresh / 2 for u in chunk):
        chunk = _read_again(work, chunk)
        took = work.now() - now
        if took > fresh:
            _write_slowly(work, chunk, fresh, took)
            return
    _announce_and_write(work, chunk, fresh)


def _write_slowly(work: Work, chunk: Sequence[PairUnit], fresh: timedelta, took: timedelta) -> None:
    """Where reading alone takes longer than a reading may be old: each record is read once more by itself, and may be
    written within twice the quicker of the two readings just made (`took`: the one before). So a slow Sellsy is written
    at its own pace, while a process that was suspended during one of them finds that reading too old."""
    for number, unit in enumerate(chunk):
        if number and out_of_time(work):
            for late in chunk[number:]:
                work.put_off((late.pair.sellsy, late.pair.altior), work.now())
            return
        began = work.now()
        alone = _read_again(work, [unit])
        again = work.now() - began
        _announce_and_write(work, alone, max(fresh, 2 * min(took, again)))
        took = again


def _announce_and_write(work: Work, chunk: Sequence[PairUnit], fresh: timedelta) -> None:
    changes, announced = Changes(), {}
    for unit in chunk:
        remember.flush_plan(work, unit, changes)
        sents = unit.plan.writes[Side.SELLSY]
        if sents:
            announced[unit.pair.id] = announcement = Announcement(
                id=new_id(),
                kind=work.binding.kind.name,
                side=Side.SELLSY,
                pair_id=unit.pair.id,
                fields=dict(sents),
                deadline=work.now() + timedelta(seconds=work.engine.timing.call_deadline),
                version=unit.snapshots[Side.SELLSY].version,
            )
            changes.announce.append(announcement)
    if not chunk:
        return
    work.commit(changes)
    work.engine.at("announced")
    for unit in chunk:
        _write_one(work, unit, announced.get(unit.pair.id), fresh)


def _read_again(work: Work, chunk: Sequence[PairUnit]) -> list[PairUnit]:
    """Fresh snapshots, planned anew: what changed meanwhile is not overwritten."""
    observe(work, [u.pair.sellsy for u in chunk])
    kept = []
    for unit in chunk:
        snapshot = work.snapshots.get(unit.pair.sellsy)
        if snapshot is None:
            work.put_off((unit.pair.sellsy, unit.pair.altior), work.now())
            continue
        unit.snapshots[Side.SELLSY] = snapshot
        units.plan(work, unit)
        unit.flushed = unit.plan.discard  # of a reading that lags nothing is remembered
        if unit.plan.discard or unit.plan.look_again is not None:
            work.put_off((unit.pair.sellsy, unit.pair.altior), unit.plan.look_again or work.now())
        if unit.plan.writes[Side.ALTIOR]:
            # It changed under us: Altior's turn comes first, at the next look.
            work.put_off((unit.pair.sellsy, unit.pair.altior), work.now())
        if not unit.plan.discard:
            kept.append(unit)
    return kept


def _write_one(work: Work, unit: PairUnit, ours: Announcement | None, fresh: timedelta) -> None:
    references = (unit.pair.sellsy, unit.pair.altior)
    changes, until = Changes(), unit.snapshots[Side.SELLSY].at + fresh
    if work.now() > until:
        # Too old to be written from, a suspended process included: nothing was sent.
        if ours:
            changes.settle.append(ours.id)
            work.commit(changes)
        work.put_off(references, work.now())
        return
    if ours is not None:
        sents = unit.plan.writes[Side.SELLSY]
        fields = {name: sent.sent for name, sent in sents.items()}
        work.engine.not_after(until)
        try:
            [answer] = work.binding.sellsy.update([Write(unit.snapshots[Side.SELLSY], fields)])
        except ConnectorError as error:
            if isinstance(error, Refused):
                raise
            answer = Written(error=error)
        finally:
            work.engine.not_after(None)
        work.engine.at("written")
        if answer.error is not None:
            to_altior.failed_write(work, unit, ours, answer.error, changes, answer)
            work.commit(changes)
            return
        work.report.writes[Side.SELLSY] += 1
        remember.written(work, unit, Side.SELLSY, sents, answer, changes)
        unit.plan.writes[Side.SELLSY] = {}
        changes.settle.append(ours.id)
        work.engine.at("remembering")
        work.commit(changes)
    if unit.plan.tick_gate:
        tick(work, unit, until)


def tick(work: Work, unit: PairUnit, until: datetime) -> None:
    """SA on what we created (design 7.2): owed on the pair until it is seen at Oui. `until`: as any write, it leaves
    while what it rests on is fresh; a process that was suspended would tick over what a person has set since."""
    work.engine.not_after(until)
    try:
        snapshot = work.binding.sellsy.set_gate(unit.snapshots[Side.SELLSY], True)
    except ConnectorError as error:
        if isinstance(error, Refused):
            raise
        work.put_off_error((unit.pair.sellsy, unit.pair.altior), error)
        return
    finally:
        work.engine.not_after(None)
    work.report.writes[Side.SELLSY] += 1
    changes = Changes()
    remember.unseen(unit, snapshot, {}, changes, work.now())
    unit.snapshots[Side.SELLSY] = snapshot
    unit.pair = pairing.ticked(unit.pair, work.now())
    unit.plan.tick_gate = False
    changes.pairs.append(unit.pair)
    changes.sightings.append(sighted.pair_sighting(work, unit.pair, snapshot))
    changes.journal.append(pairing.ticked_entry(work, unit))
    work.commit(changes)


def create(work: Work, pending: Sequence[NewUnit]) -> None:
    """One at a time: a second reserved, announced, sent, committed; then SA. A create whose answer was lost stops
    the others of its kind until it is settled (sync.recover)."""
    making = pairing.one_per_key(work, [u for u in pending if isinstance(u.admission, Make)], Side.SELLSY)
    behind = next((a.source for a in work.creates if a.side is Side.SELLSY), None)
    for number, unit in enumerate(making):
        if behind is not None or out_of_time(work):
            for other in making[number:]:
                _wait(work, other, behind)
            return
        if not _create_one(work, unit):
            behind = unit.snapshot.reference


def _wait(work: Work, unit: NewUnit, behind: Reference | None) -> None:
    """`behind`: whose create must be settled first; it wakes those that wait for it."""
    # Its own due time keeps it before what was marked since, so that pages stay whole.
    due = min(work.now(), work.looks[unit.snapshot.reference].due)
    if behind is not None:
        due = work.now() + timedelta(seconds=work.engine.timing.create_recovery_gap)
        waits = Changes()
        sighted.of_create(work, unit.snapshot, waits, State.WAITING, "create_open", waits_for=str(behind))
        work.commit(waits)
    work.put_off([unit.snapshot.reference], due)


def _newest(work: Work) -> str:
    """Kept with the announcement: whatever this create makes has a higher id."""
    kind, now = work.binding.kind.name, work.now()
    known = work.engine.newest.get(kind)
    if known is None or now - known[1] >= timedelta(seconds=work.engine.timing.newest_fresh):
        known = work.engine.newest[kind] = (work.binding.sellsy.newest_id(), now)
    return known[0]


def _create_one(work: Work, unit: NewUnit) -> bool:
    """False when the answer was lost."""
    ledger = work.engine.ledger
    kind = work.binding.kind.name
    try:
        after_id = _newest(work)
    except ConnectorError as error:
        if isinstance(error, Refused):
            raise
        work.put_off_error([unit.snapshot.reference], error)
        return True
    now = work.now()
    unknown = "honours_created" not in work.environment.cursors
    second = ledger.reserve_second(kind, now - PROBE if unknown else now, work.lease)
    sents = pairing.sendable(work, unit.snapshot, Side.SELLSY)
    ours = Announcement(
        id=new_id(),
        kind=kind,
        side=Side.SELLSY,
        source=unit.snapshot.reference,
        source_created=unit.snapshot.created,
        volet=unit.volet,
        match_key=unit.snapshot.keys.get("siret", ""),
        roles=unit.admission.roles if isinstance(unit.admission, Make) else frozenset(),
        fields=sents,
        deadline=now + timedelta(seconds=work.engine.timing.call_deadline),
        created=second,
        after_id=after_id,
    )
    work.commit(Changes(announce=[ours]))
    work.engine.at("announced")
    assert isinstance(unit.admission, Make)
    ask = Create(
        key=ours.id,
        fields={name: sent.sent for name, sent in sents.items()},
        roles=unit.admission.roles,
        stamp=unit.snapshot.reference,
        created=second,
        parents=unit.admission.parents,
    )
    # Once the announcement is old, another drainer may settle it as «none»: nothing is sent so late.
    work.engine.not_after(now + timedelta(seconds=work.engine.timing.read_to_write))
    try:
        [answer] = work.binding.sellsy.create([ask])
    except ConnectorError as error:
        if isinstance(error, Refused):
            raise
        answer = Written(error=error)
    finally:
        work.engine.not_after(None)
    work.engine.at("written")
    changes = Changes()
    if answer.error is not None or answer.snapshot is None:
        to_altior.failed_create(work, unit, ours, answer.error, changes)
        work.commit(changes)
        return ours.id in changes.settle
    work.report.writes[Side.SELLSY] += 1
    made = pairing.made(work, unit.snapshot, answer, ours, changes)
    if unknown:
        changes.cursors["honours_created"] = pairing.shows_second(answer.snapshot, second)
    work.engine.at("remembering")
    work.commit(changes)
    made.plan.tick_gate = made.plan.stamp = True
    work.pair_units.append(made)
    tick(work, made, made.snapshots[Side.SELLSY].at + timedelta(seconds=work.engine.timing.read_to_write))
    return True
