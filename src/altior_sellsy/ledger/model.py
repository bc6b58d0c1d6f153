"""What is remembered, as plain frozen data (design, section 2). No I/O: both ledgers speak these types.

Field values (`Value`) are JSON: text (NFC), bool, int, Decimal written as text by the record itself, None for
«empty», or a flat dict for a composite value (an address). A key that is missing is unknown, not empty.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from altior_sellsy.frozen import dataclass
from altior_sellsy.values.reference import Reference, Side, Volet

Value = str | bool | int | None | dict[str, str | None] | list[str]
Fields = Mapping[str, Value]


class State(StrEnum):
    """Where a record stands (rules 5.3). The text is what the code stores; French labels live in the console."""

    IN_STEP = "in_step"
    WAITING = "waiting"
    EXCLUDED = "excluded"
    FAILED = "failed"
    FROZEN = "frozen"
    HELD = "card"


class EnvironmentStatus(StrEnum):
    NOT_ACTIVATED = "not_activated"
    TO_APPROVE = "to_approve"
    INITIALISING = "initialising"
    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Look:
    """«Look at this reference again.» Never data. `live` looks go before bulk ones; `due` is the earliest instant."""

    reference: Reference
    kind: str
    reason: str
    due: datetime
    live: bool = False
    seq: int = 0
    attempts: int = 0
    failing_since: datetime | None = None


class Queue(NamedTuple):
    """Looks in numbers: how many, how many of them due, the earliest due instant, the latest sequence number."""

    number: int
    due: int
    earliest: datetime | None
    latest: int


@dataclass(frozen=True, slots=True)
class Pair:
    """One Sellsy thing and one Altior thing that are the same.

    `half_sellsy` and `half_altior`: per field, what each side itself showed at the last agreement.
    `owed`: writes still due on the pair itself ({"gate": {"was": SA as first read}, "stamp": true}). `held`: field →
    what refused it (planner's Held as JSON). `written`: side → field → {"at": iso instant, "replaced": value}, our
    recent writes. `rhythm`: field → [[iso instant, side], …], to see a field that is written to both sides alternately.
    `seen`: side → the modification time that it has shown last, «side_at» → since when, «side_written» → our last write
    there, «altior_created» → when the tiers was created, as Altior showed it first. `bindings`: set → {Sellsy slot or
    id: Altior element id}.
    """

    id: str
    kind: str
    sellsy: Reference
    altior: Reference
    volet: Volet = Volet.NONE
    half_sellsy: Fields = field(default_factory=dict)
    half_altior: Fields = field(default_factory=dict)
    state: State = State.IN_STEP
    code: str = ""
    sellsy_created: str = ""
    """`created` of the Sellsy record as first seen: another value later means another thing under the same id."""
    gate_seen: bool = False
    """The ledger once saw this record's SA at Oui: a person who unticks it afterwards took it back."""
    owed: Mapping[str, Any] = field(default_factory=dict)
    held: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)
    rhythm: Mapping[str, Any] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)
    bindings: Mapping[str, Any] = field(default_factory=dict)
    closed: bool = False
    made_by: str = ""
    """How the pair came to be: created_in_altior, created_in_sellsy, siret, stamp, person."""

    def reference(self, side: Side) -> Reference:
        return self.sellsy if side is Side.SELLSY else self.altior

    def half(self, side: Side) -> Fields:
        return self.half_sellsy if side is Side.SELLSY else self.half_altior


@dataclass(frozen=True, slots=True)
class Sent:
    """One field of an announcement: what goes out, what it replaces, and the source side's value it came from."""

    sent: Value
    replaced: Value
    source: Value
    replaced_known: bool = True
    conflict: bool = False
    """What it replaces was edited too: whenever this write is found to have arrived, the journal keeps both."""
    person: bool = False
    """A person takes a change back by us: it is an edit of the target, which then travels like any other."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What we are about to write, committed before writing.

    An update names its pair. A create names the source reference instead and, towards Sellsy, the reserved second
    (`created`, unique per environment and kind) and the highest id known before it.
    """

    id: str
    kind: str
    side: Side
    fields: Mapping[str, Sent]
    deadline: datetime
    """After this instant the call has either happened or never will."""
    pair_id: str = ""
    source: Reference | None = None
    source_created: str = ""
    """As its side shows it: Altior gives an id anew after a backup, and the record under it is another one then."""
    volet: Volet = Volet.NONE
    version: str = ""
    """The target's version or modification time when it was read before writing; empty when it has none."""
    created: datetime | None = None
    after_id: str = ""
    roles: frozenset[str] = frozenset()
    """Of a create: what the record becomes there."""
    match_key: str = ""
    """The SIRET of a create: open creates are unique per (environment, kind, side, volet, match key)."""
    checks: int = 0
    """How many times a recovery found nothing."""
    checked_at: datetime | None = None

    @property
    def is_create(self) -> bool:
        return not self.pair_id


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Left by closing a pair on both references: only a person pairs or creates them again."""

    reference: Reference
    volet: Volet
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known of one record on one side, paired or not: for search, scans, scope and counters.

    `hash`: of the content last looked at by a drain, so that a scan marks only what moved. `gate`: SA as last seen
    (None for empty). `released`: SA was seen going from not-Oui to Oui after activation, or a person let it in (R4).
    `gate_seen`: SA was once seen at Oui. `listed`: a whole scan of its side shows it, unless something became of it.
    """

    reference: Reference
    kind: str
    label: str
    folded: str
    """The label without case and accents, for search."""
    keys: Mapping[str, str]
    """Match keys: siret, email …"""
    hash: str
    gate: bool | None
    state: State
    code: str = ""
    detail: str = ""
    waits_for: str = ""
    volet: Volet = Volet.NONE
    gate_seen: bool = False
    released: bool = False
    created: datetime | None = None
    at: datetime | None = None
    gone_checks: int = 0
    gone_at: datetime | None = None
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """Something that needs a person. One open card per (environment, reference, code, field)."""

    reference: Reference | None
    code: str
    sentence: str
    remedy: str
    field_name: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    count: int = 1
    closed_at: datetime | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What was done: per record and field, before / after, cause, who. Evidence for people, never read to decide."""

    at: datetime
    kind: str
    action: str
    """created, updated, linked, closed, conflict, ticked, refused …"""
    side: Side | None
    reference: Reference | None
    cause: str
    who: str = "Connecteur"
    field_name: str = ""
    before: Value = None
    after: Value = None
    other: Value = None
    """In a conflict: the value that lost."""
    counterpart: Reference | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision, as a row: link these two, do not link, create anyway, unlink, take this side."""

    reference: Reference
    verb: str
    other: Reference | None = None
    who: str = ""
    at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Environment:
    """One company. `settings` is what the approved request says (request.model), secrets excepted."""

    name: str
    """The slug of «Environnement»."""
    client: str
    altior_name: str
    """«Environnement» as written: the name at Altior."""
    status: EnvironmentStatus = EnvironmentStatus.NOT_ACTIVATED
    settings: Mapping[str, Any] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    """sellsy, sellsy_login, altior."""
    account_id: str = ""
    account_uuid: str = ""
    activated_at: datetime | None = None
    """Start of the reads behind the approved plan (design 7.3)."""
    approved_by: str = ""
    paused_reason: str = ""
    paused_at: datetime | None = None
    paused_by: str = ""
    epoch: int = 0
    cursors: Mapping[str, Any] = field(default_factory=dict)
    """feed cursor, due instants of schedules, position of the rolling scan, webhook subscription …"""
    webhook_token: str = ""
    """Opaque part of our webhook address."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One record of the stored plan of the first synchronisation, once per volet.

    `decision`: create (on the other side), link, exclude, ask, wait. `code`: why, or how it is linked. `released`: a
    person has approved that it be executed. `data` (JSON): «held» {field: sentence}, «differences» [[field, Sellsy's
    value, Altior's, the side that is right]], «suggestions» [{reference, label, why, score}], and the record as it was
    read: «gate», «hash», «created», «at», «keys».
    """

    number: int
    """Its place in the plan, from 0."""
    reference: Reference
    kind: str
    volet: Volet
    label: str
    decision: str
    code: str = ""
    detail: str = ""
    other: Reference | None = None
    """The record that it is linked to."""
    frozen: bool = False
    released: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestVersion:
    number: str
    """DEM-2026-0042."""
    at: datetime
    who: str
    answers: Mapping[str, Any]
    state: str


def by_state(standing: Mapping[tuple[str, str, str], int]) -> dict[str, dict[str, int]]:
    """Kind → state → how many, whatever the code."""
    counted: dict[str, dict[str, int]] = {}
    for (kind, state, _), number in standing.items():
        states = counted.setdefault(kind, {})
        states[state] = states.get(state, 0) + number
    return counted
