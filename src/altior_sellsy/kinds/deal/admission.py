"""How an opportunity comes to have its affaire: event 1 (design 6; rules R4, R23, R24, R27, R28). Pure."""

from difflib import SequenceMatcher

from altior_sellsy.kinds.admission import (
    REACHED,
    Admission,
    Ask,
    Candidate,
    Exclude,
    Later,
    Make,
    Search,
    Situation,
    Wait,
    adoption,
    created_at,
    in_scope,
    settled,
)
from altior_sellsy.kinds.deal.configuration import DealConfiguration, configuration
from altior_sellsy.kinds.deal.milestones import CREATION, STATUSES, reached_in_sellsy, standing
from altior_sellsy.kinds.deal.position import in_sellsy
from altior_sellsy.kinds.deal.record import same_amount
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.values.reference import Reference, Side, Volet
from altior_sellsy.values.text import fold, same_text

WAITS = "deal_third_party"
ALIKE = 0.75
"""Names that are this close may be the same deal."""


def volets(snapshot: Snapshot) -> tuple[Volet, ...]:
    return (Volet.NONE,)


def admit(snapshot: Snapshot, volet: Volet, situation: Situation) -> Admission:
    if (said := settled(snapshot, volet, situation)) is not None:
        return said
    if snapshot.reference.side is Side.ALTIOR:
        # R27: affaires born in Altior never ascend.
        return adoption(snapshot, situation, {"opportunity"}) or Exclude("affaire_stays")
    return _descend(snapshot, situation, configuration(situation.settings))


def _descend(snapshot: Snapshot, situation: Situation, config: DealConfiguration) -> Admission:
    position = in_sellsy(snapshot)
    pipeline = config.pipeline(position.pipeline)
    code = standing(pipeline, position)
    if code or pipeline is None:
        return Exclude(code, str(snapshot.position.get("pipeline_name") or ""))
    if STATUSES.get(position.status) != "open":
        # Lost before there was an affaire, or of a status whose meaning is not known: no affaire is made of it.
        known = position.status in STATUSES
        return Exclude("lost_before_affaire" if known else "status_before_affaire", position.status)
    if reached_in_sellsy(pipeline, position) < CREATION:
        return Exclude("before_event_1", str(snapshot.position.get("step_name") or ""))
    if not in_scope(snapshot, situation, taken=config.takes_existing):
        return Exclude("deal_out_of_scope")
    if not snapshot.parents:
        return Exclude("deal_without_third_party")
    if held := _in_grace(snapshot, situation, config):
        return held
    parent = snapshot.parents[0]
    if waiting := _third_party(parent, situation, snapshot):
        return waiting
    return _by_hand(snapshot, situation, situation.parents[parent])


def _in_grace(snapshot: Snapshot, situation: Situation, config: DealConfiguration) -> Later | None:
    """Sellsy does not say when a card was moved: the delay runs from the first look that found it here. A person's
    decision, and the approval of the first synchronisation, need none."""
    if not config.grace or situation.decision("create", "let_in"):
        return None
    noted = situation.decision(REACHED)
    since = noted.at if noted and noted.at else snapshot.at
    until = since + config.grace
    if snapshot.at >= until or (noted and noted.data.get("approved")):
        return None
    minutes = config.grace.total_seconds() / 60
    return Later(until, "grace_delay", f"{minutes:g} min")


def _third_party(parent: Reference, situation: Situation, snapshot: Snapshot) -> Admission | None:
    """R28: null and Non are alike; a record once seen at Oui and then unticked was taken back by a person."""
    sighting, paired = situation.parent_sightings.get(parent), parent in situation.parents
    if sighting is not None and sighting.gate is not True and sighting.gate_seen:
        if situation.decision("create"):
            return None if paired else Wait(parent, WAITS)
        data = {"third_party": str(parent)}
        return Ask("third_party_taken_back", f"« {sighting.label} »", data, about=parent)
    if not paired or (sighting is not None and sighting.gate is not True):
        name = f" « {sighting.label} »" if sighting is not None else ""
        return Wait(parent, WAITS, name, bring=f"opportunité « {snapshot.label} »")
    return None


def _by_hand(snapshot: Snapshot, situation: Situation, tiers: Reference) -> Admission:
    """R23: at the first import an affaire of the same tiers, of a name or an amount alike, may be this very deal."""
    make = Make(frozenset({"affaire"}), parents=(tiers,))
    created = created_at(snapshot)
    before = situation.activated_at is None or created is None or created < situation.activated_at
    if not before or situation.decision("create"):
        return make
    if situation.candidates is None:
        return Search("tiers", tiers.id)
    alike = [c for c in situation.candidates if not c.paired and not c.claimed and _alike(snapshot, c)]
    if not alike:
        return make
    names = ", ".join(f"« {c.snapshot.label} »" for c in alike)
    return Ask("affaire_alike", names, {"candidates": [str(c.snapshot.reference) for c in alike]})


def _alike(snapshot: Snapshot, candidate: Candidate) -> bool:
    other = candidate.snapshot
    if other.archived:
        return False
    if same_text(snapshot.label, other.label):
        return True
    mine, theirs = snapshot.position.get("amount"), other.position.get("amount")
    if mine is not None and same_amount(mine, theirs):
        return True
    return SequenceMatcher(None, fold(snapshot.label), fold(other.label)).ratio() >= ALIKE
