"""How a pair begins: what a create may send, what its answer makes of both records."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from altior_sellsy.frozen import replace
from altior_sellsy.kinds.admission import REACHED
from altior_sellsy.kinds.port import Snapshot, Written
from altior_sellsy.ledger.model import Announcement, Decision, JournalEntry, Pair, Sent, State, Value
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync import remember, sighted
from altior_sellsy.sync.fields import is_empty
from altior_sellsy.sync.plan import Plan, held_fields
from altior_sellsy.sync.work import NewUnit, PairUnit, Work, new_id
from altior_sellsy.values.reference import Reference, Side, Volet


def sendable(work: Work, source: Snapshot, target: Side) -> dict[str, Sent]:
    """Fields of a record that go with its creation on `target`: known, not empty, without a problem, and allowed."""
    sents = {}
    kept = held_fields(work.decisions.get(source.reference, ())) | source.problems.keys()
    for spec in work.binding.kind.fields:
        value = source.fields.get(spec.name)
        if value is None or spec.name in kept or not spec.travels_to(target) or is_empty(value):
            continue
        sents[spec.name] = Sent(sent=value, replaced=None, source=value, replaced_known=False)
    return sents


def one_per_key(work: Work, units: Sequence[NewUnit], target: Side) -> list[NewUnit]:
    """Creates that may go now: one per match key and volet, none while another one of that key is open (histories 6).
    The others look again and meet the pair. A tiers serves both volets (R1): in Altior, one per match key, the sales
    side first."""

    def shared(volet: Volet) -> Volet:
        return Volet.NONE if target is Side.ALTIOR else volet

    open_ones = {(shared(a.volet), a.match_key): a for a in work.creates if a.match_key and a.side is target}
    mine: dict[tuple[Volet, str], Reference] = {}
    going, waiting = list[NewUnit](), Changes()
    for unit in sorted(units, key=lambda u: u.volet is Volet.ACHAT):
        reference = unit.snapshot.reference
        if reference.side is target:
            continue
        key = (shared(unit.volet), unit.snapshot.keys.get("siret", ""))
        ours = open_ones.get(key) if key[1] else None
        if ours is not None and ours.source not in (None, reference):
            # Said, or it would be new at each look, and wake who brings it down, who looks at it again.
            sighted.of_create(work, unit.snapshot, waiting, State.WAITING, "create_open")
            work.put_off([reference], work.now() + timedelta(seconds=work.engine.timing.backoff_first))
            if target is Side.ALTIOR and ours.source is not None and _may_be_forgotten(work, ours.source):
                # Deleted, it may be asked for ever more seldom: this one answers, and tells that it is gone.
                waiting.mark.append(remember.look(ours.source, ours.kind, "beside", work.now()))
            continue
        if key[1] and mine.setdefault(key, reference) != reference:
            work.put_off([reference], work.now())
            continue
        going.append(unit)
    if waiting.sightings:
        work.commit(waiting)
    return going


def _may_be_forgotten(work: Work, reference: Reference) -> bool:
    """It was found gone long enough ago. One that is there, and hidden, is asked for more and more seldom."""
    seen = work.engine.ledger.sightings([reference]).get(reference)
    gap = timedelta(seconds=work.engine.timing.gone_gap)
    return seen is not None and seen.gone_at is not None and work.now() >= seen.gone_at + gap


def made(
    work: Work, source: Snapshot, answer: Written, ours: Announcement, changes: Changes, *, by_ours: bool = True
) -> PairUnit:
    """The pair of a create that was answered, or found again. Halves: per field that the answer shows.

    A field that the new record shows otherwise than sent, even allowing for rewriting, is an edit made since: its
    half is what we sent, so that the edit travels. `by_ours`: False when the record was there before this
    announcement, made of we do not know what: such a field is compared as at a first pairing.
    """
    new = answer.snapshot
    assert new is not None
    half_new: dict[str, Value] = {}
    half_source: dict[str, Value] = {}
    for name, sent in ours.fields.items():
        if name in answer.refused or name not in answer.shown:
            continue
        shown = answer.shown[name]
        arrived = answer.created or work.binding.kind.field(name).arrived(shown, sent.sent)
        if not arrived and not by_ours:
            continue
        half_new[name] = shown if arrived else sent.sent
        half_source[name] = sent.source
    # A repeated create carries what was announced first: its source may have been edited since.
    current = all(source.fields.get(name) == sent.source for name, sent in ours.fields.items())
    whole = answer.created and current and not answer.refused
    whole = whole and _agree_on_the_rest(work, source, new, half_source, half_new)
    sides = {source.reference.side: source, new.reference.side: new}
    halves = {source.reference.side: half_source, new.reference.side: half_new}
    sellsy, altior = sides[Side.SELLSY], sides[Side.ALTIOR]
    descended = new.reference.side is Side.ALTIOR
    now = work.now()
    pair = Pair(
        id=new_id(),
        kind=work.binding.kind.name,
        sellsy=sellsy.reference,
        altior=altior.reference,
        volet=ours.volet,
        half_sellsy=halves[Side.SELLSY],
        half_altior=halves[Side.ALTIOR],
        sellsy_created=sellsy.created,
        gate_seen=sellsy.gate is True,
        owed={} if descended else _owed(sellsy, read=not answer.created),
        seen={f"{new.reference.side.value}_written": now.isoformat(), "altior_created": altior.created},
        written={new.reference.side.value: _after_the_create(ours, answer, now)},
        bindings={name: dict(slots) for name, slots in altior.bindings.items()},
        made_by="created_in_altior" if descended else "created_in_sellsy",
        held={
            name: {
                "side": new.reference.side.value,
                "value": ours.fields[name].sent,
                "shown": None,
                "code": problem.code,
                "sentence": problem.sentence,
            }
            for name, problem in answer.refused.items()
            if name in ours.fields
        },
    )
    if pair.held:
        pair = replace(pair, code="held_fields")
    read = replace(new, at=now) if answer.created else new
    unit = PairUnit(pair, {**sides, new.reference.side: read}, Plan(), flushed=True, new=True)
    changes.pairs.append(pair)
    changes.settle.append(ours.id)
    changes.wake.extend((str(pair.sellsy), str(pair.altior)))
    changes.close_cards.extend(((source.reference, None, None), (new.reference, None, None)))
    changes.drop_decisions.extend((source.reference, verb) for verb in ("create", "undecided", REACHED))
    changes.cards.extend(
        remember.field_card(pair.sellsy, name, problem, new.label, now) for name, problem in answer.refused.items()
    )
    changes.sightings.extend(sighted.pair_sighting(work, pair, snapshot) for snapshot in unit.snapshots.values())
    changes.journal.append(
        JournalEntry(
            at=now,
            kind=pair.kind,
            action="created" if answer.created else "adopted",
            side=new.reference.side,
            reference=new.reference,
            counterpart=source.reference,
            cause=f"« {new.label} » créée dans {new.reference.side.label} depuis {source.reference.side.label}",
        )
    )
    changes.mark.extend(
        remember.look(reference, kind, "woken", now) for kind, reference in work.binding.wakes(pair, unit.snapshots)
    )
    if not (descended and whole and work.binding.extend is None):
        # A create sends no blanks and not everything at once, and a kind that plans more than fields has more to say
        # (a deal that is won already): the first look at the pair completes it.
        changes.mark.append(remember.look(pair.sellsy, pair.kind, "created", now))
    return unit


def _after_the_create(ours: Announcement, answer: Written, now: datetime) -> dict[str, Any]:
    """Addresses and links are written by calls of their own: an old reading may show the record without them."""
    if not answer.created:
        return {}
    own = (name for name, sent in ours.fields.items() if isinstance(sent.sent, dict | list) and name in answer.shown)
    return {name: {"at": now.isoformat(), "replaced": None} for name in own}


def _owed(made: Snapshot, *, read: bool) -> dict[str, Any]:
    """A record made in Sellsy is ticked, and its reference stored in Altior. The answer of a create does not show SA: a
    reading does, and whoever sets it otherwise from then on is a person."""
    if made.gate is True:
        return {"stamp": True}
    return {"gate": {"was": made.gate} if read else {}, "stamp": True}


def _agree_on_the_rest(
    work: Work, source: Snapshot, new: Snapshot, half_source: dict[str, Value], half_new: dict[str, Value]
) -> bool:
    """Is every field that the create did not carry empty wherever it is known? Then nothing is left to say of this pair
    now; what becomes known later (a main contact, once it is paired) wakes it."""
    if source.problems or new.problems or held_fields(work.decisions.get(source.reference, ())):
        return False
    here, there = source.fields, new.fields
    for spec in work.binding.kind.fields:
        if (name := spec.name) in half_new:
            continue
        for value in (here.get(name), there.get(name)):
            if value is not None and not is_empty(value):
                return False
        if name in here and name in there:
            half_source[name], half_new[name] = here[name], there[name]
    return True


def paid(pair: Pair, debt: str) -> Pair:
    return replace(pair, owed={name: value for name, value in pair.owed.items() if name != debt})


def standing(pair: Pair, state: State, code: str) -> Pair:
    return replace(pair, state=state, code=code)


def ticked(pair: Pair, now: datetime) -> Pair:
    pair = replace(paid(pair, "gate"), gate_seen=True)
    return replace(pair, seen={**pair.seen, "sellsy_written": now.isoformat()})


def ticked_entry(work: Work, unit: PairUnit) -> JournalEntry:
    return JournalEntry(
        at=work.now(),
        kind=unit.pair.kind,
        action="ticked",
        side=Side.SELLSY,
        reference=unit.pair.sellsy,
        counterpart=unit.pair.altior,
        cause="« Synchronisation Altior » passée à Oui sur la fiche que le connecteur a créée",
    )


def shows_second(snapshot: Snapshot, second: datetime) -> bool:
    """Does this account honour the `created` that we sent? Checked on the first create."""
    try:
        return datetime.fromisoformat(snapshot.created) == second
    except ValueError:
        return False


def undecided(ours: Announcement, now: datetime) -> Decision:
    """Until a person says what became of an unsure create, its source is neither created nor linked; another record, to
    which Altior gives its id after a backup, is not meant."""
    assert ours.source is not None
    data = {"created": ours.source_created} if ours.source_created else {}
    return Decision(reference=ours.source, verb="undecided", who="Connecteur", at=now, data=data)
