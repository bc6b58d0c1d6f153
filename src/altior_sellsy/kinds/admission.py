"""Whether, and how, a record that has no pair yet comes to have one. Types shared by the kinds; each kind decides.

`admit(snapshot, volet, situation)` is pure. It is asked first without candidates; if it answers `Search`, the engine
looks the key up on the other side, among all records, paired ones included, and asks again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Decision, Sighting, State, Tombstone
from altior_sellsy.values.reference import Reference, Volet


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record of the other side that bears the match key; `paired`: it has a pair in this volet already; `claimed`:
    it bears the reference of another record, though no pair says so (a create whose answer was lost, a restore)."""

    snapshot: Snapshot
    paired: bool
    claimed: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """What the ledger and the request know about an unpaired record.

    `settings`: the approved request (request.model, `settings()`). `activated_at`: None before activation.
    `parents`: parent references → their pair's other-side reference, for parents that are paired.
    """

    settings: Mapping[str, Any]
    activated_at: datetime | None
    sighting: Sighting | None = None
    tombstones: Sequence[Tombstone] = ()
    decisions: Sequence[Decision] = ()
    candidates: Sequence[Candidate] | None = None
    adopted: Snapshot | None = None
    """The Sellsy record named by a stamp on the Altior record, if it exists."""
    adopted_paired: bool = False
    stamp_searched: bool = False
    known_stamps: frozenset[str] = frozenset()
    """Stamps on the Altior record that its open pairs explain."""
    parents: Mapping[Reference, Reference] = field(default_factory=dict)

    def decision(self, *verbs: str) -> Decision | None:
        return next((d for d in self.decisions if d.verb in verbs), None)


@dataclass(frozen=True, slots=True)
class Exclude:
    """It stays on its side. `code` names the reason (situations table); `detail` fills its sentence."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """Look this key up on the other side first: `siret`, or `stamp` (a reference of ours found on the record)."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Link:
    other: Snapshot
    made_by: str


@dataclass(frozen=True, slots=True)
class Make:
    """Create it on the other side with these roles."""

    roles: frozenset[str]
    match_key: str = ""
    parents: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A person must say: a card with this code (situations table), and what it needs to be settled."""

    code: str
    detail: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wait:
    """It goes on by itself once `reference` is paired."""

    reference: Reference
    code: str = "parent"
    detail: str = ""


Admission = Exclude | Search | Link | Make | Ask | Wait


class Admit(Protocol):
    def __call__(self, snapshot: Snapshot, volet: Volet, situation: Situation) -> Admission: ...


def in_scope(snapshot: Snapshot, situation: Situation, *, taken: bool) -> bool:
    """R4. What existed before the activation instant stays out unless the request takes it (`taken`), or a person, or
    SA turning Oui after activation, lets it in."""
    sighting = situation.sighting
    if taken or situation.activated_at is None or (sighting is not None and sighting.released):
        return True
    if situation.decision("let_in", "create", "link"):
        return True
    created = created_at(snapshot)
    return created is not None and created >= situation.activated_at


def created_at(snapshot: Snapshot) -> datetime | None:
    try:
        return datetime.fromisoformat(snapshot.created)
    except ValueError:
        return None


__all__ = [
    "Admission", "Admit", "Ask", "Candidate", "Exclude", "Link", "Make", "Search", "Situation", "State", "Wait",
    "created_at", "in_scope",
]  # fmt: skip
