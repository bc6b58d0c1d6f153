"""Whether, and how, a record that has no pair yet comes to have one. Types shared by the kinds; each kind decides.

`admit(snapshot, volet, situation)` is pure. It is asked first without candidates; if it answers `Search`, the engine
looks the key up on the other side, among all records, paired ones included, and asks again.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, Protocol

from altior_sellsy.frozen import dataclass
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Decision, Sighting, State, Tombstone
from altior_sellsy.values.reference import Reference, Volet, of_sellsy


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
    twins: Sequence[Snapshot] | None = None
    """Other records of its own side that bear the match key."""
    adopted: Snapshot | None = None
    """The Sellsy record named by a stamp on the Altior record, if it exists."""
    adopted_paired: bool = False
    stamp_searched: bool = False
    known_stamps: frozenset[str] = frozenset()
    """Stamps on the Altior record that its open pairs explain."""
    parents: Mapping[Reference, Reference] = field(default_factory=dict)
    parent_sightings: Mapping[Reference, Sighting] = field(default_factory=dict)
    """Parents as they were last looked at, paired or not; one never looked at is missing."""

    def decision(self, *verbs: str) -> Decision | None:
        return next((d for d in self.decisions if d.verb in verbs), None) if self.decisions else None


@dataclass(frozen=True, slots=True)
class Exclude:
    """It stays on its side. `code` names the reason (situations table); `detail` fills its sentence."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """Look this key up on the other side first: `siret`, `email`, or `stamp` (a reference of ours found on the record).
    `own`: on the record's own side: who else bears it there (`Situation.twins`)."""

    key: str
    value: str
    own: bool = False


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
    """A person must say: a card with this code (situations table), and what it needs to be settled. `about`: the record
    on which it may be said, too: once that one is ticked or paired, this one is looked at again. `siret`: so it is as
    long as those that bear it stand as they do: once one comes, goes or changes, this one is looked at again."""

    code: str
    detail: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    about: Reference | None = None
    siret: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """It goes on by itself once `reference` is paired. `bring`: it may not wait for people: the connector lets the
    parent in, out of scope or not, and ticks its SA, unless it was once seen at Oui (rules R28). What asked for it."""

    reference: Reference
    code: str = "parent"
    detail: str = ""
    bring: str = ""


AWAITED = "awaited"
"""Verb: another record is to be linked to this one; until it is, nothing else is made of this one."""
REACHED = "reached"
"""Verb of the connector's own note on a record that `Later` holds back: its instant says since when."""


@dataclass(frozen=True, slots=True)
class Later:
    """It goes on by itself at `until`, and is looked at then. Forgotten as soon as it is excluded."""

    until: datetime
    code: str
    detail: str = ""


Admission = Exclude | Search | Link | Make | Ask | Wait | Later


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


def settled(snapshot: Snapshot, volet: Volet, situation: Situation) -> Admission | None:
    """What people, or the approved plan, have already said of this record; None: nothing."""
    if any(t.volet in (volet, Volet.NONE) for t in situation.tombstones) and not situation.decision("create", "link"):
        return Exclude("unlinked")
    if chosen := situation.decision("link"):
        return _linked_by_decision(chosen, situation)
    if (awaited := situation.decision(AWAITED)) and awaited.other is not None:
        return Wait(awaited.other, "link_decided", str(awaited.other))
    unsure = situation.decision("undecided")
    if unsure is not None and not situation.decision("create") and is_meant(unsure, snapshot):
        return Ask("create_unsure")
    if situation.decision("leave_out"):
        return Exclude("left_out")
    return None


def is_meant(said: Decision, snapshot: Snapshot) -> bool:
    """By the instant of its creation, where that is known: the id may be another record's now."""
    then = said.data.get("created")
    return not then or not snapshot.created or then == snapshot.created


def _linked_by_decision(chosen: Decision, situation: Situation) -> Admission:
    """Whatever SA says, the pair exists (and is figée while not Oui)."""
    if situation.candidates is None:
        return Search("reference", str(chosen.other))
    picked = next((c for c in situation.candidates if c.snapshot.reference == chosen.other and not c.paired), None)
    if picked is None:
        # Once that one is free, it is asked again.
        return Ask("link_impossible", str(chosen.other), about=chosen.other)
    return Link(picked.snapshot, str(chosen.data.get("how", "person")))


def adoption(snapshot: Snapshot, situation: Situation, things: Container[str]) -> Search | Ask | Link | None:
    """An Altior record that bears our reference is adopted: the ledger lost its pair (a restore), or never knew it.

    None: it bears none that its open pairs do not explain, or only another system's. `things`: those of the kind."""
    stamp = next(iter(_unexplained_stamps(snapshot, situation, things)), None)
    if stamp is None:
        return None
    if not situation.stamp_searched:
        return Search("stamp", stamp)
    if situation.adopted is None:
        return Ask("stamp_unknown", stamp, {"stamp": stamp})
    if situation.adopted_paired:
        return Ask("stamp_taken", stamp, {"stamp": stamp})
    return Link(situation.adopted, "stamp")


def _unexplained_stamps(snapshot: Snapshot, situation: Situation, things: Container[str]) -> list[str]:
    named = ((text, of_sellsy(text)) for text in sorted(snapshot.stamps - situation.known_stamps))
    return [text for text, reference in named if reference is not None and reference.thing in things]


def created_at(snapshot: Snapshot) -> datetime | None:
    try:
        return datetime.fromisoformat(snapshot.created)
    except ValueError:
        return None


__all__ = [
    "AWAITED", "REACHED", "Admission", "Admit", "Ask", "Candidate", "Exclude", "Later", "Link", "Make", "Search",
    "Situation", "State", "Wait", "adoption", "created_at", "in_scope", "settled",
]  # fmt: skip
