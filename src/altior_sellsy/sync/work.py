"""One pass over one kind: the looks claimed, what both sides showed, and the units of work that come of it."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import uniform
from typing import NamedTuple

from altior_sellsy.errors import NotSent, Retryable
from altior_sellsy.kinds.admission import Admission, Ask
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Announcement, Decision, Environment, Look, Pair, Sighting, State, Tombstone
from altior_sellsy.ledger.port import Changes, Lease
from altior_sellsy.sync.engine import Binding, DrainReport, Engine
from altior_sellsy.sync.plan import Plan
from altior_sellsy.values.reference import SIDES, Reference, Side, Volet

PAGE = 100
SIGNALS = frozenset({"webhook", "feed"})
"""Reasons of looks that a system's own signal made."""


@dataclass(slots=True)
class PairUnit:
    """A pair with what both sides showed and what is to be done. `flushed`: the plan's own memory is committed.
    `presumed_lost`: announcement → its fields that the plan writes anew while a reading may still hide their arrival:
    they stay open until what takes their place is answered."""

    pair: Pair
    snapshots: dict[Side, Snapshot]
    plan: Plan
    flushed: bool = False
    new: bool = False
    presumed_lost: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(slots=True)
class NewUnit:
    """A record without a pair in this volet, and how it shall come to one (or not)."""

    snapshot: Snapshot
    volet: Volet
    admission: Admission
    met: Sequence[Snapshot] = ()
    """Those that bear its match key, as they stood when it was decided."""


@dataclass(slots=True)
class Later:
    due: datetime
    fault: bool
    """A fault counts as an attempt; a plain wait does not."""
    detail: str = ""


class Standing(NamedTuple):
    """What others rest because of. `siret`: what they wait for, empty for none."""

    siret: str = ""
    hash: str = ""
    state: State | None = None
    code: str = ""


@dataclass(slots=True)
class Work:
    engine: Engine
    lease: Lease
    binding: Binding
    environment: Environment
    report: DrainReport
    started: datetime
    writing: datetime
    """When everything was read and decided, and writing began."""
    looks: dict[Reference, Look]
    pairs: list[Pair] = field(default_factory=list)
    snapshots: dict[Reference, Snapshot] = field(default_factory=dict)
    absent: set[Reference] = field(default_factory=set)
    sightings: dict[Reference, Sighting] = field(default_factory=dict)
    tombstones: dict[Reference, list[Tombstone]] = field(default_factory=dict)
    decisions: dict[Reference, list[Decision]] = field(default_factory=dict)
    announcements: dict[str, list[Announcement]] = field(default_factory=dict)
    creates: list[Announcement] = field(default_factory=list)
    pair_units: list[PairUnit] = field(default_factory=list)
    new_units: list[NewUnit] = field(default_factory=list)
    later: dict[Reference, Later] = field(default_factory=dict)
    stood: dict[Reference, Standing] = field(default_factory=dict)
    stands: dict[Reference, Standing] = field(default_factory=dict)
    """What others rest because of, before this pass and since the last commit: those that wait for what stands
    otherwise are woken with the next commit, which holds the cause. Of a tiers' two volets each says where it stands:
    only what became of both counts, or a tiers that waits for its own SIRET would wake itself without end."""
    unsaid: set[Reference] = field(default_factory=set)
    """Whose standing a look at its pair alone has overwritten: looked at with the next commit."""
    said: set[Reference] = field(default_factory=set)
    """Records looked at of which each volet has been judged: what they asked before counts no more."""
    failed: set[Reference] = field(default_factory=set)
    """Whose create was refused in this pass."""
    rewritten: dict[str, object] = field(default_factory=dict)
    """What the breaker counts: committed with the pass."""
    answers: dict[Reference, bool] = field(default_factory=dict)
    """What was asked for by itself, and whether it is there."""

    # -- shorthands
    def now(self) -> datetime:
        return self.engine.clock.now()

    def commit(self, changes: Changes, *, last: bool = False) -> None:
        """`last`: the pass is over, each record has been said."""
        # Of a tiers that asks in one volet what becomes of the other one says nothing yet: told before it asks again,
        # two of one SIRET would wake each other without end.
        asking = frozenset[Reference]() if last else self.asking()
        moved = [one for one in self.stands if self._moved(one, whole=one not in asking)]
        sirets = {standing.siret for one in moved for standing in (self.stood[one], self.stands[one])}
        changes.wake.extend(sorted(sirets - {""}))
        self.stands.clear()
        now, kind = self.now(), self.binding.kind.name
        changes.mark.extend(Look(one, kind, "woken", now) for one in sorted(self.unsaid))
        self.unsaid.clear()
        self.engine.ledger.commit(changes, self.lease)

    def _moved(self, reference: Reference, *, whole: bool) -> bool:
        was, now = self.stood[reference], self.stands[reference]
        return was != now if whole else (was.siret, was.hash) != (now.siret, now.hash)

    def asking(self) -> frozenset[Reference]:
        """Records that ask in one of their volets."""
        return frozenset(u.snapshot.reference for u in self.new_units if isinstance(u.admission, Ask))

    def code_before(self, reference: Reference) -> str:
        """How it stood before this pass."""
        was = self.stood.get(reference) or self.sightings.get(reference)
        return was.code if was is not None else ""

    def exists(self, reference: Reference) -> bool:
        """A record of any kind, asked for by itself, once in this pass."""
        if reference not in self.answers:
            owner = next(one for one in self.engine.bindings if one.owns(reference))
            self.answers[reference] = owner.system(reference.side).exists(reference)
        return self.answers[reference]

    def own_create(self, source: Reference, volet: Volet) -> Announcement | None:
        """The create in Altior of this record that is still unanswered."""
        mine = (a for a in self.creates if a.side is Side.ALTIOR and (a.source, a.volet) == (source, volet))
        return next(mine, None)

    def recall(self, references: Iterable[Reference]) -> None:
        """What the ledger remembers of records that this pass has met by searching: what is linked goes on from there
        (was it ever seen at Oui?)."""
        met = set(references) - self.sightings.keys()
        if met:
            self.sightings.update(self.engine.ledger.sightings(met))

    def put_off(self, references: Iterable[Reference], due: datetime, *, fault: bool = False, detail: str = "") -> None:
        """These looks are not done: look again at `due`. The earliest wish wins, a fault outweighs a wait."""
        for reference in references:
            if reference not in self.looks:
                continue
            before = self.later.get(reference)
            if before is None or (fault and not before.fault) or (fault == before.fault and due < before.due):
                self.later[reference] = Later(due, fault, detail)

    def put_off_error(self, references: Iterable[Reference], error: Exception) -> None:
        """A retryable fault: 5 s … 15 min with jitter by number of attempts, or what the other side asked for."""
        now = self.now()
        asked = error.again_after if isinstance(error, Retryable) else None
        for reference in references:
            look = self.looks.get(reference)
            if look is None:
                continue
            if asked is not None and isinstance(error, NotSent):
                # Not a fault of the record: the quota says when.
                self.report.refused += 1
                self.put_off([reference], now + timedelta(seconds=asked), detail=str(error))
                continue
            wait = asked if asked is not None else backoff(self.engine, look.attempts)
            self.put_off([reference], now + timedelta(seconds=wait), fault=True, detail=str(error))


def backoff(engine: Engine, attempts: int) -> float:
    timing = engine.timing
    wait = min(timing.backoff_most, timing.backoff_first * 2.0 ** min(attempts, 20))
    return wait * uniform(0.8, 1.2)  # noqa: S311


def new_id() -> str:
    return uuid.uuid4().hex


def read(
    engine: Engine,
    lease: Lease,
    binding: Binding,
    environment: Environment,
    looks: Sequence[Look],
    report: DrainReport,
) -> Work:
    """Both sides of everything looked at, by page. Raises what the systems raise: then nothing was planned."""
    ledger = engine.ledger
    now = engine.clock.now()
    work = Work(
        engine=engine,
        lease=lease,
        binding=binding,
        environment=environment,
        report=report,
        started=now,
        writing=now,
        looks={look.reference: look for look in looks},
    )
    work.pairs = [p for p in ledger.pairs(work.looks) if p.kind == binding.kind.name]
    _set_echoes_aside(work)
    wanted = set(work.looks) - set(work.later)
    work.pairs = [p for p in work.pairs if {p.sellsy, p.altior} & wanted]
    for pair in work.pairs:
        wanted |= {pair.sellsy, pair.altior}
    observe(work, wanted)
    _both_volets(work)
    everything = wanted | set(work.snapshots) | work.absent
    work.sightings = dict(ledger.sightings(everything))
    for stone in ledger.tombstones(everything):
        work.tombstones.setdefault(stone.reference, []).append(stone)
    for decision in ledger.decisions(everything):
        work.decisions.setdefault(decision.reference, []).append(decision)
    for announcement in ledger.announcements(pair_ids=[p.id for p in work.pairs], creates_of=binding.kind.name):
        if announcement.is_create:
            work.creates.append(announcement)
        else:
            work.announcements.setdefault(announcement.pair_id, []).append(announcement)
    return work


def _both_volets(work: Work) -> None:
    """Of a record that is not shown: its other pair, too. Once it is forgotten nothing else would find that one."""
    if not work.absent:
        return
    mine = {pair.id for pair in work.pairs}
    found = work.engine.ledger.pairs(work.absent)
    others = [p for p in found if p.kind == work.binding.kind.name and p.id not in mine]
    work.pairs += others
    observe(work, {r for p in others for r in (p.sellsy, p.altior)} - work.absent)


def _set_echoes_aside(work: Work) -> None:
    """A signal of a side that we wrote a moment ago is most often our own echo: looked at later, by page."""
    delay = timedelta(seconds=work.engine.timing.echo_delay)
    for pair in work.pairs:
        for side in SIDES:
            look, at = work.looks.get(pair.reference(side)), pair.seen.get(f"{side.value}_written")
            if look is None or at is None or look.reason.split(" ", 1)[0] not in SIGNALS:
                continue
            quiet_until = datetime.fromisoformat(at) + delay
            if work.now() < quiet_until:
                work.put_off([look.reference], quiet_until)


def observe(work: Work, references: Iterable[Reference]) -> None:
    """Reads (again) into `work.snapshots`; what a side did not show goes into `work.absent`."""
    for side in SIDES:
        mine = sorted(r for r in references if r.side is side)
        for start in range(0, len(mine), PAGE):
            chunk = mine[start : start + PAGE]
            shown = work.binding.system(side).observe(chunk)
            for reference in chunk:
                snapshot = shown.get(reference)
                if snapshot is None:
                    work.snapshots.pop(reference, None)
                    work.absent.add(reference)
                else:
                    work.snapshots[reference] = snapshot
                    work.absent.discard(reference)
