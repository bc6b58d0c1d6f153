"""Creates in Sellsy whose answer was lost: found again by their reserved second and content, or settled as «none».

«None» counts only when list and search both say so, at least 120 s after the call's deadline, twice (design 3).
Several, or unsure: a card, and a person decides.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from altior_sellsy.errors import ConnectorError, Refused
from altior_sellsy.kinds.admission import Make
from altior_sellsy.kinds.field import Tells
from altior_sellsy.kinds.port import Snapshot, Written
from altior_sellsy.ledger.model import Announcement
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync import gone, pairing, remember, sighted
from altior_sellsy.sync.fields import is_empty
from altior_sellsy.sync.work import Work, observe
from altior_sellsy.values.reference import Side


def creates(work: Work) -> None:
    """Settles what can be settled; what stays open stays in `work.creates` and blocks creates of this kind. Looking
    costs some calls: until the end of its wait, only a look of its own asks for it."""
    for ours in [a for a in work.creates if a.side is Side.SELLSY]:
        if ours.source not in work.looks and work.now() < _earliest(work, ours):
            continue
        if _settle(work, ours) and ours.source is not None:
            work.creates.remove(ours)
            # Whatever came of it, this pass read the ledger before: the source is looked at again.
            work.put_off([ours.source], work.now())


def safe_creates(work: Work) -> None:
    """Creates in Altior whose call can no longer land: what they made bears its stamp; else they made nothing, and the
    record is admitted like any other, for a person may have made its twin meanwhile."""
    over = {
        str(a.source): a
        for a in work.creates
        if a.side is Side.ALTIOR and a.source in work.snapshots and work.now() >= a.deadline
    }
    if not over:
        return
    try:
        shown = work.binding.altior.find("stamp", sorted(over))
    except Refused:
        raise
    except ConnectorError as error:
        work.put_off_error([a.source for a in over.values() if a.source is not None], error)
        return
    for stamp, ours in over.items():
        assert ours.source is not None
        work.creates.remove(ours)
        made = next((s for s in shown if stamp in s.stamps), None)
        changes = Changes(settle=[ours.id], wake=_behind(ours))
        free = not work.engine.ledger.pairs([ours.source])
        held = work.engine.ledger.pairs([made.reference]) if made is not None else []
        if made is not None and free and gone.displace(work, made, ours.volet, held, changes):
            answer = Written(snapshot=made, created=False, shown=made.fields)
            unit = pairing.made(work, work.snapshots[ours.source], answer, ours, changes)
            # Also to this pass, which may look at what was made: it is linked, and asks nothing.
            work.pairs.append(unit.pair)
            work.put_off([ours.source], work.now())
        work.commit(changes)


def keep_looking(work: Work) -> None:
    """At what an open create in Altior was made of, whatever it has become meanwhile, unless this pass repeats it."""
    repeated = {(u.snapshot.reference, u.volet) for u in work.new_units if isinstance(u.admission, Make)}
    for ours in work.creates:
        if ours.side is not Side.ALTIOR or ours.source is None or (ours.source, ours.volet) in repeated:
            continue
        if work.now() < ours.deadline:
            work.put_off([ours.source], ours.deadline)


def _settle(work: Work, ours: Announcement) -> bool:
    now, timing = work.now(), work.engine.timing
    assert ours.source is not None
    if now < ours.deadline:
        work.put_off([ours.source], ours.deadline)
        return False
    found, sure = _found(work, ours)
    if found and not sure and now < (settled_at := ours.deadline + timedelta(seconds=timing.create_recovery)):
        work.put_off([ours.source], settled_at)  # ours may still arrive
        return False
    if len(found) == 1 and sure:
        source = _source(work, ours)
        if source is None:
            return True
        if _is_another(ours, source) or any(
            pair.volet is ours.volet for pair in work.engine.ledger.pairs([ours.source])
        ):
            # A person has linked it to another record meanwhile: her word stands, the one that was made is shown. So
            # it is where the source is gone and its id another record's.
            beside = remember.card(found[0].reference, "made_beside", found[0].label, "", now)
            work.commit(Changes(settle=[ours.id], cards=[beside], wake=[str(ours.source)]))
            return True
        answer = Written(snapshot=found[0], created=False, shown=found[0].fields)
        work.recall([found[0].reference])
        changes = Changes()
        # A firm's record that somebody entered by hand in that very second has its SIRET, too, and nothing else of what
        # we sent: what it lacks was not emptied by anybody.
        told = Tells.RECORD in _told_by(work, ours, found[0])
        unit = pairing.made(work, source, answer, ours, changes, by_ours=told)
        work.commit(changes)
        unit.plan.tick_gate, unit.plan.stamp = "gate" in unit.pair.owed, True
        work.pair_units.append(unit)
        work.put_off([unit.pair.sellsy], now)
        return True
    if found:
        source = _source(work, ours)
        changes = Changes(settle=[ours.id], wake=[str(ours.source)])
        if source is not None and not _is_another(ours, source):
            names = ", ".join(str(s.reference) for s in found)
            data = {"candidates": [str(s.reference) for s in found]}
            changes.cards.append(remember.card(ours.source, "create_unsure", source.label, names, now, data))
            changes.decisions.append(pairing.undecided(ours, now))
        work.commit(changes)
        return True
    return _none(work, ours, timing.create_recovery_gap)


def _earliest(work: Work, ours: Announcement) -> datetime:
    """When «none» may count."""
    timing = work.engine.timing
    earliest = ours.deadline + timedelta(seconds=timing.create_recovery)
    if ours.checked_at is not None:
        earliest = max(earliest, ours.checked_at + timedelta(seconds=timing.create_recovery_gap))
    return earliest


def _none(work: Work, ours: Announcement, gap: float) -> bool:
    assert ours.source is not None
    now = work.now()
    earliest = _earliest(work, ours)
    if now < earliest:
        work.put_off([ours.source], earliest)
        return False
    if ours.checks == 0:
        work.commit(Changes(announce=[replace(ours, checks=1, checked_at=now)]))
        work.put_off([ours.source], now + timedelta(seconds=gap))
        return False
    again = remember.look(ours.source, ours.kind, "recovered", now)
    work.commit(Changes(settle=[ours.id], mark=[again], wake=[str(ours.source), *_behind(ours)]))
    return True


def _behind(ours: Announcement) -> list[str]:
    """While it is open its SIRET is taken; who rests because of that is looked at again."""
    return [sighted.siret_key(ours.match_key)] if ours.match_key else []


def _found(work: Work, ours: Announcement) -> tuple[list[Snapshot], bool]:
    """Unpaired records of that second with agreeing content, and whether a single one is surely ours.

    An account that ignores `created`, or that has not shown yet whether it does, gives ours another second: there the
    whole content of a record made since has to agree, and a look-alike makes it unsure."""
    assert ours.created is not None
    shown = work.binding.sellsy.created_at(ours.created, ours.after_id)
    paired = {p.sellsy for p in work.engine.ledger.pairs([s.reference for s in shown])}
    unpaired = [s for s in shown if s.reference not in paired]
    free = [s for s in unpaired if _agrees(work, ours, s)]
    of_second = [s for s in unpaired if pairing.shows_second(s, ours.created) and _agrees_in_part(work, ours, s)]
    whole = [s for s in of_second or free if _agrees_whole(work, ours, s)]
    if of_second:
        over = work.now() >= ours.deadline + timedelta(seconds=work.engine.timing.create_recovery)
        if len(whole) == 1:
            return whole, True
        # In part what we sent, and alone so in its second: ours would have shown itself by the end. One that is known
        # by what only ours bears comes before those of its firm.
        telling = [s for s in of_second if Tells.RECORD in _told_by(work, ours, s)]
        best = telling or of_second
        return best, len(best) == 1 and over
    if work.environment.cursors.get("honours_created") is True:
        return [], True
    return free, len(free) == len(whole) == 1


def _agrees(work: Work, ours: Announcement, snapshot: Snapshot) -> bool:
    """Is this what we sent, as the side may have rewritten it? The name decides; the match key must not differ."""
    if ours.match_key and snapshot.keys.get("siret", ours.match_key) != ours.match_key:
        return False
    names = [n for n in ("name", "last_name") if n in ours.fields and not is_empty(ours.fields[n].sent)]
    return any(_arrived(work, ours, snapshot, name) for name in names)


def _agrees_in_part(work: Work, ours: Announcement, snapshot: Snapshot) -> bool:
    """People may have renamed what we made before we were told of it: in our own second any field that we sent, and
    that is there still, tells it, unless many records show the same (a type, an owner)."""
    if ours.match_key and snapshot.keys.get("siret", ours.match_key) != ours.match_key:
        return False
    return bool(_told_by(work, ours, snapshot) - {Tells.NOTHING})


def _told_by(work: Work, ours: Announcement, snapshot: Snapshot) -> set[Tells]:
    sent = (name for name, one in ours.fields.items() if not is_empty(one.sent))
    return {work.binding.kind.field(name).tells for name in sent if _arrived(work, ours, snapshot, name)}


def _agrees_whole(work: Work, ours: Announcement, snapshot: Snapshot) -> bool:
    """Addresses are no part of the POST: they may still be owed."""
    own = [f.name for f in work.binding.kind.fields if f.name in ours.fields and f.name in snapshot.fields]
    compared = [name for name in own if not isinstance(ours.fields[name].sent, dict | list)]
    return all(_arrived(work, ours, snapshot, name) for name in compared)


def _arrived(work: Work, ours: Announcement, snapshot: Snapshot, name: str) -> bool:
    return work.binding.kind.field(name).arrived(snapshot.fields.get(name), ours.fields[name].sent)


def _is_another(ours: Announcement, source: Snapshot) -> bool:
    return bool(ours.source_created and source.created and ours.source_created != source.created)


def _source(work: Work, ours: Announcement) -> Snapshot | None:
    assert ours.source is not None
    if ours.source not in work.snapshots:
        observe(work, [ours.source])
    snapshot = work.snapshots.get(ours.source)
    if snapshot is None:
        # The source itself is gone: nothing can be paired; the record made stays as it is, shown on a card. Back from a
        # backup it would be made a second time.
        now = work.now()
        work.commit(
            Changes(
                settle=[ours.id],
                wake=[str(ours.source)],
                cards=[remember.card(ours.source, "create_unsure", str(ours.source), "", now)],
                decisions=[pairing.undecided(ours, now)],
            )
        )
    return snapshot
