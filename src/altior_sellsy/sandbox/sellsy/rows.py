"""Records in memory: immutable rows, their recent versions (for reads and searches that lag), and indexes by id and
SIRET."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from altior_sellsy.sandbox.sellsy.times import Second

_VERSIONS_KEPT = 32


@dataclass(frozen=True, slots=True)
class Row:
    """One record. `fields`: as stored (shapes.py), `updated` moves with them. `contacts`: ids of linked contacts of a
    company or an individual, in the order of linking. `counts`: documents by embed name (`invoices` …)."""

    id: int
    fields: Mapping[str, Any]
    created: Second
    updated: Second
    custom: Mapping[int, Any] = field(default_factory=dict)
    addresses: tuple[Mapping[str, Any], ...] = ()
    contacts: tuple[int, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    def address(self, id: int) -> Mapping[str, Any] | None:
        return next((address for address in self.addresses if address["id"] == id), None)

    @property
    def main_address(self) -> Mapping[str, Any] | None:
        pointed = self.fields.get("invoicing_address_id")
        return self.address(pointed) if pointed else next(iter(self.addresses), None)

    @property
    def siret(self) -> str | None:
        legal = self.fields.get("legal_france")
        return legal["siret"] if legal else None


class Table:
    """Rows of one resource in ascending order of id."""

    def __init__(self, first_id: int) -> None:
        self.next_id = first_id
        self._rows: dict[int, Row] = {}
        self._ids: list[int] = []
        self._by_siret: dict[str, set[int]] = {}
        self._versions: dict[int, deque[tuple[float, Row | None]]] = {}
        self._changes: deque[tuple[float, int]] = deque(maxlen=100_000)

    def new_id(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def get(self, id: int) -> Row | None:
        return self._rows.get(id)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def put(self, row: Row, at: float) -> None:
        """`at`: the instant of the change (seconds), which lagging views compare with."""
        old = self._rows.get(row.id)
        self._index(old, row)
        if old is None:
            self._insert(row)
        else:
            self._rows[row.id] = row
        self._remember(row.id, row, old, at)

    def remove(self, id: int, at: float) -> None:
        row = self._rows.pop(id)
        self._ids.pop(bisect_left(self._ids, id))
        self._index(row, None)
        self._remember(id, None, row, at)

    def view(self, since: float | None) -> "View":
        """The table as it is, or as it was at the instant `since`."""
        if since is None:
            return View(self._rows, {}, self._by_siret)
        late: dict[int, Row | None] = {}
        for at, id in reversed(self._changes):
            if at <= since:
                break
            if id not in late:
                late[id] = next((row for when, row in reversed(self._versions[id]) if when <= since), None)
        return View(self._rows, late, self._by_siret)

    def _insert(self, row: Row) -> None:
        self.next_id = max(self.next_id, row.id + 1)
        in_order = not self._ids or row.id > self._ids[-1]
        insort(self._ids, row.id)
        self._rows[row.id] = row
        if not in_order:
            self._rows = {id: self._rows[id] for id in self._ids}

    def _index(self, old: Row | None, new: Row | None) -> None:
        before, after = old.siret if old else None, new.siret if new else None
        if before != after:
            if before and old:
                self._by_siret[before].discard(old.id)
            if after and new:
                self._by_siret.setdefault(after, set()).add(new.id)

    def _remember(self, id: int, row: Row | None, old: Row | None, at: float) -> None:
        versions = self._versions.setdefault(id, deque(maxlen=_VERSIONS_KEPT))
        if not versions and old is not None:
            versions.append((0.0, old))
        versions.append((at, row))
        if at > 0:
            self._changes.append((at, id))


@dataclass(frozen=True, slots=True)
class View:
    """A table, less what changed too recently to be seen (`late`: id → the older version, None when there is none)."""

    rows: Mapping[int, Row]
    late: Mapping[int, Row | None]
    by_siret: Mapping[str, set[int]]

    def get(self, id: int) -> Row | None:
        return self.late[id] if id in self.late else self.rows.get(id)

    def some(self, ids: Iterable[int]) -> list[Row]:
        return [row for id in sorted(set(ids)) if (row := self.get(id)) is not None]

    def with_siret(self, siret: str) -> list[Row]:
        return [row for row in self.some({*self.by_siret.get(siret, ()), *self.late}) if row.siret == siret]

    def all(self) -> list[Row]:
        if not self.late:
            return list(self.rows.values())
        return self.some({*self.rows, *self.late})
