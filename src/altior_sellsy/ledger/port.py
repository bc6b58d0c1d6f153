"""The ledger's port. Two implementations ship: `memory` (tests, simulation) and the Django app on PostgreSQL.

One rule holds everywhere: what belongs together is committed together. `commit` takes one `Changes` and applies it
in one transaction, after checking the epoch of the lease; a suspended drainer that wakes commits nothing.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, Protocol

from altior_sellsy.errors import ConnectorError
from altior_sellsy.frozen import dataclass
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
)
from altior_sellsy.values.reference import Reference, Side, Volet


class LeaseLost(ConnectorError):
    """Another drainer holds this environment now: stop, write nothing."""


class Taken(ConnectorError):
    """A unique rule of the ledger refuses this commit (reference already paired, create already open, second taken)."""


@dataclass()
class Changes:
    """One transaction's worth of memory. Order of application is fixed (pairs before waiters); lists may be empty."""

    pairs: list[Pair] = field(default_factory=list)
    """Upserted by id."""
    announce: list[Announcement] = field(default_factory=list)
    """Upserted by id."""
    settle: list[str] = field(default_factory=list)
    """Ids of announcements to close."""
    journal: list[JournalEntry] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    """Opened, or counted again when the same one is open."""
    close_cards: list[tuple[Reference | None, str | None, str | None]] = field(default_factory=list)
    """(reference, code, field) whose cause is gone. No reference: a card of the environment itself. No code or field:
    any. A card that the same commit meets again (`cards`) stays open and counts."""
    tombstones: list[Tombstone] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    forget: list[Reference] = field(default_factory=list)
    """Sightings of records that are gone."""
    done: list[Look] = field(default_factory=list)
    """Cleared only if the row's seq is still the look's."""
    postpone: list[Look] = field(default_factory=list)
    """due, attempts, failing_since of the look replace the row's, only if the row's seq is unchanged."""
    mark: list[Look] = field(default_factory=list)
    wake: list[str] = field(default_factory=list)
    """Keys (references as text) that now exist: sightings with `waits_for` in here are marked, due at once, bulk unless
    `mark` or the row says live; same transaction."""
    decisions: list[Decision] = field(default_factory=list)
    drop_decisions: list[tuple[Reference, str]] = field(default_factory=list)
    release: list[int] = field(default_factory=list)
    """Numbers of the plan's rows that a person has approved."""
    cursors: dict[str, Any] = field(default_factory=dict)
    """Merged into the environment's cursors."""
    environment: dict[str, Any] = field(default_factory=dict)
    """Fields of the environment to replace (status, activated_at, paused_reason …)."""


@dataclass(frozen=True, slots=True)
class Lease:
    holder: str
    epoch: int


class Ledger(Protocol):
    """The ledger of one environment."""

    @property
    def name(self) -> str: ...

    def environment(self) -> Environment: ...

    # -- lease and epoch
    def lease(self, holder: str, now: datetime, seconds: float) -> Lease | None:
        """Take or renew. None while another holder's lease runs. Every change of holder raises the epoch, a release
        in between included. The holder's name is unique to one run of one process."""
        ...

    def release(self, lease: Lease) -> None: ...

    def commit(self, changes: Changes, lease: Lease | None) -> None:
        """One transaction. Raises LeaseLost (epoch moved; nothing is kept) or Taken (a unique rule; nothing is kept).

        `lease` is None only for what people and signals commit (marks, decisions, settings): such changes hold no
        pairs, announcements or settlements.
        """
        ...

    # -- looks
    def mark(self, looks: Iterable[Look]) -> None:
        """Upsert: seq rises (never given twice, cleared rows included), live wins, earliest due, attempts back to 0,
        `failing_since` stays. Keys are sorted, so that marks never deadlock."""
        ...

    def claim(self, now: datetime, limit: int, *, live_only: bool = False) -> list[Look]:
        """Due looks, live before bulk, then by due; those of bulk are all of one kind, that of the first of them, so
        that whole pages are read and written for them. Claiming takes nothing away: clearing checks seq."""
        ...

    def looks(self, until: int | None = None) -> list[Look]:
        """All rows, or those marked no later than that sequence number."""
        ...

    def queue(self, now: datetime, until: int | None = None) -> Queue:
        """What waits, in numbers (status, `sync`), of the same rows."""
        ...

    def pending(self) -> tuple[int, datetime | None]:
        """Number of looks, and the earliest due instant of them. Cheap at any number."""
        ...

    def look_seqs(self, references: Iterable[Reference]) -> Mapping[Reference, int]: ...

    # -- reading
    def pairs(self, references: Iterable[Reference]) -> list[Pair]:
        """Open pairs that bear one of these references."""
        ...

    def all_pairs(self, kind: str | None = None) -> list[Pair]: ...

    def announcements(self, *, pair_ids: Iterable[str] = (), creates_of: str | None = None) -> list[Announcement]:
        """Open ones: of these pairs, and all creates of this kind."""
        ...

    def tombstones(self, references: Iterable[Reference]) -> list[Tombstone]: ...

    def sightings(self, references: Iterable[Reference]) -> Mapping[Reference, Sighting]: ...

    def all_sightings(self, kind: str | None = None, side: Side | None = None) -> Iterator[Sighting]:
        """Read by page: an environment has any number of them."""
        ...

    def known(self, kind: str, side: Side) -> int:
        """How many records of a kind and side have a sighting."""
        ...

    def shown(self, kind: str, side: Side, turn: datetime, references: Iterable[Reference]) -> None:
        """A page of the rolling scan, of the turn that began at `turn`. Earlier turns of that side are forgotten."""
        ...

    def unshown(self, kind: str, side: Side, turn: datetime) -> list[Reference]:
        """What the pages of a whole turn should have shown: listed, not gone, last looked at before it began."""
        ...

    def gone(self, kind: str, side: Side) -> list[Reference]:
        """Those that did not answer when they were last asked for."""
        ...

    def answering(self, kind: str, side: Side, most: int, thing: str = "") -> list[Reference]:
        """Some of the others, of one thing («company») or of any; the same ones each time."""
        ...

    def find_by_key(self, kind: str, side: Side, key: str, values: Iterable[str]) -> Mapping[str, list[Reference]]:
        """Sightings by match key (`siret` → references)."""
        ...

    def decisions(self, references: Iterable[Reference]) -> list[Decision]: ...

    def cards(self, *, open_only: bool = True, reference: Reference | None = None) -> list[Card]: ...

    def journal(self, *, reference: Reference | None = None, limit: int = 200) -> list[JournalEntry]:
        """Newest first."""
        ...

    def done_since(self, start: datetime) -> Mapping[tuple[str, Side | None], int]:
        """What the journal holds since then: (action, side) → number of entries."""
        ...

    def reserve_second(self, kind: str, now: datetime, lease: Lease) -> datetime:
        """The next free whole second at or before now, unique per environment and kind, never given twice."""
        ...

    def standing(self) -> Mapping[tuple[str, str, str], int]:
        """(kind, state, code) → how many pairs, and records without a pair, stand so."""
        ...

    def counters(self) -> Mapping[str, Mapping[str, int]]:
        """kind → state → number: pairs once, unpaired sightings by their state."""
        ...

    # -- secrets, plans
    def secret(self, name: str) -> str | None:
        """Decrypted. Names: sellsy_client_id, sellsy_client_secret, altior_token, webhook_key, sellsy_token."""
        ...

    def set_secret(self, name: str, value: str) -> None: ...

    def save_plan(self, plan: Mapping[str, Any], rows: Iterable[Planned] = ()) -> None:
        """Replaces plan and rows, in one transaction. `rows` may be a long stream: it is not kept in memory."""
        ...

    def plan(self) -> Mapping[str, Any] | None:
        """What was saved beside the rows."""
        ...

    def plan_rows(
        self,
        *,
        after: int = -1,
        limit: int = 1000,
        decisions: Collection[str] = (),
        released: bool | None = None,
    ) -> list[Planned]:
        """By number, above `after`; of these decisions only, when any is given."""
        ...

    def plan_rows_of(self, references: Iterable[Reference]) -> list[Planned]: ...

    def request_versions(self) -> Sequence[RequestVersion]: ...

    def add_request_version(self, version: RequestVersion) -> None: ...


class Ledgers(Protocol):
    """The installation: its environments, and what belongs to a Sellsy account rather than to an environment."""

    def add(
        self,
        environment: Environment,
        *,
        secrets: Mapping[str, str] | None = None,
        version: RequestVersion | None = None,
    ) -> Ledger:
        """With its secrets and the request that it was made from, in one transaction. Raises Taken: name used, or
        another active environment on the same account or the same Altior."""
        ...

    def open(self, name: str) -> Ledger:
        """Raises LookupError."""
        ...

    def by_webhook(self, token: str) -> Ledger | None: ...

    def environments(self) -> list[Environment]: ...

    def request_numbers(self) -> Collection[str]:
        """Of the requests of every environment, each once."""
        ...

    def due(self, now: datetime) -> list[str]:
        """Names of the environments that have due looks and are neither paused nor stopped."""
        ...

    def remove(self, name: str) -> None: ...

    def quota(self, account: str) -> "Quota": ...

    def idle(self) -> None:
        """Gives back what this thread holds (a database connection) before a long wait."""
        ...

    def exclusive(self, key: str) -> Callable[[], Any]:
        """A context manager factory: a lock across workers for short critical sections (token refresh)."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """One limit of the account: `limit` calls per `seconds`."""

    seconds: int
    limit: int


class Quota(Protocol):
    """The call quota of a Sellsy account, shared by all workers (design 7.7)."""

    def take(self, now: datetime, *, live: bool, reserve: float) -> datetime | None:
        """Book one call. None = granted; else the instant at which to try again. Bulk leaves the reserve untouched."""
        ...

    def room(self, now: datetime, *, live: bool, reserve: float, calls: int) -> datetime:
        """When so many calls fit, or as many as are ever allowed; books nothing."""
        ...

    def limits(self, windows: Sequence[Window], now: datetime) -> None: ...

    def correct(self, remaining: Mapping[int, int], now: datetime) -> None:
        """From the answer's headers: seconds of the window → calls remaining (may be negative)."""
        ...

    def exhausted(self, until: datetime) -> None:
        """A 429 came anyway: nothing more before this instant."""
        ...

    def usage(self, now: datetime) -> Mapping[int, tuple[int, int]]:
        """seconds of the window → (used, limit)."""
        ...


__all__ = ["Changes", "Lease", "LeaseLost", "Ledger", "Ledgers", "Quota", "Taken", "Volet", "Window"]
