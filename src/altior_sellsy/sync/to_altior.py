"""Writing to Altior: announced together, written in bulk, remembered item by item."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from altior_sellsy.errors import ConnectorError, Final, Invalid, NotFound, NotSent, Refused, Stale
from altior_sellsy.frozen import replace
from altior_sellsy.kinds.admission import Make
from altior_sellsy.kinds.comparing import ARCHIVED
from altior_sellsy.kinds.port import Create, Problem, Write, Written
from altior_sellsy.ledger.model import Announcement, JournalEntry, State
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync import gone, pairing, remember, sighted
from altior_sellsy.sync.fields import lag_over
from altior_sellsy.sync.work import PAGE, NewUnit, PairUnit, Work, new_id
from altior_sellsy.values.reference import Side, Volet, of_sellsy

TWICE_BORNE = (
    "La fiche Altior qui porte sa référence est liée à une autre fiche Sellsy (deux tiers fusionnés, par exemple) : "
    "fusionnez aussi les deux fiches dans Sellsy, ou laissez celle-ci de côté (« decide … leave_out »)."
)


def write(work: Work, units: Sequence[PairUnit]) -> None:
    """Fields and stamps of existing records, at most 100 a call."""
    barred = _not_archived(work, units)
    pending = [u for u in units if u.plan.writes[Side.ALTIOR] or u.plan.stamp]
    for start in range(0, len(pending), PAGE):
        _write_page(work, pending[start : start + PAGE], barred)


def _write_page(work: Work, units: Sequence[PairUnit], barred: Mapping[str, Problem]) -> None:
    """`barred`: pairs whose archiving is not sent, but answered as refused."""
    now = work.now()
    changes, announced = Changes(), dict[str, Announcement]()
    for unit in units:
        remember.flush_plan(work, unit, changes)
        sents = dict(unit.plan.writes[Side.ALTIOR])
        if unit.pair.id in barred:
            sents.pop(ARCHIVED.name)
        if sents:
            announced[unit.pair.id] = announcement = Announcement(
                id=new_id(),
                kind=work.binding.kind.name,
                side=Side.ALTIOR,
                pair_id=unit.pair.id,
                fields=sents,
                deadline=now + timedelta(seconds=work.engine.timing.call_deadline),
                version=unit.snapshots[Side.ALTIOR].version,
            )
            changes.announce.append(announcement)
    work.commit(changes)
    work.engine.at("announced")
    writes = [
        Write(
            # Bound anew: what the plan found to have arrived is ours now, and may be taken back.
            snapshot=work.binding.bind(unit.pair, unit.snapshots),
            fields={name: sent.sent for name, sent in ours.fields.items()} if ours else {},
            stamps=frozenset({str(unit.pair.sellsy)}) if unit.plan.stamp else frozenset(),
            unstamps=_stale_stamps(work, unit),
        )
        for unit in units
        for ours in [announced.get(unit.pair.id)]
    ]
    answers = _in_time(work, now, lambda: work.binding.altior.update(writes), len(writes))
    work.engine.at("written")
    changes = Changes()
    for unit, answer in zip(units, answers, strict=True):
        ours = announced.get(unit.pair.id)
        if unit.pair.id in barred:
            answer = replace(answer, refused={**answer.refused, ARCHIVED.name: barred[unit.pair.id]})
        if answer.error is not None:
            failed_write(work, unit, ours, answer.error, changes, answer)
            continue
        work.report.writes[Side.ALTIOR] += int(ours is not None or unit.plan.stamp)
        if unit.plan.stamp:
            unit.pair = pairing.paid(unit.pair, "stamp")
            unit.plan.stamp = False
        remember.written(work, unit, Side.ALTIOR, unit.plan.writes[Side.ALTIOR], answer, changes)
        unit.plan.writes[Side.ALTIOR] = {}
        if ours:
            changes.settle.append(ours.id)
        _tell_its_other_pair(work, unit, changes)
    work.engine.at("remembering")
    work.commit(changes)


def _not_archived(work: Work, units: Sequence[PairUnit]) -> dict[str, Problem]:
    """Pairs of which Altior's record may not be archived. Asked before anything is announced: what is announced has two
    seconds to leave, and Altior may take longer to answer. While it cannot be asked that archiving waits, and nothing
    else does."""
    wanted = [u for u in units if (sent := u.plan.writes[Side.ALTIOR].get(ARCHIVED.name)) and sent.sent is True]
    if not wanted:
        return {}
    try:
        barred = work.binding.not_archived([unit.snapshots[Side.ALTIOR] for unit in wanted])
    except Refused:
        raise
    except ConnectorError as error:
        for unit in wanted:
            del unit.plan.writes[Side.ALTIOR][ARCHIVED.name]
            work.put_off_error((unit.pair.sellsy, unit.pair.altior), error)
        return {}
    return {unit.pair.id: barred[one] for unit in wanted if (one := unit.pair.altior) in barred}


def _stale_stamps(work: Work, unit: PairUnit) -> frozenset[str]:
    """A person has said whose this tiers is: references of Sellsy records that no open pair of it explains any more (of
    a create whose answer was lost, back from a backup) are taken off by the write that adds that one's."""
    if not unit.plan.stamp or unit.pair.made_by != "person":
        return frozenset()
    explained = {str(pair.sellsy) for pair in work.engine.ledger.pairs([unit.pair.altior])}
    things, account = work.binding.sellsy.things, work.environment.account_id
    named = (of_sellsy(stamp) for stamp in unit.snapshots[Side.ALTIOR].stamps - explained)
    return frozenset(str(r) for r in named if r is not None and r.owner == account and r.thing in things)


def _in_time(work: Work, announced: datetime, send: Callable[[], Sequence[Written]], number: int) -> Sequence[Written]:
    """What was announced leaves soon after or not at all: once an announcement is old another drainer settles it, and
    what a process sends that slept meanwhile would land unannounced."""
    work.engine.not_after(announced + timedelta(seconds=work.engine.timing.read_to_write))
    try:
        return send()
    except Refused:
        raise
    except ConnectorError as error:
        return [Written(error=error)] * number
    finally:
        work.engine.not_after(None)


def _tell_its_other_pair(work: Work, unit: PairUnit, changes: Changes) -> None:
    """A tiers that is client and supplier has two pairs: our answer's hash hides this write from the next scan, so the
    other pair is looked at now."""
    if unit.pair.volet is Volet.NONE:
        return
    others = work.engine.ledger.pairs([unit.pair.altior])
    if any(other.id != unit.pair.id for other in others):
        changes.mark.append(remember.look(unit.pair.altior, unit.pair.kind, "shared", work.now()))


def failed_write(
    work: Work,
    unit: PairUnit,
    ours: Announcement | None,
    error: Exception,
    changes: Changes,
    answer: Written | None = None,
) -> None:
    """What an error says of the announcement, the look and the pair. Only an unclear call leaves it open."""
    references = (unit.pair.sellsy, unit.pair.altior)
    if ours is not None and answer is not None and (answer.shown or answer.refused):
        # Part of it was acknowledged before the fault (a PUT that passed, an address that did not).
        remember.written(work, unit, ours.side, ours.fields, answer, changes)
    if isinstance(error, NotSent | Final) and ours is not None:
        changes.settle.append(ours.id)
    if isinstance(error, Stale | NotFound):
        work.put_off(references, work.now() + timedelta(seconds=0.2), fault=True, detail=str(error))
    elif isinstance(error, Invalid | Final):
        if unit.presumed_lost:  # looked at once they are settled, or they would be taken for news a month later
            lost = [one.deadline for one in work.announcements[unit.pair.id] if one.id in unit.presumed_lost]
            work.put_off(references, lag_over(max(lost), work.engine.timing))
        label = next(iter(unit.snapshots.values())).label
        unit.pair = pairing.standing(unit.pair, State.FAILED, "failed")
        changes.pairs.append(unit.pair)
        changes.cards.append(remember.card(unit.pair.sellsy, "failed", label, str(error), work.now()))
        changes.sightings.extend(sighted.pair_sighting(work, unit.pair, s) for s in unit.snapshots.values())
    elif isinstance(error, NotSent):
        work.put_off_error(references, error)
    else:
        due = ours.deadline if ours else work.now() + timedelta(seconds=work.engine.timing.backoff_first)
        work.put_off(references, due, fault=True, detail=str(error))
        if ours is not None:
            _stays_open(work, unit, ours, changes, answer)


def _stays_open(work: Work, unit: PairUnit, ours: Announcement, changes: Changes, answer: Written | None) -> None:
    """While this pass goes on, too: the same field must not be written to the other side, be it planned anew or along
    with this one (a set that gained and lost elements on both). What was acknowledged, or refused, is answered."""
    for name in ours.fields:
        unit.plan.writes[ours.side.other].pop(name, None)
    said = {*answer.shown, *answer.refused} if answer is not None else set[str]()
    fields = {name: sent for name, sent in ours.fields.items() if name not in said}
    if not fields:
        changes.settle.append(ours.id)
        return
    if len(fields) < len(ours.fields):
        ours = replace(ours, fields=fields)
        changes.announce.append(ours)
    work.announcements.setdefault(unit.pair.id, []).append(ours)


def create(work: Work, units: Sequence[NewUnit]) -> None:
    """Safe creates: a lost answer is simply repeated under the same external reference."""
    pending = pairing.one_per_key(work, [u for u in units if isinstance(u.admission, Make)], Side.ALTIOR)
    if pending and any(a.side is Side.SELLSY for a in work.creates):
        # One of these records may be what a lost answer made (histories 6): nothing is created until that is settled.
        due = work.now() + timedelta(seconds=work.engine.timing.backoff_first)
        waiting = Changes()
        for unit in pending:
            sighted.of_create(work, unit.snapshot, waiting, State.WAITING, "create_open")
        work.commit(waiting)
        work.put_off([u.snapshot.reference for u in pending], due)
        return
    for start in range(0, len(pending), PAGE):
        _create_page(work, pending[start : start + PAGE])


def _create_page(work: Work, units: Sequence[NewUnit]) -> None:
    now = work.now()
    changes, announced, repeated = Changes(), [], set[str]()
    for unit in units:
        open_one = work.own_create(unit.snapshot.reference, unit.volet)
        if open_one is not None:
            repeated.add(open_one.id)
        announcement = Announcement(
            id=open_one.id if open_one else new_id(),
            kind=work.binding.kind.name,
            side=Side.ALTIOR,
            source=unit.snapshot.reference,
            source_created=unit.snapshot.created,
            volet=unit.volet,
            match_key=unit.snapshot.keys.get("siret", ""),
            roles=unit.admission.roles if isinstance(unit.admission, Make) else frozenset(),
            fields=open_one.fields if open_one else pairing.sendable(work, unit.snapshot, Side.ALTIOR),
            deadline=now + timedelta(seconds=work.engine.timing.call_deadline),
        )
        announced.append(announcement)
        changes.announce.append(announcement)
    work.commit(changes)
    work.engine.at("announced")
    creates = [
        Create(
            key=ours.id,
            fields={name: sent.sent for name, sent in ours.fields.items()},
            roles=unit.admission.roles if isinstance(unit.admission, Make) else frozenset(),
            stamp=unit.snapshot.reference,
            parents=unit.admission.parents if isinstance(unit.admission, Make) else (),
        )
        for unit, ours in zip(units, announced, strict=True)
    ]
    answers = _in_time(work, now, lambda: work.binding.altior.create(creates), len(creates))
    work.engine.at("written")
    changes = Changes()
    held = work.engine.ledger.pairs([a.snapshot.reference for a in answers if a.snapshot is not None])
    for unit, ours, answer in zip(units, announced, answers, strict=True):
        if answer.error is not None or answer.snapshot is None:
            failed_create(work, unit, ours, answer.error, changes, repeated=ours.id in repeated)
            continue
        work.report.writes[Side.ALTIOR] += int(answer.created)
        if not gone.displace(work, answer.snapshot, ours.volet, held, changes):
            failed_create(work, unit, ours, Final(TWICE_BORNE), changes)
            continue
        pairing.made(work, unit.snapshot, answer, ours, changes, by_ours=answer.created or ours.id in repeated)
    work.engine.at("remembering")
    work.commit(changes)


def failed_create(
    work: Work,
    unit: NewUnit,
    ours: Announcement,
    error: Exception | None,
    changes: Changes,
    *,
    repeated: bool = False,
) -> None:
    """`repeated`: an earlier call of this announcement may have arrived, whatever became of this one."""
    reference, label = unit.snapshot.reference, unit.snapshot.label
    if isinstance(error, Final) or (isinstance(error, NotSent) and not repeated):
        changes.settle.append(ours.id)
    if isinstance(error, Final) and not isinstance(error, Stale):
        work.failed.add(reference)
        # It may be refused because what it belongs to is not there: that is looked at, and wakes it once it is back.
        parent = next(iter(unit.snapshot.parents), None)
        owner = next((b.kind.name for b in work.engine.bindings if parent is not None and b.owns(parent)), "")
        if parent is not None and owner:
            changes.mark.append(remember.look(parent, owner, "refused", work.now()))
        sighted.of_create(
            work, unit.snapshot, changes, State.FAILED, "failed", detail=str(error), waits_for=str(parent or "")
        )
        changes.cards.append(remember.card(reference, "failed", label, str(error), work.now()))
        changes.journal.append(_refusal(work, unit, str(error)))
    elif isinstance(error, NotSent):
        sighted.of_create(work, unit.snapshot, changes, State.WAITING, "create_open")
        work.put_off_error([reference], error)
    else:
        sighted.of_create(work, unit.snapshot, changes, State.WAITING, "create_open")
        work.put_off([reference], ours.deadline, fault=True, detail=str(error))


def _refusal(work: Work, unit: NewUnit, detail: str) -> JournalEntry:
    return JournalEntry(
        at=work.now(),
        kind=work.binding.kind.name,
        action="refused",
        side=unit.snapshot.reference.side.other,
        reference=unit.snapshot.reference,
        cause=detail,
    )
