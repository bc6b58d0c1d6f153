"""The ledger of one environment in memory.

A commit is checked whole before anything is applied. What it is given is kept as it is (the model is frozen): a caller
must not change a mapping that it has handed over.
"""

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from altior_sellsy.clock import Clock
from altior_sellsy.ledger import rules
from altior_sellsy.ledger.memory.shelves import Cards, Looks, Pairs, Sightings
from altior_sellsy.ledger.model import (
    Announcement,
    Card,
    Decision,
    Environment,
    JournalEntry,
    Look,
    Pair,
    Planned,
    Queue,
    RequestVersion,
    Sighting,
    Tombstone,
    by_state,
)
from altior_sellsy.ledger.port import Changes, Lease, LeaseLost, Taken
from altior_sellsy.values.reference import Reference, Side, Volet


class MemoryLedger:
    def __init__(self, environment: Environment, clock: Clock, check: Callable[[Environment], None]) -> None:
        self._environment = environment
        self._check_unique = check
        self._clock = clock
        self._lock = threading.RLock()
        self._holder = ""
        self._held_until: datetime | None = None
        self._looks = Looks()
        self._pairs = Pairs()
        self._sightings = Sightings()
        self._cards = Cards()
        self._announcements: dict[str, Announcement] = {}
        self._tombstones: dict[tuple[Reference, Volet], Tombstone] = {}
        self._decisions: dict[tuple[Reference, str], Decision] = {}
        self._journal: list[JournalEntry] = []
        self._seconds: set[tuple[str, datetime]] = set()
        self._secrets: dict[str, str] = {}
        self._plan: Mapping[str, Any] | None = None
        self._planned: dict[int, Planned] = {}
        self._versions: list[RequestVersion] = []
        self._shown: dict[tuple[str, Side], tuple[datetime, frozenset[Reference]]] = {}

    @property
    def name(self) -> str:
        return self._environment.name

    def environment(self) -> Environment:
        return self._environment

    # -- lease and epoch

    def lease(self, holder: str, now: datetime, seconds: float) -> Lease | None:
        with self._lock:
            if self._holder != holder:
                if self._holder and self._held_until is not None and self._held_until > now:
                    return None
                self._environment = replace(self._environment, epoch=self._environment.epoch + 1)
            self._holder = holder
            self._held_until = now + timedelta(seconds=seconds)
            return Lease(holder, self._environment.epoch)

    def release(self, lease: Lease) -> None:
        with self._lock:
            if self._environment.epoch == lease.epoch:
                self._holder = ""

    def _check_lease(self, lease: Lease) -> None:
        if self._environment.epoch != lease.epoch:
            raise LeaseLost(rules.LEASE_LOST)

    # -- commit

    def commit(self, changes: Changes, lease: Lease | None) -> None:
        rules.check(changes, lease)
        with self._lock:
            if lease is not None:
                self._check_lease(lease)
            self._pairs.check(changes.pairs)
            self._check_creates(changes)
            environment = self._environment
            if changes.environment or changes.cursors:
                environment = replace(
                    environment,
                    **rules.environment_values(changes.environment),
                    cursors={**environment.cursors, **changes.cursors},
                )
            if changes.environment:
                self._check_unique(environment)
            self._apply(changes)
            self._environment = environment

    def _check_creates(self, changes: Changes) -> None:
        if not changes.announce:
            return
        gone = set(changes.settle)
        after = {a.id: a for a in self._announcements.values() if a.is_create and a.id not in gone}
        after |= {a.id: a for a in changes.announce if a.is_create and a.id not in gone}
        keys: set[tuple[Any, ...]] = set()
        for a in after.values():
            if a.match_key:
                key: tuple[Any, ...] = (a.kind, a.side, a.volet, a.match_key)
                if key in keys:
                    raise Taken(rules.TAKEN["one_open_create_per_match_key"])
                keys.add(key)
            if a.created is not None:
                key = (a.kind, a.created)
                if key in keys:
                    raise Taken(rules.TAKEN["one_open_create_per_second"])
                keys.add(key)

    def _apply(self, changes: Changes) -> None:
        now = self._clock.now()
        self._pairs.put(changes.pairs)
        for tombstone in changes.tombstones:
            self._tombstones[tombstone.reference, tombstone.volet] = tombstone
        self._announcements.update((a.id, a) for a in changes.announce)
        for settled in changes.settle:
            self._announcements.pop(settled, None)
        self._sightings.put(changes.sightings)
        self._sightings.forget(changes.forget)
        self._cards.put(changes.cards, changes.close_cards, now)
        self._journal.extend(changes.journal)
        self._looks.done(changes.done)
        self._looks.postpone(changes.postpone)
        self._looks.mark(changes.mark)
        self._looks.mark(
            Look(s.reference, s.kind, f"wait:{s.waits_for}", now) for s in self._sightings.waiting(changes.wake)
        )
        for number in changes.release:
            if number in self._planned:
                self._planned[number] = replace(self._planned[number], released=True)
        for decision in changes.decisions:
            self._decisions[decision.reference, decision.verb] = decision
        for dropped in changes.drop_decisions:
            self._decisions.pop(dropped, None)

    # -- looks

    def mark(self, looks: Iterable[Look]) -> None:
        with self._lock:
            self._looks.mark(looks)

    def claim(self, now: datetime, limit: int, *, live_only: bool = False) -> list[Look]:
        with self._lock:
            return self._looks.claim(now, limit, live_only)

    def looks(self, until: int | None = None) -> list[Look]:
        return [look for look in self._looks.all() if until is None or look.seq <= until]

    def queue(self, now: datetime, until: int | None = None) -> Queue:
        mine = self.looks(until)
        dues = [look.due for look in mine]
        return Queue(
            number=len(mine),
            due=sum(due <= now for due in dues),
            earliest=min(dues, default=None),
            latest=max((look.seq for look in mine), default=0),
        )

    def pending(self) -> tuple[int, datetime | None]:
        return self._looks.pending()

    def look_seqs(self, references: Iterable[Reference]) -> Mapping[Reference, int]:
        return self._looks.seqs(references)

    def has_due(self, now: datetime) -> bool:
        return self._looks.any_due(now)

    # -- reading

    def pairs(self, references: Iterable[Reference]) -> list[Pair]:
        return self._pairs.bearing(references)

    def all_pairs(self, kind: str | None = None) -> list[Pair]:
        return [p for p in self._pairs.opened() if kind is None or p.kind == kind]

    def announcements(self, *, pair_ids: Iterable[str] = (), creates_of: str | None = None) -> list[Announcement]:
        wanted = set(pair_ids)
        return [
            a
            for a in self._announcements.values()
            if (a.pair_id in wanted if a.pair_id else creates_of is not None and a.kind == creates_of)
        ]

    def tombstones(self, references: Iterable[Reference]) -> list[Tombstone]:
        wanted = set(references)
        return [t for t in self._tombstones.values() if t.reference in wanted]

    def sightings(self, references: Iterable[Reference]) -> Mapping[Reference, Sighting]:
        return self._sightings.of(references)

    def all_sightings(self, kind: str | None = None, side: Side | None = None) -> Iterator[Sighting]:
        for one in list(self._sightings.all()):
            if (kind is None or one.kind == kind) and (side is None or one.reference.side is side):
                yield one

    def known(self, kind: str, side: Side) -> int:
        return sum(1 for _ in self.all_sightings(kind, side))

    def shown(self, kind: str, side: Side, turn: datetime, references: Iterable[Reference]) -> None:
        with self._lock:
            began, before = self._shown.get((kind, side), (turn, frozenset[Reference]()))
            if turn >= began:
                self._shown[kind, side] = turn, frozenset(references) | (before if turn == began else frozenset())

    def unshown(self, kind: str, side: Side, turn: datetime) -> list[Reference]:
        began, shown = self._shown.get((kind, side), (turn, frozenset[Reference]()))
        if began != turn:
            shown = frozenset()
        due = (s for s in self.all_sightings(kind, side) if s.listed and s.gone_at is None)
        return sorted(s.reference for s in due if (s.at is None or s.at < turn) and s.reference not in shown)

    def gone(self, kind: str, side: Side) -> list[Reference]:
        return sorted(s.reference for s in self.all_sightings(kind, side) if s.gone_at is not None)

    def answering(self, kind: str, side: Side, most: int, thing: str = "") -> list[Reference]:
        there = (s.reference for s in self.all_sightings(kind, side) if s.gone_at is None)
        return sorted(r for r in there if not thing or r.thing == thing)[:most]

    def find_by_key(self, kind: str, side: Side, key: str, values: Iterable[str]) -> Mapping[str, list[Reference]]:
        return self._sightings.by_key(kind, side, key, values)

    def decisions(self, references: Iterable[Reference]) -> list[Decision]:
        wanted = set(references)
        return [d for d in self._decisions.values() if d.reference in wanted]

    def cards(self, *, open_only: bool = True, reference: Reference | None = None) -> list[Card]:
        return [
            c
            for c in self._cards.all()
            if (c.closed_at is None or not open_only) and (reference is None or c.reference == reference)
        ]

    def journal(self, *, reference: Reference | None = None, limit: int = 200) -> list[JournalEntry]:
        def newest_first() -> Iterator[JournalEntry]:
            order = sorted(range(len(self._journal)), key=lambda i: (self._journal[i].at, i), reverse=True)
            for i in order:
                entry = self._journal[i]
                if reference is None or reference in (entry.reference, entry.counterpart):
                    yield entry

        return [entry for entry, _ in zip(newest_first(), range(limit), strict=False)]

    def done_since(self, start: datetime) -> Mapping[tuple[str, Side | None], int]:
        return Counter((entry.action, entry.side) for entry in self._journal if entry.at >= start)

    def reserve_second(self, kind: str, now: datetime, lease: Lease) -> datetime:
        with self._lock:
            self._check_lease(lease)
            second = now.replace(microsecond=0)
            while (kind, second) in self._seconds:
                second -= timedelta(seconds=1)
            self._seconds.add((kind, second))
            return second

    def standing(self) -> Mapping[tuple[str, str, str], int]:
        opened = list(self._pairs.opened())
        paired = {reference for p in opened for reference in (p.sellsy, p.altior)}
        records: list[Pair | Sighting] = [*opened, *(s for s in self._sightings.all() if s.reference not in paired)]
        return Counter((record.kind, record.state.value, record.code) for record in records)

    def counters(self) -> Mapping[str, Mapping[str, int]]:
        return by_state(self.standing())

    # -- secrets, plans

    def secret(self, name: str) -> str | None:
        return self._secrets.get(name)

    def set_secret(self, name: str, value: str) -> None:
        self._secrets[name] = value

    def save_plan(self, plan: Mapping[str, Any], rows: Iterable[Planned] = ()) -> None:
        self._planned = {row.number: row for row in rows}
        self._plan = plan

    def plan(self) -> Mapping[str, Any] | None:
        return self._plan

    def plan_rows(
        self,
        *,
        after: int = -1,
        limit: int = 1000,
        decisions: Collection[str] = (),
        released: bool | None = None,
    ) -> list[Planned]:
        found = (
            row
            for number, row in sorted(self._planned.items())
            if number > after
            and (not decisions or row.decision in decisions)
            and (released is None or row.released is released)
        )
        return list(islice(found, limit))

    def plan_rows_of(self, references: Iterable[Reference]) -> list[Planned]:
        wanted = set(references)
        return [row for _, row in sorted(self._planned.items()) if row.reference in wanted]

    def request_versions(self) -> Sequence[RequestVersion]:
        return tuple(self._versions)

    def add_request_version(self, version: RequestVersion) -> None:
        self._versions.append(version)
