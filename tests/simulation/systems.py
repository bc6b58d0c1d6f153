"""Two simulated systems with the real ones' semantics, for the real engine on the ledger in memory.

Sellsy: no If-Match, modification instants in whole seconds, no external id, `created` accepted, stale reads, a search
index that is late. Altior: versions, references (each unique), safe creates, bulk with a result per item.
People act through `edit`, `tick`, `add`, `delete`, also between any two calls of the engine (`on_call`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from altior_sellsy.clock import Clock
from altior_sellsy.errors import Invalid, NotFound, Stale, Unclear
from altior_sellsy.kinds.port import Create, Problem, Snapshot, Write, Written
from altior_sellsy.ledger.model import Value
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.known import Gates
from tests.simulation.simulated import FIELDS, Record, Simulated

READ_TO_WRITE = timedelta(seconds=2)
"""Sellsy has no If-Match: no write leaves later after the reading that it rests on (design 3)."""


class SimSellsy(Simulated):
    side = Side.SELLSY
    thing = "company"

    def __init__(self, clock: Clock, owner: str = "97417") -> None:
        super().__init__(clock, owner)
        self.stale_for = 0.0
        """Reads show the record as it was this many seconds ago (a replica)."""
        self.ever_stale = False
        self.search_late = 0.0
        self.hidden: set[str] = set()
        self.default_gate: bool | None = None
        """What a new record shows (the field's default)."""
        self.gates = Gates()
        self.left_late: list[tuple[str, float]] = []
        """Records written so many seconds after the reading that the write rests on."""

    def add(self, **fields: Value) -> str:
        record = self.records[super().add(**fields)]
        if record.created is not None:
            self.gates.born(record.id, record.created, str(record.fields["siret"]))
        return record.id

    def tick(self, id: str, value: bool | None = True) -> None:
        super().tick(id, value)
        self.gates.set_by_person(id, value, self.clock.now())

    def _stamp_time(self) -> datetime:
        return self.clock.now().replace(microsecond=0)

    def _version(self, record: Record) -> str:
        return record.modified.isoformat() if record.modified else ""

    def observe(self, references: Sequence[Reference]) -> Mapping[Reference, Snapshot]:
        at = self.clock.now()
        self._call("observe")
        shown = {}
        for reference in references:
            record = self.records.get(reference.id)
            if record is None or reference.id in self.hidden or self._unindexed(record, at):
                continue
            shown[reference] = self._snapshot(self._as_of(record, at), at)
            self.gates.read(record.id, record.gate, self.clock.now())
            self.doubts.learnt([record.id], at - timedelta(seconds=self.stale_for))
        return shown

    def _unindexed(self, record: Record, at: datetime) -> bool:
        """The search index is late: it does not know records this young."""
        return bool(self.search_late) and record.history[0][0] > at - timedelta(seconds=self.search_late)

    def find(self, key: str, values: Iterable[str]) -> Sequence[Snapshot]:
        at = self.clock.now()
        return [s for s in super().find(key, values) if not self._unindexed(self.records[s.reference.id], at)]

    def _as_of(self, record: Record, at: datetime) -> Record:
        if not self.stale_for:
            return record
        before = [h for h in record.history if h[0] <= at - timedelta(seconds=self.stale_for)] or record.history[:1]
        _, fields, modified = before[-1]
        archived = fields.get("archived", record.archived) is True
        return replace(record, fields=dict(fields), archived=archived, modified=modified, content=None)

    def update(self, writes: Sequence[Write]) -> Sequence[Written]:
        [write] = writes
        self._call("update")
        self._leaves()
        self._rests_on(write.snapshot)
        record = self.records.get(write.snapshot.reference.id)
        if record is None:
            return [Written(error=NotFound("absente"))]
        refused = self.refuse(dict(write.fields))
        accepted = {n: v for n, v in write.fields.items() if n not in refused}
        if self.late(lambda: self._accept(write, accepted)):
            raise Unclear("réponse perdue")
        self._accept(write, accepted)
        self.fault("after")
        self.doubts.learnt([record.id], self.clock.now())
        # The real answer does not show SA: it stands as it was read.
        snapshot = replace(self._snapshot(record, self.clock.now()), gate=write.snapshot.gate)
        return [
            Written(
                snapshot=snapshot,
                shown={n: snapshot.fields[n] for n in accepted},
                refused={n: Problem("refused", m) for n, m in refused.items()},
            )
        ]

    def _rests_on(self, snapshot: Snapshot) -> None:
        age = self.clock.now() - snapshot.at
        if age > READ_TO_WRITE:
            self.left_late.append((snapshot.reference.id, age.total_seconds()))

    def _accept(self, write: Write, accepted: dict[str, Value]) -> None:
        record = self.records.get(write.snapshot.reference.id)
        if accepted and record is not None:
            self.overwritten(record, accepted, write.snapshot)
            self._write(record, accepted)

    def _make(self, create: Create) -> Record:
        record = self._new(
            {name: create.fields.get(name) for name in FIELDS},
            roles=create.roles,
            created=create.created,
            gate=self.default_gate,
        )
        self.gates.made(record.id, self.clock.now())
        self.writes.append(("create", record.id, dict(create.fields)))
        return record

    def create(self, creates: Sequence[Create]) -> Sequence[Written]:
        [create] = creates
        self._call("create")
        self._leaves()
        if self.late(lambda: void(self._make(create))):
            raise Unclear("réponse perdue")
        record = self._make(create)
        self.fault("after")
        snapshot = replace(self._snapshot(record, self.clock.now()), gate=None)  # the real answer does not show it
        return [Written(snapshot=snapshot, shown={n: snapshot.fields[n] for n in create.fields})]

    def created_at(self, second: datetime, after_id: str) -> Sequence[Snapshot]:
        at = self.clock.now()
        self._call("created_at")
        found = [r for r in self.records.values() if int(r.id) > int(after_id or 0) and r.created == second]
        for record in found:
            self.gates.read(record.id, record.gate, self.clock.now())
        return [self._snapshot(r, at) for r in found]

    def set_gate(self, snapshot: Snapshot, value: bool) -> Snapshot:
        self._call("set_gate")
        self._in_time()
        self._rests_on(replace(snapshot, at=self.gates.read_at.get(snapshot.reference.id, snapshot.at)))
        record = self.records.get(snapshot.reference.id)
        if record is None:
            raise NotFound("absente")
        self.gates.written(record.id, self.clock.now())
        record.gate = value
        self.writes.append(("gate", record.id, {"gate": value}))
        self.fault("after")
        self.gates.read(record.id, value, self.clock.now())
        return replace(self._snapshot(record, self.clock.now()), gate=value)

    def remembered(self, ids: Collection[str], resting: Collection[str]) -> None:
        super().remembered(ids, resting)
        self.gates.committed(ids)

    def forgotten(self) -> None:
        super().forgotten()
        self.gates.forgotten()


def _copied(record: Record) -> Record:
    return replace(record, fields=dict(record.fields), history=list(record.history), content=None)


def void(value: object) -> None:
    """For acts whose result nobody waits for any more."""
    del value


class SimAltior(Simulated):
    side = Side.ALTIOR
    thing = "tiers"

    def __init__(self, clock: Clock, owner: str = "leo") -> None:
        super().__init__(clock, owner)
        self.backup: tuple[int, dict[str, Record]] | None = None
        self._life = 0

    def back_up(self) -> None:
        self.backup = self.next_id, {id: _copied(record) for id, record in self.records.items()}

    def restore(self) -> None:
        """What was made since is gone, its ids are given again; versions and modification times go back. A call that it
        had under way ends with the server that is replaced."""
        assert self.backup is not None
        self._life += 1
        before = self.records
        self.next_id, self.records = self.backup
        self.ever_deleted |= before.keys() - self.records.keys()
        self.backup = None
        self.deleted -= self.records.keys()

    def update(self, writes: Sequence[Write]) -> Sequence[Written]:
        self._call("update")
        self._leaves()
        life = self._life
        if self.late(lambda: void([self._update(w) for w in writes if self._life == life])):
            raise Unclear("réponse perdue")
        answers = [self._update(w) for w in writes]
        self.fault("after")
        self.doubts.learnt([w.snapshot.reference.id for w in writes], self.clock.now())
        return answers

    def _update(self, write: Write) -> Written:
        record = self.records.get(write.snapshot.reference.id)
        if record is None:
            return Written(error=NotFound("absent"))
        if str(record.version) != write.snapshot.version:
            return Written(error=Stale("modifié entre-temps"))
        refused = self.refuse(dict(write.fields))
        accepted = {n: v for n, v in write.fields.items() if n not in refused}
        for stamp in write.stamps:
            if any(stamp in r.stamps for r in self.records.values() if r is not record):
                return Written(error=Invalid("référence déjà portée", {"references_externes": stamp}))
        record.stamps = (record.stamps | write.stamps) - write.unstamps
        self._write(record, accepted)
        snapshot = self._snapshot(record, self.clock.now())
        return Written(
            snapshot=snapshot,
            shown={n: snapshot.fields[n] for n in accepted},
            refused={n: Problem("refused", m) for n, m in refused.items()},
        )

    def _make(self, create: Create) -> Record:
        record = self._new({name: create.fields.get(name) for name in FIELDS}, roles=create.roles)
        record.stamps = frozenset({str(create.stamp)})
        self.writes.append(("create", record.id, dict(create.fields)))
        return record

    def create(self, creates: Sequence[Create]) -> Sequence[Written]:
        self._call("create")
        self._leaves()
        answers = []
        for create in creates:
            held = next((r for r in self.records.values() if str(create.stamp) in r.stamps), None)
            if held is not None:
                snapshot = self._snapshot(held, self.clock.now())
                answers.append(Written(snapshot=snapshot, created=False, shown=snapshot.fields))
                continue
            snapshot = self._snapshot(self._make(create), self.clock.now())
            answers.append(Written(snapshot=snapshot, shown={n: snapshot.fields[n] for n in create.fields}))
        self.fault("after")
        return answers
