"""What the engine needs of one side of one kind. Kinds implement it over the sellsy and altior ports.

A `System` is thin: it reads things as snapshots in the shared, normalised form, and writes fields. It never decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, Protocol

from altior_sellsy.frozen import dataclass
from altior_sellsy.ledger.model import Fields, Value
from altior_sellsy.values.reference import Reference, Side, Volet


@dataclass(frozen=True, slots=True)
class Problem:
    """A field that could not be read into the shared form, or may not be written: it is held, the rest goes."""

    code: str
    sentence: str


RECORD = ""
"""Key in `Snapshot.problems` of a record that could not be read at all: it has no fields, and rests on a card."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A record as one side showed it.

    `at`: the instant at which its query *started*. `version`: opaque, only ever compared for equality; empty when the
    side has none. `modified`: the modification instant, None when the side shows none. `fields`: a missing key is
    unknown. `created`: as the side shows it, the identity check of the pair. `stamps`: our references stored on the
    Altior record (text). `roles`: what it is on that side ({"client"}, {"client", "supplier"}, {"contact"} …). `keys`:
    match keys (siret …). `parents`: references this record depends on (a contact's companies, a deal's company).
    """

    reference: Reference
    at: datetime
    fields: Fields
    label: str
    version: str = ""
    modified: datetime | None = None
    created: str = ""
    gate: bool | None = None
    archived: bool = False
    listed: bool = True
    """Does a whole scan of its side show it? Where not, nothing is missed when it does not."""
    roles: frozenset[str] = frozenset()
    keys: Mapping[str, str] = field(default_factory=dict)
    stamps: frozenset[str] = frozenset()
    parents: tuple[Reference, ...] = ()
    problems: Mapping[str, Problem] = field(default_factory=dict)
    bindings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Element ids needed to write in place: set or slot → element id on that side."""
    hash: str = ""
    position: Mapping[str, Any] = field(default_factory=dict)
    """What its kind plans from besides its fields (a deal's pipeline, step, won …). Light snapshots keep it."""
    document: Any = field(default=None, compare=False, repr=False)
    """Altior only: the side's own document, to bind its sets anew (`altior_sets.Bound`). Never stored."""


@dataclass(frozen=True, slots=True)
class Write:
    """Fields to write on an existing record, against the snapshot they were planned from."""

    snapshot: Snapshot
    fields: Fields
    stamps: frozenset[str] = frozenset()
    """Altior only: references to add to the record (a pair's stamp)."""
    unstamps: frozenset[str] = frozenset()
    """Altior only: references to take off the record (a pair that a person dissolves)."""
    archive: bool = False
    """The record is archived with this write. Nothing is ever deleted."""


@dataclass(frozen=True, slots=True)
class Create:
    """A record to create. `stamp`: the source reference, stored on the Altior record. `created`: Sellsy's reserved
    second. `key`: identifies the item in the answer."""

    key: str
    fields: Fields
    roles: frozenset[str]
    stamp: Reference
    created: datetime | None = None
    parents: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """The answer of one write or create.

    `shown`: fields as the side itself showed them in its answer: only these are acknowledged. `refused`: field →
    why (validation). `error`: the whole item failed. An item with neither acknowledges nothing.
    """

    snapshot: Snapshot | None = None
    created: bool = True
    """False when a safe create found the record already there: it is adopted, not taken as made just now."""
    shown: Fields = field(default_factory=dict)
    refused: Mapping[str, Problem] = field(default_factory=dict)
    error: Exception | None = None
    bindings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a scan. `after` continues it; None at the end."""

    snapshots: Sequence[Snapshot]
    after: str | None
    total: int | None = None


class System(Protocol):
    """One kind on one side. Every method may raise the errors of altior_sellsy.errors."""

    @property
    def side(self) -> Side: ...

    @property
    def things(self) -> frozenset[str]:
        """Things of references that this system reads: {"company", "individual"} or {"tiers"}."""
        ...

    def observe(self, references: Sequence[Reference]) -> Mapping[Reference, Snapshot]:
        """At most 100, in as few calls as the side allows. What is absent from the answer was not shown: a signal."""
        ...

    def exists(self, reference: Reference) -> bool:
        """A direct GET: False on 404 only."""
        ...

    def scan(self, after: str | None) -> Page:
        """Everything, by id, archived included, pages of 100."""
        ...

    def find(self, key: str, values: Iterable[str]) -> Sequence[Snapshot]:
        """All records, archived and paired ones included, that bear one of these match keys (`siret`, `stamp`, …)."""
        ...

    def update(self, writes: Sequence[Write]) -> Sequence[Written]:
        """One answer per write, in order. Items fail apart; raises only when nothing was sent."""
        ...

    def create(self, creates: Sequence[Create]) -> Sequence[Written]: ...

    def created_at(self, second: datetime, after_id: str) -> Sequence[Snapshot]:
        """Sellsy: all records above `after_id` by list, and those whose `created` is this second by search, united."""
        ...

    def set_gate(self, snapshot: Snapshot, value: bool) -> Snapshot:
        """Sellsy only: ticks «Synchronisation Altior» (SA)."""
        ...

    def newest_id(self) -> str:
        """Sellsy: the highest id now, kept with a create's announcement."""
        ...


__all__ = ["RECORD", "Create", "Fields", "Page", "Problem", "Snapshot", "System", "Value", "Volet", "Write", "Written"]
