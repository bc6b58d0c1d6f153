"""How a contact comes to have its counterpart (rules R4, R6, R14, R20). Pure."""

from collections.abc import Sequence

from altior_sellsy.kinds.admission import (
    Admission,
    Candidate,
    Exclude,
    Link,
    Make,
    Search,
    Situation,
    Wait,
    adoption,
    in_scope,
    settled,
)
from altior_sellsy.kinds.contact.record import LINKS, ROLE
from altior_sellsy.kinds.contact.translating import PERSONS
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.values.reference import Side, Volet
from altior_sellsy.values.text import same_text

THINGS = ("contact",)


def volets(snapshot: Snapshot) -> tuple[Volet, ...]:
    return (Volet.NONE,)


def admit(snapshot: Snapshot, volet: Volet, situation: Situation) -> Admission:
    if said := settled(snapshot, volet, situation):
        return said
    if snapshot.reference.side is Side.SELLSY:
        return _descend(snapshot, situation)
    return _ascend(snapshot, situation)


def _descend(snapshot: Snapshot, situation: Situation) -> Admission:
    """Its own SA, and a paired third party (R6)."""
    if snapshot.archived:
        return Exclude("archived_sellsy")
    if snapshot.gate is not True:
        return Exclude("not_ticked")
    if not in_scope(snapshot, situation, taken=bool(situation.settings["tiers"]["import"])):
        return Exclude("out_of_scope")
    if PERSONS in snapshot.roles and not snapshot.parents:
        return Exclude("individual_person")
    return _with_its_third_party(snapshot, situation)


def _ascend(snapshot: Snapshot, situation: Situation) -> Admission:
    if (adopted := adoption(snapshot, situation, THINGS)) is not None:
        return adopted
    if snapshot.archived:
        return Exclude("archived_altior")
    if not in_scope(snapshot, situation, taken=bool(situation.settings["tiers"]["export"])):
        return Exclude("out_of_scope")
    if situation.parents and all(one.thing == "individual" for one in situation.parents.values()):
        return Exclude("individual_contact")
    return _with_its_third_party(snapshot, situation)


def _with_its_third_party(snapshot: Snapshot, situation: Situation) -> Admission:
    if not snapshot.position.get("last_name"):
        return Exclude("no_last_name")
    if not snapshot.parents:
        return Exclude("no_third_party")
    if not situation.parents:
        return Wait(snapshot.parents[0])
    make = Make(ROLE, parents=tuple(situation.parents.values()))
    mail = snapshot.keys.get("email")
    if not mail or situation.decision("create"):
        return make
    if situation.candidates is None:
        return Search("email", mail)
    alike = [c for c in situation.candidates if _shares(c.snapshot, snapshot, situation)]
    if len(alike) != 1 or not _may_be(alike[0], snapshot):
        return make
    if situation.twins is None:
        return Search("email", mail, own=True)
    if any(_beside(twin, snapshot) for twin in situation.twins):
        return make
    return Link(alike[0].snapshot, "email")


def _shares(other: Snapshot, snapshot: Snapshot, situation: Situation) -> bool:
    """Is the other side's contact in the same tiers?"""
    if set(other.parents) & set(situation.parents.values()):
        return True
    return bool(set(_links(other)) & set(_links(snapshot)))


def _links(snapshot: Snapshot) -> Sequence[str]:
    value = snapshot.fields.get(LINKS)
    return value if isinstance(value, list) else ()


def _may_be(candidate: Candidate, snapshot: Snapshot) -> bool:
    if candidate.paired or candidate.claimed or candidate.snapshot.archived:
        return False
    theirs = candidate.snapshot.position.get("last_name")
    return not theirs or same_text(theirs, snapshot.position.get("last_name"))


def _beside(twin: Snapshot, snapshot: Snapshot) -> bool:
    """In the same tiers, on the record's own side."""
    return bool(set(twin.parents) & set(snapshot.parents) or set(_links(twin)) & set(_links(snapshot)))
