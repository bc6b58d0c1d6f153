"""The parts of the ledger in memory that need an index of their own: looks, pairs, sightings, cards."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from altior_sellsy.ledger import rules
from altior_sellsy.ledger.model import Card, Look, Pair, Sighting
from altior_sellsy.ledger.port import Taken
from altior_sellsy.values.reference import Reference, Side, Volet


def _turn(look: Look) -> tuple[bool, datetime, int]:
    return not look.live, look.due, look.seq


class Looks:
    def __init__(self) -> None:
        self._rows: dict[Reference, Look] = {}
        self._seqs = count(1)

    def mark(self, looks: Iterable[Look]) -> None:
        for look in looks:
            row = self._rows.get(look.reference)
            self._rows[look.reference] = Look(
                look.reference,
                look.kind,
                look.reason,
                due=look.due if row is None else min(row.due, look.due),
                live=look.live or (row is not None and row.live),
                seq=next(self._seqs),
                failing_since=None if row is None else row.failing_since,
            )

    def done(self, looks: Iterable[Look]) -> None:
        for look in looks:
            if self._unchanged(look):
                del self._rows[look.reference]

    def postpone(self, looks: Iterable[Look]) -> None:
        for look in looks:
            if self._unchanged(look):
                self._rows[look.reference] = replace(
                    self._rows[look.reference],
                    due=look.due,
                    attempts=look.attempts,
                    failing_since=look.failing_since,
                )

    def _unchanged(self, look: Look) -> bool:
        row = self._rows.get(look.reference)
        return row is not None and row.seq == look.seq

    def claim(self, now: datetime, limit: int, live_only: bool) -> list[Look]:
        due = [r for r in self._rows.values() if r.due <= now and (r.live or not live_only)]
        first = min((r for r in due if not r.live), key=_turn, default=None)
        return heapq.nsmallest(limit, (r for r in due if r.live or first is None or r.kind == first.kind), key=_turn)

    def any_due(self, now: datetime) -> bool:
        return any(r.due <= now for r in self._rows.values())

    def pending(self) -> tuple[int, datetime | None]:
        return len(self._rows), min((row.due for row in self._rows.values()), default=None)

    def all(self) -> list[Look]:
        return sorted(self._rows.values(), key=_turn)

    def seqs(self, references: Iterable[Reference]) -> Mapping[Reference, int]:
        return {r: self._rows[r].seq for r in references if r in self._rows}


class Pairs:
    def __init__(self) -> None:
        self._rows: dict[str, Pair] = {}
        self._open: dict[tuple[str, Reference, Volet], str] = {}

    def check(self, pairs: Iterable[Pair]) -> None:
        """Raises Taken when an open pair would bear what another open pair bears after all of these are put."""
        after = {p.id: p for p in pairs}
        claimed: set[tuple[str, Reference, Volet]] = set()
        for pair in after.values():
            if pair.closed:
                continue
            for key in rules.pair_keys(pair):
                holder = self._open.get(key)
                if key in claimed or (holder is not None and holder not in after):
                    raise Taken(rules.TAKEN[key[0]])
                claimed.add(key)

    def put(self, pairs: Iterable[Pair]) -> None:
        after = {p.id: p for p in pairs}
        for pair_id in after:
            old = self._rows.get(pair_id)
            if old is not None and not old.closed:
                for key in rules.pair_keys(old):
                    self._open.pop(key, None)
        for pair in after.values():
            self._rows[pair.id] = pair
            if not pair.closed:
                for key in rules.pair_keys(pair):
                    self._open[key] = pair.id

    def bearing(self, references: Iterable[Reference]) -> list[Pair]:
        found: dict[str, Pair] = {}
        for reference in references:
            keys = (
                [("one_open_pair_per_sellsy", reference, Volet.NONE)]
                if reference.side is Side.SELLSY
                else [("one_open_pair_per_altior", reference, volet) for volet in Volet]
            )
            for key in keys:
                pair_id = self._open.get(key)
                if pair_id is not None:
                    found[pair_id] = self._rows[pair_id]
        return list(found.values())

    def opened(self) -> Iterable[Pair]:
        return (p for p in self._rows.values() if not p.closed)


class Sightings:
    def __init__(self) -> None:
        self._rows: dict[Reference, Sighting] = {}
        # Insertion-ordered sets: a simulation must be reproducible from its seed.
        self._keys: dict[tuple[str, Side, str, str], dict[Reference, None]] = {}
        self._waiting: dict[str, dict[Reference, None]] = {}

    def put(self, sightings: Iterable[Sighting]) -> None:
        for sighting in sightings:
            self._drop(sighting.reference)
            self._rows[sighting.reference] = sighting
            for key, value in rules.searchable(sighting):
                index = (sighting.kind, sighting.reference.side, key, value)
                self._keys.setdefault(index, {})[sighting.reference] = None
            if sighting.waits_for:
                self._waiting.setdefault(sighting.waits_for, {})[sighting.reference] = None

    def forget(self, references: Iterable[Reference]) -> None:
        for reference in references:
            self._drop(reference)

    def _drop(self, reference: Reference) -> None:
        old = self._rows.pop(reference, None)
        if old is None:
            return
        for key, value in rules.searchable(old):
            self._keys[old.kind, reference.side, key, value].pop(reference, None)
        if old.waits_for:
            self._waiting[old.waits_for].pop(reference, None)

    def waiting(self, keys: Iterable[str]) -> list[Sighting]:
        return [self._rows[reference] for key in keys for reference in self._waiting.get(key, ())]

    def of(self, references: Iterable[Reference]) -> Mapping[Reference, Sighting]:
        return {r: self._rows[r] for r in references if r in self._rows}

    def all(self) -> list[Sighting]:
        return list(self._rows.values())

    def by_key(self, kind: str, side: Side, key: str, values: Iterable[str]) -> Mapping[str, list[Reference]]:
        found = {v: list(self._keys.get((kind, side, key, v), ())) for v in values}
        return {value: references for value, references in found.items() if references}


class Cards:
    def __init__(self) -> None:
        self._rows: dict[str, Card] = {}
        self._open: dict[tuple[Reference | None, str, str], str] = {}
        self._ids = count(1)

    def put(
        self,
        cards: Sequence[Card],
        causes_gone: Iterable[tuple[Reference | None, str | None, str | None]],
        now: datetime,
    ) -> None:
        met = {(c.reference, c.code, c.field_name): None for c in cards}
        for reference, code, field_name in causes_gone:
            for key in [
                k
                for k in self._open
                if k[0] == reference and code in (None, k[1]) and field_name in (None, k[2]) and k not in met
            ]:
                card_id = self._open.pop(key)
                self._rows[card_id] = replace(self._rows[card_id], closed_at=now)
        for card in cards:
            self._open_or_count(card, now)

    def _open_or_count(self, card: Card, now: datetime) -> None:
        key = (card.reference, card.code, card.field_name)
        known = self._open.get(key)
        if known is None:
            self._open[key] = known = str(next(self._ids))
            self._rows[known] = replace(card, id=known, at=card.at or now, count=1, closed_at=None)
        else:
            row = self._rows[known]
            self._rows[known] = replace(
                row, sentence=card.sentence, remedy=card.remedy, data=card.data, count=row.count + 1
            )

    def all(self) -> list[Card]:
        return list(self._rows.values())
