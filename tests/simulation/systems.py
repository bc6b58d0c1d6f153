"""Two simulated systems with the real ones' semantics, for the real engine on the ledger in memory.

Sellsy: no If-Match, modification instants in whole seconds, no external id, `created` accepted, stale reads, a search
index that is late. Altior: versions, references (each unique), safe creates, bulk with a result per item.
People act through `edit`, `tick`, `add`, `delete`, also between any two calls of the engine (`on_call`).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from altior_sellsy.clock import Clock
from altior_sellsy.errors import Invalid, NotFound, NotSent, Stale, Unclear
from altior_sellsy.kinds.port import Create, Page, Problem, Snapshot, Write, Written
from altior_sellsy.ledger.model import Value
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.known import Doubts, Gates

READ_TO_WRITE = timedelta(seconds=2)
"""Sellsy has no If-Match: no write leaves later after the reading that it rests on (design 3)."""
FIELDS = ("name", "siret", "phone", "email", "tags")


@dataclass
class Record:
    id: str
    fields: dict[str, Value]
    roles: frozenset[str] = frozenset({"client"})
    gate: bool | None = None
    archived: bool = False
    created: datetime | None = None
    modified: datetime | None = None
    version: int = 1
    stamps: frozenset[str] = frozenset()
    author: str = ""
    """Who changed it last; the connector writes as the reference user."""
    history: list[tuple[datetime, dict[str, Value], datetime | None]] = field(default_factory=list)
    content: "Content | None" = None


@dataclass(slots=True)
class Content:
    """What a snapshot shows of a record, made once for each of its states."""

    state: tuple[object, ...]
    reference: Reference
    fields: dict[str, Value]
    label: str
    version: str
    created: str
    keys: dict[str, str]
    hash: str


class Simulated:
    """What both sides share. `rewrite`: how this side rewrites what it is given, per field. `fault`: called before
    and after each write takes effect; it may raise (a lost answer, a crash, a refusal)."""

    side: Side
    thing: str

    def __init__(self, clock: Clock, owner: str) -> None:
        self.clock, self.owner = clock, owner
        self.archiving = False
        """Is it read as a field, and followed on the other side?"""
        self.records: dict[str, Record] = {}
        self._references: dict[str, Reference] = {}
        self.rewrite: dict[str, Callable[[Value], Value]] = {}
        self.fault: Callable[[str], None] = lambda point: None
        self.on_call: Callable[[str], None] = lambda name: None
        self.writes: list[tuple[str, str, dict[str, Value]]] = []
        self.next_id = 1
        self.calls = 0
        self.not_after: datetime | None = None
        self.deleted: set[str] = set()
        self.ever_deleted: set[str] = set()
        self.last: dict[str, Record] = {}
        """As they stood when people deleted them."""
        """Those that came back, or whose id was given again, too."""
        self.doubts = Doubts()
        self.refuse: Callable[[dict[str, Value]], dict[str, str]] = lambda fields: {}
        self.late: Callable[[Callable[[], None]], bool] = lambda act: False
        """Asked before a write: True takes the act over, to let it land later; the caller gets no answer."""
        self.changed: Counter[tuple[str, str]] = Counter()
        """(id, field) → how often the connector has changed it."""
        self.overwritten: Callable[[Record, dict[str, Value], dict[str, Value]], None] = lambda *_: None
        """Told before a write takes effect: the record as it is, what is written, what the writer had read."""

    # -- people
    def archive(self, id: str, value: bool = True) -> None:
        record = self.records[id]
        record.archived = value
        self._put(record, {"archived": value} if self.archiving else {})

    def merge(self, gone: str, into: str) -> None:
        """The screens' merge: a deletion, and what the other lacked."""
        lost = self.records[gone].fields
        self.delete(gone)
        mine = self.records[into].fields
        blanks = {n: v for n, v in lost.items() if n != "siret" and v is not None and mine[n] is None}
        if blanks:
            self.edit(into, **blanks)

    def add(self, **fields: Value) -> str:
        extra = {k: fields.pop(k) for k in ("gate", "roles", "created", "archived") if k in fields}
        return self._new({name: fields.get(name) for name in FIELDS}, **extra).id  # type: ignore[arg-type]

    def edit(self, id: str, **fields: Value) -> None:
        self._put(self.records[id], fields)

    def tick(self, id: str, value: bool | None = True) -> None:
        """Neither moves the modification instant nor signals anything: the worse of the two behaviours."""
        self.records[id].gate = value

    def delete(self, id: str) -> None:
        self.last[id] = self.records.pop(id)
        self.deleted.add(id)
        self.ever_deleted.add(id)

    def values(self, id: str) -> dict[str, Value]:
        return dict(self.records[id].fields)

    # -- the port
    @property
    def things(self) -> frozenset[str]:
        return frozenset({self.thing})

    def reference(self, id: str) -> Reference:
        known = self._references.get(id)
        if known is None:
            known = self._references[id] = Reference(self.side, self.owner, self.thing, id)
        return known

    def _new(self, fields: dict[str, Value], **extra: object) -> Record:
        record = Record(id=str(self.next_id), fields={}, **extra)  # type: ignore[arg-type]
        self.next_id += 1
        record.created = record.created or self.clock.now().replace(microsecond=0)
        record.version = 0
        self.records[record.id] = record
        self._put(record, {**fields, "archived": record.archived} if self.archiving else fields)
        return record

    def _put(self, record: Record, fields: Mapping[str, Value]) -> None:
        for name, value in fields.items():
            rewrite = self.rewrite.get(name)
            record.fields[name] = rewrite(value) if rewrite and value is not None else value
        record.archived = record.fields.get("archived", record.archived) is True
        record.version += 1
        record.modified = self._stamp_time()
        record.history.append((self.clock.now(), dict(record.fields), record.modified))

    def set_not_after(self, instant: datetime | None) -> None:
        self.not_after = instant

    def _leaves(self) -> None:
        """The last moment of the client: what would leave too late does not."""
        self._in_time()

    def _in_time(self) -> None:
        self.fault("before")
        if self.not_after is not None and self.clock.now() > self.not_after:
            raise NotSent("trop tard pour écrire")

    def _write(self, record: Record, fields: Mapping[str, Value]) -> None:
        """By the connector."""
        before = dict(record.fields)
        self._put(record, fields)
        self.changed.update((record.id, name) for name in fields if record.fields[name] != before[name])
        self.writes.append(("update", record.id, dict(fields)))
        self.doubts.written(record.id, fields, self.clock.now())

    def remembered(self, ids: Collection[str], resting: Collection[str]) -> None:
        """A commit holds what was known of these records' pairs; of those that rest, not of their fields."""
        self.doubts.committed({id for id in ids if id not in resting})

    def forgotten(self) -> None:
        """The pass fails, or its process dies: what it knew since its last commit is lost."""
        self.doubts.forgotten()

    def _stamp_time(self) -> datetime:
        return self.clock.now()

    def _call(self, name: str) -> None:
        self.calls += 1
        self.on_call(name)

    def _snapshot(self, record: Record, at: datetime) -> Snapshot:
        state = (record.version, record.modified, record.gate, record.archived, record.stamps)
        if record.content is None or record.content.state != state:
            record.content = self._content(record, state)
        content = record.content
        return Snapshot(
            reference=content.reference,
            at=at,
            fields=content.fields,
            label=content.label,
            version=content.version,
            modified=record.modified,
            created=content.created,
            gate=record.gate if self.side is Side.SELLSY else None,
            archived=record.archived,
            roles=record.roles,
            keys=content.keys,
            stamps=record.stamps,
            hash=content.hash,
        )

    def _content(self, record: Record, state: tuple[object, ...]) -> "Content":
        fields = dict(record.fields)
        siret = fields.get("siret")
        return Content(
            state,
            self.reference(record.id),
            fields,
            str(fields.get("name") or record.id),
            self._version(record),
            record.created.isoformat() if record.created else "",
            {"siret": str(siret)} if siret else {},
            repr((sorted(fields.items(), key=str), record.gate, record.archived, sorted(record.stamps))),
        )

    def _version(self, record: Record) -> str:
        return str(record.version)

    def observe(self, references: Sequence[Reference]) -> Mapping[Reference, Snapshot]:
        at = self.clock.now()
        self._call("observe")
        self.doubts.learnt([r.id for r in references], at)
        return {r: self._snapshot(self.records[r.id], at) for r in references if r.id in self.records}

    def exists(self, reference: Reference) -> bool:
        self._call("exists")
        return reference.id in self.records

    def scan(self, after: str | None) -> Page:
        at = self.clock.now()
        self._call("scan")
        ids = sorted((i for i in self.records if after is None or int(i) > int(after)), key=int)
        page = ids[:100]
        more = page[-1] if len(ids) > 100 else None
        return Page([self._snapshot(self.records[i], at) for i in page], more, len(self.records))

    def find(self, key: str, values: Iterable[str]) -> Sequence[Snapshot]:
        at = self.clock.now()
        self._call("find")
        wanted = set(values)
        return [
            self._snapshot(r, at)
            for r in self.records.values()
            if (wanted & r.stamps if key == "stamp" else str(r.fields.get(key)) in wanted)
        ]

    def created_at(self, second: datetime, after_id: str) -> Sequence[Snapshot]:
        raise NotImplementedError

    def set_gate(self, snapshot: Snapshot, value: bool) -> Snapshot:
        raise NotImplementedError

    def newest_id(self) -> str:
        return str(self.next_id - 1)


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
            self.overwritten(record, accepted, dict(write.snapshot.fields))
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


__all__ = ["FIELDS", "NotSent", "SimAltior", "SimSellsy", "Unclear"]
