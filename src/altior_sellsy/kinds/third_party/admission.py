"""How a tiers or a Sellsy client, prospect or supplier comes to have its counterpart (rules R1, R4, R7–R9, R12)."""

from altior_sellsy.kinds.admission import (
    Admission,
    Ask,
    Candidate,
    Exclude,
    Link,
    Make,
    Search,
    Situation,
    adoption,
    in_scope,
    settled,
)
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.values.reference import Side, Volet

THINGS = ("company", "individual")


def volets(snapshot: Snapshot) -> tuple[Volet, ...]:
    """A Sellsy record has one type, so one volet; a tiers may hold both (rules 0.1)."""
    found = []
    if snapshot.roles & {"client", "prospect"}:
        found.append(Volet.VENTE)
    if "supplier" in snapshot.roles:
        found.append(Volet.ACHAT)
    return tuple(found) or (Volet.VENTE,)


def admit(snapshot: Snapshot, volet: Volet, situation: Situation) -> Admission:
    if said := settled(snapshot, volet, situation):
        return said
    twin = situation.decision("duplicate")
    if twin and twin.data.get("siret") == snapshot.keys.get("siret") and not situation.decision("create"):
        return Exclude("duplicate", str(twin.data.get("of", "")))
    if snapshot.reference.side is Side.SELLSY:
        return _descend(snapshot, volet, situation)
    return _ascend(snapshot, volet, situation)


def _descend(snapshot: Snapshot, volet: Volet, situation: Situation) -> Admission:
    if snapshot.archived:
        return Exclude("archived_sellsy")
    if snapshot.gate is not True:
        return Exclude("not_ticked")
    if not in_scope(snapshot, situation, taken=bool(situation.settings["tiers"]["import"])):
        return Exclude("out_of_scope")
    return _by_siret(snapshot, volet, situation)


def _ascend(snapshot: Snapshot, volet: Volet, situation: Situation) -> Admission:
    adopted = adoption(snapshot, situation, THINGS)
    # A reference that belongs to the other volet of this tiers adopts nothing here.
    if adopted is not None and not (isinstance(adopted, Link) and volet not in volets(adopted.other)):
        return adopted
    if snapshot.archived:
        return Exclude("archived_altior")
    roles = snapshot.roles & ({"supplier"} if volet is Volet.ACHAT else {"client", "prospect"})
    wanted = set(situation.settings.get("export_roles", ("client", "prospect")))
    if not roles & wanted and not situation.decision("let_in", "create", "link"):
        return Exclude("role_not_exported", ", ".join(sorted(roles)))
    if not in_scope(snapshot, situation, taken=bool(situation.settings["tiers"]["export"])):
        return Exclude("out_of_scope")
    return _by_siret(snapshot, volet, situation)


def _by_siret(snapshot: Snapshot, volet: Volet, situation: Situation) -> Admission:
    make = Make(_roles(snapshot, volet), snapshot.keys.get("siret", ""))
    siret = snapshot.keys.get("siret")
    if not siret or situation.decision("create"):
        return make
    if situation.candidates is None:
        return Search("siret", siret)
    same = [c for c in situation.candidates if volet in volets_of_candidate(c, snapshot, volet)]
    if not same:
        return make
    free = [c for c in same if not c.paired and not c.claimed and not c.snapshot.archived]
    ticked = [c for c in free if c.snapshot.gate is True]
    names = ", ".join(f"« {c.snapshot.label} »" for c in same)
    data = {"siret": siret, "candidates": [str(c.snapshot.reference) for c in same]}
    if len(free) > 1 and len(ticked) != 1:
        return Ask("siret_ambiguous", names, data, siret=siret)
    if not free:
        return Ask("siret_taken", names, data, siret=siret)
    found = ticked[0] if len(ticked) == 1 else free[0]
    if situation.settings["tiers"].get("siret") is not True:
        return Ask("siret_exists", names, data, siret=siret)
    return Link(found.snapshot, "siret")


def volets_of_candidate(candidate: Candidate, snapshot: Snapshot, volet: Volet) -> tuple[Volet, ...]:
    """Seen from Sellsy, a tiers can take either volet (it gains the role); seen from Altior, a record has its type."""
    if candidate.snapshot.reference.side is Side.ALTIOR:
        return (volet,)
    return volets(candidate.snapshot)


def _roles(snapshot: Snapshot, volet: Volet) -> frozenset[str]:
    if volet is Volet.ACHAT:
        return frozenset({"supplier"})
    return frozenset({"client"}) if "client" in snapshot.roles else frozenset({"prospect"})
