"""What both simulated systems share: records, how people act on them, and what the engine is shown."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from altior_sellsy.clock import Clock
from altior_sellsy.errors import NotSent
from altior_sellsy.kinds.port import Page, Snapshot
from altior_sellsy.ledger.model import Value
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.known import Doubts

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
        self.overwritten: Callable[[Record, dict[str, Value], Snapshot], None] = lambda *_: None
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
