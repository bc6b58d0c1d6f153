"""The ledger of one environment on PostgreSQL.

Every commit is one transaction that first locks the environment's row (FOR NO KEY UPDATE): commits and changes of
lease of one environment come one after the other, hence no deadlock among them and no epoch that moves under a
commit; marks from signals do not wait, since their foreign key takes only KEY SHARE.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet

from altior_sellsy.clock import Clock
from altior_sellsy.ledger import rules
from altior_sellsy.ledger.django_app import bulk, looks, models, probing, rows, secrets, writing
from altior_sellsy.ledger.django_app.rows import planned_columns
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
from altior_sellsy.ledger.port import Changes, Lease, LeaseLost
from altior_sellsy.values.reference import SIDES, Reference, Side

PLAN_CHUNK = 1000
"""Rows of a plan that are in memory at once."""
OnMarked = Callable[[str], object]

_LEASE = """
UPDATE ledger_environment SET
    epoch = CASE WHEN lease_holder = %(holder)s THEN epoch ELSE epoch + 1 END,
    lease_holder = %(holder)s, lease_until = %(until)s
WHERE id = %(environment)s
  AND (lease_holder IN ('', %(holder)s) OR lease_until IS NULL OR lease_until <= %(now)s)
RETURNING epoch
"""
_RELEASE = "UPDATE ledger_environment SET lease_holder = '' WHERE id = %(environment)s AND epoch = %(epoch)s"
_LOCK = "SELECT epoch, cursors::text FROM ledger_environment WHERE id = %(environment)s FOR NO KEY UPDATE"
_PENDING = "SELECT count(*), min(due) FROM ledger_look WHERE environment_id = %(environment)s"
_QUEUE = (
    "SELECT count(*), count(*) FILTER (WHERE due <= %(now)s), min(due), coalesce(max(seq), 0) FROM ledger_look"
    " WHERE environment_id = %(environment)s AND (%(until)s::bigint IS NULL OR seq <= %(until)s)"
)
_DONE_SINCE = (
    "SELECT action, side, count(*) FROM ledger_journal WHERE environment_id = %(environment)s AND at >= %(start)s"
    " GROUP BY action, side"
)
_FREE_SECOND = """
INSERT INTO ledger_reserved_second (environment_id, kind, second)
SELECT %(environment)s, %(kind)s, max(candidate.second)
FROM (SELECT %(second)s::timestamptz AS second
      UNION ALL SELECT second - interval '1 second' FROM ledger_reserved_second
      WHERE environment_id = %(environment)s AND kind = %(kind)s AND second <= %(second)s) AS candidate
WHERE NOT EXISTS (SELECT 1 FROM ledger_reserved_second AS taken WHERE taken.environment_id = %(environment)s
                  AND taken.kind = %(kind)s AND taken.second = candidate.second)
RETURNING second
"""
_UNSHOWN = """
SELECT s.reference FROM ledger_sighting AS s
LEFT JOIN (SELECT unnest(shown) AS reference FROM ledger_shown WHERE environment_id = %(environment)s
           AND kind = %(kind)s AND side = %(side)s AND turn = %(turn)s) AS page ON page.reference = s.reference
WHERE s.environment_id = %(environment)s AND s.kind = %(kind)s AND s.side = %(side)s AND page.reference IS NULL
  AND s.listed AND s.gone_at IS NULL AND (s.at IS NULL OR s.at < %(turn)s)
"""
_STANDING = """
SELECT kind, state, code, count(*) FROM ledger_pair WHERE environment_id = %(environment)s AND NOT closed
GROUP BY 1, 2, 3
UNION ALL
SELECT kind, state, code, count(*) FROM ledger_sighting AS s WHERE environment_id = %(environment)s
  AND NOT EXISTS (SELECT 1 FROM ledger_pair AS p
                  WHERE p.environment_id = s.environment_id AND NOT p.closed AND p.sellsy = s.reference)
  AND NOT EXISTS (SELECT 1 FROM ledger_pair AS p
                  WHERE p.environment_id = s.environment_id AND NOT p.closed AND p.altior = s.reference)
GROUP BY 1, 2, 3
"""
_PAGE = 2_000


class DjangoLedger:
    """`on_marked(name)` is called once a transaction that marked looks is committed."""

    def __init__(self, environment_id: int, name: str, clock: Clock, on_marked: OnMarked) -> None:
        self._id = environment_id
        self._name = name
        self._clock = clock
        self._on_marked = on_marked

    @property
    def name(self) -> str:
        return self._name

    def environment(self) -> Environment:
        """Raises LookupError when it was removed."""
        row = models.EnvironmentRow.objects.filter(pk=self._id).first()
        if row is None:
            raise LookupError(self._name)
        return rows.environment(row)

    # -- lease and epoch

    def lease(self, holder: str, now: datetime, seconds: float) -> Lease | None:
        until = now + timedelta(seconds=seconds)
        found = self._select(_LEASE, {"holder": holder, "until": until, "now": now})
        return Lease(holder, found[0][0]) if found else None

    def release(self, lease: Lease) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_RELEASE, {"environment": self._id, "epoch": lease.epoch})

    def _lock(self, lease: Lease | None) -> dict[str, Any]:
        """The environment's cursors, its row locked."""
        found = self._select(_LOCK, {})
        if not found:
            raise LookupError(self._name)
        epoch, cursors = found[0]
        if lease is not None and epoch != lease.epoch:
            raise LeaseLost(rules.LEASE_LOST)
        locked: dict[str, Any] = json.loads(cursors)
        return locked

    # -- commit

    def commit(self, changes: Changes, lease: Lease | None) -> None:
        rules.check(changes, lease)
        try:
            with transaction.atomic():
                cursors = self._lock(lease)
                marked = writing.apply(self._id, changes, self._clock.now())
                self._replace(changes, cursors)
                if marked:
                    self._announce_marks()
        except IntegrityError as error:
            taken = writing.taken(error)
            if taken is None:
                raise
            raise taken from error

    def _replace(self, changes: Changes, cursors: Mapping[str, Any]) -> None:
        columns = rules.environment_values(changes.environment)
        if "altior_name" in columns:
            columns["altior_identity"] = rules.altior_identity(columns["altior_name"])
        if changes.cursors:
            columns["cursors"] = {**cursors, **changes.cursors}
        if columns:
            models.EnvironmentRow.objects.filter(pk=self._id).update(**columns)

    def _announce_marks(self) -> None:
        # Robust: a drain that could not be deferred is deferred by the tick; what was committed stays committed.
        # (A function of its own, not a partial: Django logs the name of what failed, and a partial has none.)
        def tell() -> None:
            self._on_marked(self._name)

        transaction.on_commit(tell, robust=True)

    # -- looks

    def mark(self, looks_: Iterable[Look]) -> None:
        with transaction.atomic():
            if looks.mark(self._id, looks_):
                self._announce_marks()

    def claim(self, now: datetime, limit: int, *, live_only: bool = False) -> list[Look]:
        return looks.claim(self._id, now, limit, live_only)

    def looks(self, until: int | None = None) -> list[Look]:
        found = models.LookRow.objects.filter(environment=self._id).order_by("-live", "due", "seq")
        if until is not None:
            found = found.filter(seq__lte=until)
        return [rows.look(values) for values in found.values_list(*rows.LOOK_COLUMNS)]

    def pending(self) -> tuple[int, datetime | None]:
        [(number, due)] = self._select(_PENDING, {})
        return number, due

    def queue(self, now: datetime, until: int | None = None) -> Queue:
        [counted] = self._select(_QUEUE, {"now": now, "until": until})
        return Queue(*counted)

    def look_seqs(self, references: Iterable[Reference]) -> Mapping[Reference, int]:
        return looks.seqs(self._id, references)

    # -- reading

    def pairs(self, references: Iterable[Reference]) -> list[Pair]:
        wanted: dict[Side, set[str]] = {side: set() for side in SIDES}
        for reference in references:
            wanted[reference.side].add(str(reference))
        found = {
            row["id"]: row
            for side, keys in wanted.items()
            for row in probing.by_keys(models.PairRow, self._id, side.value, keys, " AND NOT closed")
        }
        return [rows.pair(found[key]) for key in sorted(found)]

    def all_pairs(self, kind: str | None = None) -> list[Pair]:
        found = self._open_pairs()
        return [rows.pair(row) for row in (found if kind is None else found.filter(kind=kind)).values()]

    def _open_pairs(self) -> QuerySet[models.PairRow]:
        return models.PairRow.objects.filter(environment=self._id, closed=False).order_by("pk")

    def announcements(self, *, pair_ids: Iterable[str] = (), creates_of: str | None = None) -> list[Announcement]:
        wanted = {pair_id for pair_id in pair_ids if pair_id}
        found = probing.by_keys(models.AnnouncementRow, self._id, "pair_id", wanted)
        if creates_of is not None:
            found += probing.by_keys(models.AnnouncementRow, self._id, "pair_id", [""], " AND kind = %s", creates_of)
        return [rows.announcement(row) for row in sorted(found, key=itemgetter("id"))]

    def tombstones(self, references: Iterable[Reference]) -> list[Tombstone]:
        found = probing.by_keys(models.TombstoneRow, self._id, "reference", rows.texts(references))
        return [rows.tombstone(row) for row in found]

    def sightings(self, references: Iterable[Reference]) -> Mapping[Reference, Sighting]:
        found = probing.by_keys(models.SightingRow, self._id, "reference", rows.texts(references))
        return {s.reference: s for s in map(rows.sighting, found)}

    def all_sightings(self, kind: str | None = None, side: Side | None = None) -> Iterator[Sighting]:
        found = self._sightings(kind, side).order_by("pk")
        page = list(found[:_PAGE].values())
        while page:
            yield from map(rows.sighting, page)
            page = list(found.filter(pk__gt=page[-1]["id"])[:_PAGE].values())

    def _sightings(self, kind: str | None = None, side: Side | None = None) -> QuerySet[models.SightingRow]:
        found = models.SightingRow.objects.filter(environment=self._id)
        if kind is not None:
            found = found.filter(kind=kind)
        return found if side is None else found.filter(side=side.value)

    def known(self, kind: str, side: Side) -> int:
        return self._sightings(kind, side).count()

    def shown(self, kind: str, side: Side, turn: datetime, references: Iterable[Reference]) -> None:
        turns = models.ShownRow.objects.filter(environment=self._id, kind=kind, side=side.value)
        with transaction.atomic():
            turns.filter(turn__lt=turn).delete()
            turns.create(
                environment_id=self._id, kind=kind, side=side.value, turn=turn, shown=list(rows.texts(references))
            )

    def unshown(self, kind: str, side: Side, turn: datetime) -> list[Reference]:
        found = self._select(_UNSHOWN, {"kind": kind, "side": side.value, "turn": turn})
        return sorted(Reference.parse(text) for (text,) in found)

    def gone(self, kind: str, side: Side) -> list[Reference]:
        found = self._sightings(kind, side).filter(gone_at__isnull=False)
        return sorted(Reference.parse(text) for text in found.values_list("reference", flat=True))

    def answering(self, kind: str, side: Side, most: int, thing: str = "") -> list[Reference]:
        found = self._sightings(kind, side).filter(gone_at__isnull=True)
        if thing:
            found = found.filter(reference__contains=f":{thing}:")
        return [Reference.parse(text) for text in found.order_by("pk").values_list("reference", flat=True)[:most]]

    def find_by_key(self, kind: str, side: Side, key: str, values: Iterable[str]) -> Mapping[str, list[Reference]]:
        wanted = set(values) - {""}
        tokens = [rows.token(self._id, kind, side, key, value) for value in wanted]
        found: dict[str, list[Reference]] = {}
        for reference, keys in probing.by_tokens(self._id, tokens):
            found.setdefault(keys[key], []).append(Reference.parse(reference))
        return found

    def decisions(self, references: Iterable[Reference]) -> list[Decision]:
        found = probing.by_keys(models.DecisionRow, self._id, "reference", rows.texts(references))
        return [rows.decision(row) for row in found]

    def cards(self, *, open_only: bool = True, reference: Reference | None = None) -> list[Card]:
        found = models.CardRow.objects.filter(environment=self._id).order_by("pk")
        if open_only:
            found = found.filter(closed_at=None)
        if reference is not None:
            found = found.filter(reference=str(reference))
        return [rows.card(row) for row in found.values()]

    def journal(self, *, reference: Reference | None = None, limit: int = 200) -> list[JournalEntry]:
        found = models.JournalRow.objects.filter(environment=self._id).order_by("-at", "-pk")
        if reference is not None:
            found = found.filter(Q(reference=str(reference)) | Q(counterpart=str(reference)))
        return [rows.journal(row) for row in found[:limit].values()]

    def done_since(self, start: datetime) -> Mapping[tuple[str, Side | None], int]:
        found = self._select(_DONE_SINCE, {"start": start})
        return {(action, Side(side) if side else None): number for action, side, number in found}

    def reserve_second(self, kind: str, now: datetime, lease: Lease) -> datetime:
        with transaction.atomic():
            self._lock(lease)
            second: datetime = self._select(_FREE_SECOND, {"kind": kind, "second": now.replace(microsecond=0)})[0][0]
        return second

    def standing(self) -> Mapping[tuple[str, str, str], int]:
        counted: Counter[tuple[str, str, str]] = Counter()
        for kind, state, code, number in self._select(_STANDING, {}):
            counted[kind, state, code] += number
        return counted

    def counters(self) -> Mapping[str, Mapping[str, int]]:
        return by_state(self.standing())

    # -- secrets, plans

    def secret(self, name: str) -> str | None:
        """Raises secrets.Unreadable."""
        row = models.SecretRow.objects.filter(environment=self._id, name=name).first()
        return None if row is None else secrets.unseal(self._name, name, bytes(row.sealed))

    def set_secret(self, name: str, value: str) -> None:
        models.SecretRow.objects.update_or_create(
            environment_id=self._id, name=name, defaults={"sealed": secrets.seal(self._name, name, value)}
        )

    def save_plan(self, plan: Mapping[str, Any], rows: Iterable[Planned] = ()) -> None:
        stream = iter(rows)
        with transaction.atomic():
            models.PlannedRow.objects.filter(environment=self._id).delete()
            models.PlanRow.objects.update_or_create(environment_id=self._id, defaults={"plan": dict(plan)})
            while chunk := list(islice(stream, PLAN_CHUNK)):
                bulk.put(models.PlannedRow, self._id, [planned_columns(row) for row in chunk])
        # Read page by page at once, before PostgreSQL looks at it by itself: without this each page sorts all of it.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE ledger_planned")

    def plan(self) -> Mapping[str, Any] | None:
        row = models.PlanRow.objects.filter(pk=self._id).first()
        return None if row is None else row.plan

    def plan_rows(
        self,
        *,
        after: int = -1,
        limit: int = 1000,
        decisions: Collection[str] = (),
        released: bool | None = None,
    ) -> list[Planned]:
        found = models.PlannedRow.objects.filter(environment=self._id, number__gt=after).order_by("number")
        if decisions:
            found = found.filter(decision__in=list(decisions))
        if released is not None:
            found = found.filter(released=released)
        return [rows.planned(row) for row in found[:limit].values()]

    def plan_rows_of(self, references: Iterable[Reference]) -> list[Planned]:
        found = probing.by_keys(models.PlannedRow, self._id, "reference", rows.texts(references))
        return [rows.planned(row) for row in sorted(found, key=itemgetter("number"))]

    def request_versions(self) -> Sequence[RequestVersion]:
        found = models.RequestVersionRow.objects.filter(environment=self._id).order_by("pk")
        return tuple(rows.request_version(row) for row in found)

    def add_request_version(self, version: RequestVersion) -> None:
        models.RequestVersionRow.objects.create(
            environment_id=self._id,
            number=version.number,
            at=version.at,
            who=version.who,
            answers=dict(version.answers),
            state=version.state,
        )

    def _select(self, statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, {**parameters, "environment": self._id})
            return list(cursor.fetchall())
