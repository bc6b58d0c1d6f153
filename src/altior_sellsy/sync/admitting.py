"""How records without a pair come to one: made, linked, waiting, asked about, or left out."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from altior_sellsy.errors import ConnectorError, Refused
from altior_sellsy.frozen import replace
from altior_sellsy.kinds.admission import Admission, Ask, Candidate, Exclude, Link, Make, Search, Situation, is_meant
from altior_sellsy.kinds.comparing import ARCHIVED
from altior_sellsy.kinds.port import RECORD, Snapshot, Written
from altior_sellsy.ledger.model import Announcement, Fields, Pair, Sighting, State
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync import beside, pairing, searching, units
from altior_sellsy.sync.approved import Approved
from altior_sellsy.sync.plan import Plan
from altior_sellsy.sync.sighted import make_sighting, there
from altior_sellsy.sync.work import NewUnit, PairUnit, Work, new_id
from altior_sellsy.values.reference import SIDES, Reference, Side, Volet, of_sellsy


def admit_new(work: Work) -> None:
    """Records looked at that have no pair in one of their volets."""
    paired = {(p.sellsy, Volet.NONE) for p in work.pairs} | {(p.altior, p.volet) for p in work.pairs}
    asking: list[tuple[Snapshot, Volet]] = []
    approved = Approved.of(work)
    for reference in sorted(work.looks):
        snapshot = work.snapshots.get(reference)
        if snapshot is None or reference in work.later:
            continue
        if RECORD in snapshot.problems:
            if not any(reference in (p.sellsy, p.altior) for p in work.pairs):
                work.new_units.append(NewUnit(snapshot, Volet.NONE, Ask("unreadable", reference.side.label)))
            continue
        for volet in work.binding.volets(snapshot):
            key = (reference, volet if reference.side is Side.ALTIOR else Volet.NONE)
            if key not in paired and not approved.waits(work, snapshot, volet):
                asking.append((snapshot, volet))
    parents = _parents(work, {parent for snapshot, _ in asking for parent in snapshot.parents})
    gone = _gone_stamps(work, [snapshot for snapshot, _ in asking])
    # In this one the reference may adopt what it names: it was hidden, and a person makes them one again.
    elsewhere = {
        volet: frozenset[str]().union(*(gone[other] for other in gone if other is not volet)) for volet in gone
    }
    told = [(snapshot, volet, _situation(work, snapshot, parents, elsewhere[volet])) for snapshot, volet in asking]
    _admit(work, told, approved)
    # Put off later in this pass, for its other side is not shown or a write failed, it has been judged all the same.
    work.said = (work.looks.keys() & work.snapshots.keys()) - work.later.keys()


@dataclass(frozen=True, slots=True)
class _Parents:
    """Of all records of a pass, read at once. `pairs`: parent → its other side, for those that are paired."""

    pairs: Mapping[Reference, Reference]
    sightings: Mapping[Reference, Sighting]


def _parents(work: Work, references: Collection[Reference]) -> _Parents:
    if not references:
        return _Parents({}, {})
    ledger = work.engine.ledger
    # A tiers may have two pairs: the sales side speaks for it.
    # What is deleted or hidden, or another one by now, is nothing to make others beside: they wait until it is there.
    pairs = sorted(there(ledger, references), key=lambda p: p.volet is Volet.VENTE)
    other = {p.reference(side): p.reference(side.other) for p in pairs for side in SIDES}
    return _Parents(other, ledger.sightings(references))


def _gone_stamps(work: Work, shown: Sequence[Snapshot]) -> Mapping[Volet, frozenset[str]]:
    """Volet → references that tiers still bear of what was linked to them there, and is gone: a card has said so."""
    named = {r for s in shown if s.reference.side is Side.ALTIOR for text in s.stamps if (r := of_sellsy(text))}
    stones = [one for one in work.engine.ledger.tombstones(named) if one.reason == "gone"] if named else []
    return {volet: frozenset(str(one.reference) for one in stones if one.volet is volet) for volet in Volet}


def _situation(work: Work, snapshot: Snapshot, parents: _Parents, known: frozenset[str]) -> Situation:
    reference = snapshot.reference
    return Situation(
        settings=work.environment.settings,
        activated_at=work.environment.activated_at,
        sighting=make_sighting(
            snapshot,
            work.binding.kind.name,
            work.sightings.get(reference),
            State.WAITING,
            activated_at=work.environment.activated_at,
        ),
        tombstones=work.tombstones.get(reference, ()),
        decisions=work.decisions.get(reference, ()),
        known_stamps=known | {str(p.sellsy) for p in work.pairs if p.altior == reference},
        parents={p: parents.pairs[p] for p in snapshot.parents if p in parents.pairs},
        parent_sightings={p: parents.sightings[p] for p in snapshot.parents if p in parents.sightings},
    )


def _admit(work: Work, asking: list[tuple[Snapshot, Volet, Situation]], approved: Approved) -> None:
    binding = work.binding
    being_created = {a.source for a in work.creates if a.source is not None}
    first = [(s, v, situation, _first_admission(work, s, v, situation)) for s, v, situation in asking]
    found, failed = searching.search(work, [(s, a) for s, _, _, a in first if isinstance(a, Search) and not a.own])
    candidates = [c for hits in found.values() for c in hits]
    pairs = list(work.engine.ledger.pairs({c.reference for c in candidates}))
    work.recall(c.reference for c in candidates)
    being_created |= _undecided(work, candidates)
    taken: set[tuple[Reference, Volet]] = set()
    for snapshot, volet, situation, admission in first:
        while isinstance(admission, Search):
            if admission.own:
                try:
                    situation = replace(situation, twins=searching.twins(work, snapshot, admission))
                except Refused:
                    raise
                except ConnectorError as error:
                    work.put_off_error([snapshot.reference], error)
                    break
                admission = binding.admit(snapshot, volet, situation)
                continue
            wanted = (snapshot.reference.side.other, admission.key, admission.value)
            if wanted not in found and wanted not in failed:
                more, errors = searching.search(work, [(snapshot, admission)])
                found, failed = found | more, failed | errors
                pairs += work.engine.ledger.pairs({c.reference for c in found.get(wanted, ())})
                work.recall(c.reference for c in found.get(wanted, ()))
            if wanted in failed:
                work.put_off_error([snapshot.reference], failed[wanted])
                break
            hits = found[wanted]
            nobodys = being_created | _parted(work, hits, volet) if admission.key != "reference" else being_created
            situation = _with_candidates(snapshot, situation, admission, hits, pairs, volet, nobodys)
            admission = binding.admit(snapshot, volet, situation)
        if isinstance(admission, Search):
            continue
        admission = approved.judge(snapshot, volet, situation, admission)
        if isinstance(admission, Link) and _may_be_anothers(work, snapshot, admission):
            due = work.now() + timedelta(seconds=work.engine.timing.backoff_first)
            work.put_off([snapshot.reference], due)
            continue
        if isinstance(admission, Link) and (over := _creates_first(work, snapshot, admission, volet)) is not None:
            work.put_off([snapshot.reference], over)
            continue
        if isinstance(admission, Link) and _is_of_its_other_volet(work, snapshot, admission, volet, asking):
            # Linked there, nobody wants it linked any more: this volet goes on by itself.
            work.put_off([snapshot.reference], work.now() + timedelta(seconds=work.engine.timing.backoff_first))
            continue
        if isinstance(admission, Link):
            both = (snapshot.reference, admission.other.reference)
            # A tiers has a pair in each volet, a Sellsy record one.
            keys = {(one, volet) for one in both} | {(one, Volet.NONE) for one in both if one.side is Side.SELLSY}
            if keys & taken:
                # Another record of this pass has just taken it: look again, it is paired then.
                work.put_off([snapshot.reference], work.now())
                continue
            taken |= keys
            _link(work, snapshot, admission, volet)
            continue
        if not isinstance(admission, Make) and (ours := work.own_create(snapshot.reference, volet)) is not None:
            # It no longer descends: what its unanswered create made is found, and what was sent, once the call is over.
            work.put_off([snapshot.reference], ours.deadline)
        met = [c.snapshot for c in situation.candidates or ()] + [*(situation.twins or ())]
        work.new_units.append(NewUnit(snapshot, volet, admission, met))
    _after_edits(work)
    beside.nothing_is_made(work)
    # What another record of this pass has taken meanwhile is paired at the next look.
    for unit in [u for u in work.new_units if (u.snapshot.reference, u.volet) in taken]:
        work.new_units.remove(unit)
        work.put_off([unit.snapshot.reference], work.now())


def _after_edits(work: Work) -> None:
    """Nothing is made that bears the SIRET which this very pass gives a linked record: the next search shows it."""
    given = {
        (side, volet, str(sent.sent))
        for unit in work.pair_units
        for side in SIDES
        if (sent := unit.plan.writes[side].get("siret")) is not None
        for volet in ({unit.pair.volet} if side is Side.SELLSY else Volet)
    }
    for unit in [u for u in work.new_units if given and isinstance(u.admission, Make)]:
        target, key = unit.snapshot.reference.side.other, unit.snapshot.keys.get("siret", "")
        said = any(one.verb == "create" for one in work.decisions.get(unit.snapshot.reference, ()))
        if (target, unit.volet, key) in given and not said:
            work.new_units.remove(unit)
            work.put_off([unit.snapshot.reference], work.now())


def _is_of_its_other_volet(
    work: Work,
    snapshot: Snapshot,
    link: Link,
    volet: Volet,
    asking: Sequence[tuple[Snapshot, Volet, Situation]],
) -> bool:
    """A person links a tiers that serves both to one Sellsy record: in that one's volet, if it asks in this pass."""
    if snapshot.reference.side is Side.SELLSY or volet in (theirs := work.binding.volets(link.other)):
        return False
    return any(shown.reference == snapshot.reference and asked in theirs for shown, asked, _ in asking)


def _may_be_anothers(work: Work, snapshot: Snapshot, link: Link) -> bool:
    """The Sellsy record found by this key may be what another record's unanswered create has just made."""
    key = snapshot.keys.get("siret")
    return link.made_by == "siret" and any(
        a.side is Side.SELLSY and a.match_key == key and a.source != snapshot.reference for a in work.creates
    )


def _creates_first(work: Work, snapshot: Snapshot, link: Link, volet: Volet) -> datetime | None:
    """When to ask again whether they may be linked: what an unanswered create in Altior has made is told first.

    The tiers is what another record's create has made: linked elsewhere and without its reference, it would be made a
    second time while that one may still be repeated. Or the record has an open create of its own: what that made bears
    its reference, which no second tiers can bear."""
    sides = {one.reference.side: one for one in (snapshot, link.other)}
    sellsy, altior = sides[Side.SELLSY], sides[Side.ALTIOR]
    own = next((a for a in work.creates if a.side is Side.ALTIOR and a.source == sellsy.reference), None)
    if own is not None and str(sellsy.reference) not in altior.stamps:
        return max(own.deadline, work.now() + timedelta(seconds=work.engine.timing.backoff_first))
    return max(
        (
            a.deadline
            for a in work.creates
            if a.side is Side.ALTIOR
            and a.source != sellsy.reference
            and str(a.source) in altior.stamps
            and work.now() < a.deadline
        ),
        default=None,
    )


def _first_admission(work: Work, snapshot: Snapshot, volet: Volet, situation: Situation) -> Admission:
    """A create in Altior whose answer was lost is repeated under the same reference while its call may still land
    (afterwards `recover` has said what became of it), before anything else is thought of."""
    ours = work.own_create(snapshot.reference, volet)
    admission = work.binding.admit(snapshot, volet, situation)
    if ours is None or isinstance(admission, Exclude | Ask):
        return admission
    return Make(ours.roles, ours.match_key)


def _with_candidates(
    snapshot: Snapshot,
    situation: Situation,
    search: Search,
    hits: Sequence[Snapshot],
    pairs: Sequence[Pair],
    volet: Volet,
    nobodys: Container[Reference] = (),
) -> Situation:
    """`nobodys`: records that a key alone does not take: their own create on the other side is still unanswered, or a
    person has parted them from what they were linked to."""
    if search.key == "stamp":
        taken = {p.sellsy for p in pairs}
        adopted = hits[0] if hits else None
        return replace(
            situation,
            adopted=adopted,
            adopted_paired=adopted is not None and adopted.reference in taken,
            stamp_searched=True,
        )
    paired = {(p.sellsy, Volet.NONE) for p in pairs} | {(p.altior, p.volet) for p in pairs}
    explained = {str(p.sellsy) for p in pairs} | {str(snapshot.reference)}
    return replace(
        situation,
        candidates=tuple(
            Candidate(
                snapshot=hit,
                paired=(hit.reference, volet if hit.reference.side is Side.ALTIOR else Volet.NONE) in paired,
                claimed=hit.reference in nobodys
                or any(stamp not in explained and of_sellsy(stamp) for stamp in hit.stamps),
            )
            for hit in hits
        ),
    )


def _undecided(work: Work, candidates: Sequence[Snapshot]) -> set[Reference]:
    """Nobody knows yet which record their lost create has made: linked elsewhere, that one would be left double."""
    shown = {one.reference: one for one in candidates}
    said = work.engine.ledger.decisions(list(shown)) if shown else ()
    return {one.reference for one in said if one.verb == "undecided" and is_meant(one, shown[one.reference])}


def _parted(work: Work, hits: Sequence[Snapshot], volet: Volet) -> set[Reference]:
    stones = work.engine.ledger.tombstones([hit.reference for hit in hits]) if hits else ()
    return {stone.reference for stone in stones if stone.volet in (volet, Volet.NONE)}


def _found_again(work: Work, ours: Announcement, sellsy: Snapshot, altior: Snapshot) -> None:
    changes = Changes()
    unit = pairing.made(work, sellsy, Written(snapshot=altior, created=False, shown=altior.fields), ours, changes)
    work.commit(changes)
    work.creates.remove(ours)
    units.plan(work, unit)
    unit.flushed = unit.new = False
    work.pair_units.append(unit)


def _link(work: Work, snapshot: Snapshot, link: Link, volet: Volet) -> None:
    sides = {snapshot.reference.side: snapshot, link.other.reference.side: link.other}
    sellsy = sides[Side.SELLSY]
    altior = sides[Side.ALTIOR] = work.binding.rebind(sides[Side.ALTIOR], sellsy)
    ours = work.own_create(sellsy.reference, volet)
    if ours is not None:
        # Our own create, whose answer was lost, is found by its stamp: what was sent is known, nothing is compared.
        _found_again(work, ours, sellsy, altior)
        return
    pair = Pair(
        id=new_id(),
        kind=work.binding.kind.name,
        sellsy=sellsy.reference,
        altior=altior.reference,
        volet=volet,
        sellsy_created=sellsy.created,
        owed={} if str(sellsy.reference) in altior.stamps else {"stamp": True},
        seen={"altior_created": altior.created},
        gate_seen=sellsy.gate is True,
        made_by=link.made_by,
        half_sellsy=_archived(sellsy, altior),
        half_altior=_archived(altior, sellsy),
    )
    unit = PairUnit(pair, sides, Plan(), new=True)
    units.plan(work, unit)
    work.pair_units.append(unit)


def _archived(own: Snapshot, other: Snapshot) -> Fields:
    """An archived record that is adopted (an initialisation was undone, and is made again) says nothing of the other
    one, a record that is archived later does: each starts from what it shows."""
    name = ARCHIVED.name
    return {name: own.fields[name]} if name in own.fields and name in other.fields else {}
