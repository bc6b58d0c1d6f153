"""One pass: observe, plan, announce, apply, remember; then clear the looks that are done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from altior_sellsy.kinds.admission import AWAITED, REACHED, Ask, Exclude, Later, Make, Wait
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Decision, Environment, EnvironmentStatus, JournalEntry, Look, State
from altior_sellsy.ledger.port import Changes, Lease
from altior_sellsy.sync import (
    admitting,
    breakers,
    bring,
    gone,
    parting,
    recover,
    remember,
    sighted,
    to_altior,
    to_sellsy,
    units,
)
from altior_sellsy.sync.engine import Binding, DrainReport, Engine
from altior_sellsy.sync.work import NewUnit, PairUnit, Work, read
from altior_sellsy.values.reference import Reference, Side

ASKED = (
    "siret_ambiguous",
    "siret_taken",
    "siret_exists",
    "siret_hidden",
    "stamp_unknown",
    "stamp_taken",
    "plan_changed",
)
"""What a tiers may be asked about in each of its volets."""


def run(
    engine: Engine,
    lease: Lease,
    binding: Binding,
    environment: Environment,
    looks: Sequence[Look],
    report: DrainReport,
) -> None:
    work = read(engine, lease, binding, environment, looks, report)
    gone.shown_again(work)
    parting.unlink(work)
    breakers.other_records(engine.ledger, engine.timing, [*work.snapshots.values()], work.pairs, environment)
    units.plan_pairs(work)
    recover.creates(work)
    recover.safe_creates(work)
    admitting.admit_new(work)
    recover.keep_looking(work)
    bring.parents(work, _wanted(work))
    breakers.rewrites(work)
    _remember_links(work)
    work.writing = work.now()
    to_altior.write(work, work.pair_units)
    to_altior.create(work, work.new_units)
    to_sellsy.write(work, work.pair_units)
    to_sellsy.create(work, work.new_units)
    if environment.status is not EnvironmentStatus.INITIALISING:
        # Else its first look does it, a hundred at a time: it is owed on the pair.
        to_altior.write(work, [u for u in work.pair_units if u.new and u.plan.stamp])
    gone.look_after(work)
    finish(work)


def _wanted(work: Work) -> dict[Reference, str]:
    """Parents that may not wait for people, and what asked for them."""
    waits = [unit.admission for unit in work.new_units if isinstance(unit.admission, Wait)]
    return {wait.reference: wait.bring for wait in waits if wait.bring}


def _remember_links(work: Work) -> None:
    """A link is committed before anything is written because of it, waiters woken in the same transaction."""
    changes = Changes()
    for unit in work.pair_units:
        if not unit.new or unit.flushed:
            continue
        remember.flush_plan(work, unit, changes)
        changes.wake.extend((str(unit.pair.sellsy), str(unit.pair.altior)))
        changes.mark.extend(
            remember.look(reference, kind, "woken", work.now())
            for kind, reference in work.binding.wakes(unit.pair, unit.snapshots)
        )
        changes.close_cards.extend(((unit.pair.sellsy, None, None), (unit.pair.altior, None, None)))
        changes.drop_decisions.extend(
            (r, verb) for r in (unit.pair.sellsy, unit.pair.altior) for verb in ("link", "create", "undecided", AWAITED)
        )
        changes.journal.append(_linked(work, unit))
    if changes.pairs:
        work.commit(changes)


_LINKS = {
    "siret": "Rapprochement sur le SIRET",
    "email": "Rapprochement sur l'e-mail",
    "stamp": "Référence Sellsy portée par la fiche Altior",
    "person": "Lien décidé par une personne",
}


def _linked(work: Work, unit: PairUnit) -> JournalEntry:
    return JournalEntry(
        at=work.now(),
        kind=unit.pair.kind,
        action="linked",
        side=None,
        reference=unit.pair.sellsy,
        counterpart=unit.pair.altior,
        cause=_LINKS.get(unit.pair.made_by, unit.pair.made_by),
    )


def finish(work: Work) -> None:
    changes = Changes()
    for unit in work.pair_units:
        if not unit.flushed:
            remember.flush_plan(work, unit, changes)
    # Of a tiers' two volets the one that waits, or asks, is its standing.
    asking = {new.snapshot.reference for new in work.new_units if not isinstance(new.admission, Exclude)}
    for new in work.new_units:
        if not isinstance(new.admission, Exclude) or new.snapshot.reference not in asking:
            _standing(work, new, changes)
    resting = [new for new in work.new_units if isinstance(new.admission, Ask) and new.admission.siret]
    met = [one for new in resting for one in new.met]
    work.recall(one.reference for one in met)
    # Nobody else would say that the search has caught up.
    late = [new.snapshot.reference for new in resting if any(sighted.is_older(work, one) for one in new.met)]
    work.put_off(late, work.now() + timedelta(seconds=work.engine.timing.stale_after_write))
    otherwise = [*sighted.met_otherwise(work, met)]
    changes.sightings.extend(otherwise)
    left = (seen.keys.get("siret", "") for one in otherwise if (seen := work.sightings[one.reference]).keys != one.keys)
    changes.wake.extend(sighted.siret_key(siret) for siret in left if siret)
    if work.binding.kind.bears_siret:
        # Of a tiers' volets only one standing is kept: what the other one asked is closed here. What is asked again
        # stays.
        tiers = sorted(one for one in work.said if one.side is Side.ALTIOR)
        changes.close_cards.extend((reference, code, None) for reference in tiers for code in ASKED)
        changes.close_cards.extend((reference, "failed", None) for reference in tiers if reference not in work.failed)
    if work.rewritten:
        changes.cursors[breakers.rewritten_cursor(work.binding.kind.name)] = work.rewritten
    now = work.now()
    for reference, look in work.looks.items():
        later = work.later.get(reference)
        if look.failing_since and (later is None or not later.fault):
            changes.close_cards.append((reference, "fault", None))
        if later is None:
            changes.done.append(look)
            work.report.done += 1
            continue
        attempts = look.attempts + 1 if later.fault else look.attempts
        since = (look.failing_since or now) if later.fault else None
        changes.postpone.append(replace(look, due=later.due, attempts=attempts, failing_since=since))
        if since and now - since > timedelta(seconds=work.engine.timing.fault_card_after):
            sighting = work.sightings.get(reference)
            label = sighting.label if sighting else str(reference)
            changes.cards.append(remember.card(reference, "fault", label, later.detail, now))
    work.commit(changes, last=True)


def _standing(work: Work, unit: NewUnit, changes: Changes) -> None:
    """Where a record without a pair stands now. Creates have said it themselves."""
    admission, snapshot = unit.admission, unit.snapshot
    before = work.sightings.get(snapshot.reference)
    if snapshot.reference.side is Side.SELLSY and sighted.stands_otherwise(before, snapshot):
        changes.wake.append(str(snapshot.reference))
    if isinstance(admission, Make):
        return
    # Not how it stands since its other volet was refused: that card is new.
    asked = work.code_before(snapshot.reference)
    state, code, detail, waits_for = State.EXCLUDED, "", "", ""
    if isinstance(admission, Exclude):
        code, detail = admission.code, admission.detail
    elif isinstance(admission, Ask):
        state, code, detail = State.HELD, admission.code, admission.detail
        waits_for = str(admission.about or "") or sighted.siret_key(admission.siret)
        changes.cards.append(
            remember.card(snapshot.reference, code, snapshot.label, detail, work.now(), dict(admission.data))
        )
    elif isinstance(admission, Wait):
        state, code, detail = State.WAITING, admission.code, admission.detail
        waits_for = str(admission.reference)
        if _has_come(work, admission):
            if admission.code == "link_decided":
                _link_is_lost(work, snapshot, admission, changes)
            # It came between our reading and this commit: nobody else would wake us.
            changes.mark.append(remember.look(snapshot.reference, work.binding.kind.name, "woken", work.now()))
    elif isinstance(admission, Later):
        state, code, detail = State.WAITING, admission.code, admission.detail
        work.put_off([snapshot.reference], admission.until)
        if not any(d.verb == REACHED for d in work.decisions.get(snapshot.reference, ())):
            note = Decision(snapshot.reference, REACHED, who="Connecteur", at=snapshot.at)
            changes.decisions.append(note)
    if isinstance(admission, Exclude):
        changes.drop_decisions.append((snapshot.reference, REACHED))
    if asked and asked != code:
        changes.close_cards.append((snapshot.reference, asked, None))
    volet = unit.volet
    changes.sightings.append(
        sighted.sighting(work, snapshot, state, code, detail=detail, waits_for=waits_for, volet=volet)
    )


def _has_come(work: Work, wait: Wait) -> bool:
    """Is what it waits for there by now? Paired is not enough where SA is to be set, too (archived, not shown for the
    moment, a call that failed): asked at once it would only wait again, without end."""
    ledger = work.engine.ledger
    if not sighted.there(ledger, [wait.reference]):
        return False
    seen = ledger.sightings([wait.reference]).get(wait.reference) if wait.bring else None
    return seen is None or seen.gate is True


def _link_is_lost(work: Work, snapshot: Snapshot, wait: Wait, changes: Changes) -> None:
    """The record that a person wanted linked to this one has been linked or created otherwise meanwhile."""
    changes.drop_decisions.extend(((snapshot.reference, AWAITED), (wait.reference, "link")))
    changes.cards.append(
        remember.card(snapshot.reference, "link_impossible", snapshot.label, str(wait.reference), work.now())
    )
