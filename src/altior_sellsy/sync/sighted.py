"""Where a record stands, and who else is concerned when it stands otherwise: sightings, and those that wait or rest
because of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from altior_sellsy.frozen import replace
from altior_sellsy.kinds.port import RECORD, Snapshot
from altior_sellsy.ledger.model import Pair, Sighting, State
from altior_sellsy.ledger.port import Changes, Ledger
from altior_sellsy.sync.breakers import UNLIKE
from altior_sellsy.sync.work import Standing, Work
from altior_sellsy.values.reference import Reference, Side, Volet
from altior_sellsy.values.text import fold

UNSURE = "gone_unsure"
"""Code of a pair one side of which is deleted or hidden, nobody can tell. The cards of its fields stay meanwhile."""
NOT_ITSELF = UNLIKE | {UNSURE}
"""Of such a pair nobody knows what its records are: nothing is made beside it."""


def there(ledger: Ledger, references: Iterable[Reference]) -> list[Pair]:
    """Pairs that bear one of these, to make others beside: neither side is another one, or not shown when it was last
    asked for."""
    pairs = [pair for pair in ledger.pairs(references) if pair.code not in NOT_ITSELF]
    seen = ledger.sightings({r for pair in pairs for r in (pair.sellsy, pair.altior)}) if pairs else {}
    gone = {one.reference for one in seen.values() if one.gone_at is not None}
    return [pair for pair in pairs if not gone & {pair.sellsy, pair.altior}]


def pair_sighting(work: Work, pair: Pair, snapshot: Snapshot) -> Sighting:
    one, before = snapshot.reference, work.sightings.get(snapshot.reference)
    moved = one.side is Side.ALTIOR and (before is None or before.hash != snapshot.hash)
    if moved and one not in work.looks and any(volet is not pair.volet for volet in work.binding.volets(snapshot)):
        # What is kept now hides from every scan that it has another volet: its own look asks about that one.
        work.unsaid.add(one)
    return sighting(work, snapshot, pair.state, pair.code, volet=pair.volet)


def sighting(
    work: Work,
    snapshot: Snapshot,
    state: State,
    code: str = "",
    *,
    detail: str = "",
    waits_for: str = "",
    volet: Volet = Volet.NONE,
) -> Sighting:
    before = work.sightings.get(snapshot.reference)
    made = make_sighting(
        snapshot,
        work.binding.kind.name,
        before,
        state,
        code,
        activated_at=work.environment.activated_at,
        detail=detail,
        waits_for=waits_for,
        volet=volet,
    )
    work.sightings[snapshot.reference] = made
    if before is not None and before.waits_for and not waits_for and made.reference not in work.looks:
        # What it asks about in another volet is known no more: its own look says it again.
        work.unsaid.add(made.reference)
    _rouse(work, made.reference, before, made)
    return made


def of_create(
    work: Work,
    snapshot: Snapshot,
    changes: Changes,
    state: State,
    code: str,
    *,
    detail: str = "",
    waits_for: str = "",
) -> None:
    """Where a record stands whose create waits, or was refused. What it was on a card for before is over, unless it
    still asks in its other volet."""
    one, before = snapshot.reference, work.sightings.get(snapshot.reference)
    if before is not None and before.code and before.code != code and one not in work.asking():
        changes.close_cards.append((one, before.code, None))
    changes.sightings.append(sighting(work, snapshot, state, code, detail=detail, waits_for=waits_for))


def stands_otherwise(before: Sighting | None, shown: Snapshot) -> bool:
    """Have those that wait for this Sellsy record, or ask about it, another reason to be told? SA that was set or taken
    back, no longer archived, shown again: who wants it brought tries anew. One that is unreadable is never the same."""
    if RECORD in shown.problems:
        return False
    return before is None or before.gone_at is not None or before.hash != shown.hash or before.gate != shown.gate


def siret_key(siret: str) -> str:
    """What a record waits for whose SIRET stands on others: they wake it."""
    return siret and f"siret:{siret}"


def goes(work: Work, reference: Reference) -> None:
    """This record is no longer there."""
    _rouse(work, reference, work.sightings.get(reference), None)


def _rouse(work: Work, reference: Reference, before: Sighting | None, now: Sighting | None) -> None:
    """Those that rest because of this record's SIRET are looked at again when it comes, goes or stands otherwise."""

    def standing(one: Sighting | None) -> Standing:
        if one is None:
            return Standing()
        return Standing(siret_key(one.keys.get("siret", "")), one.hash, one.state, one.code)

    work.stood.setdefault(reference, standing(before))
    work.stands[reference] = standing(now)


def met_otherwise(work: Work, met: Iterable[Snapshot]) -> Iterator[Sighting]:
    """Of what another record rests because of: what stood otherwise, when it was met, than it was last looked at
    (archived that very second). Back as it was, it would wake nobody, and no scan would find it moved: the next one
    shall. Not at once: two that rest because of each other would be looked at without end."""
    for snapshot in met:
        seen = work.sightings.get(snapshot.reference)
        # Of one that was found gone since, `gone` has said what is known.
        if seen is not None and seen.hash != snapshot.hash and snapshot.reference not in work.absent:
            # With the SIRET that it was met by: once it no longer bears that one, whoever rests because of it is woken.
            yield replace(seen, hash="", keys=seen.keys if is_older(work, snapshot) else snapshot.keys)


def is_older(work: Work, met: Snapshot) -> bool:
    """A search that is late shows a SIRET which the record no longer bore when it was last looked at. By the one that
    it bears now it is known, or another one would be made beside it."""
    seen = work.sightings.get(met.reference)
    moved = seen is not None and seen.keys != met.keys
    return moved and bool(seen and seen.at and met.modified and met.modified <= seen.at)


def make_sighting(
    snapshot: Snapshot,
    kind: str,
    before: Sighting | None,
    state: State,
    code: str = "",
    *,
    activated_at: datetime | None,
    detail: str = "",
    waits_for: str = "",
    volet: Volet = Volet.NONE,
) -> Sighting:
    """`released` (R4): SA was seen at not-Oui, and is seen at Oui now, after the activation instant."""
    turned_on = before is not None and before.gate is not True and snapshot.gate is True
    created = None
    try:
        created = datetime.fromisoformat(snapshot.created)
    except ValueError:
        created = None
    return Sighting(
        reference=snapshot.reference,
        kind=kind,
        label=snapshot.label,
        folded=fold(snapshot.label),
        keys=snapshot.keys,
        hash=snapshot.hash,
        gate=snapshot.gate,
        state=state,
        code=code,
        detail=detail,
        waits_for=waits_for,
        volet=volet,
        gate_seen=snapshot.gate is True or bool(before and before.gate_seen),
        released=bool(before and before.released)
        or (turned_on and activated_at is not None and snapshot.at >= activated_at),
        created=created,
        at=snapshot.at,
        listed=snapshot.listed,
    )
