"""From a situation's data to what the product is given: settings, snapshots, a pair."""

from datetime import UTC, datetime, timedelta
from typing import Any

from altior_sellsy.kinds.admission import Situation as Known
from altior_sellsy.kinds.deal.configuration import DealConfiguration, configuration
from altior_sellsy.kinds.port import Snapshot
from altior_sellsy.ledger.model import Decision, Pair, Sighting, State, Tombstone
from altior_sellsy.values.reference import Reference, Side, Volet
from tests.unit.deal.situations import ALL, COMMERCIAL, MAJOR, OTHER, STEPS, Affaire, Configuration, Deal, Situation

NOW = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
ACTIVATED = NOW - timedelta(days=10)
OPPORTUNITY = Reference(Side.SELLSY, "97417", "opportunity", "101")
AFFAIRE = Reference(Side.ALTIOR, "leo", "affaire", "501")
COMPANY = Reference(Side.SELLSY, "97417", "company", "3001")
TIERS = Reference(Side.ALTIOR, "leo", "tiers", "701")
PIPELINES = {COMMERCIAL: "11", MAJOR: "12", OTHER: "13"}
NAME = "Rénovation des bureaux"


def settings(wanted: Configuration) -> dict[str, Any]:
    """The shape of request.model.settings(), and of the checks' Report.pipelines."""
    rows: dict[str, list[dict[str, str]]] = {str(n): [] for n in ALL}
    for name, events in ((COMMERCIAL, wanted.events), (MAJOR, {1: "proposition"})):
        for number, step in events.items():
            row = {"pipeline": name, "step": STEPS[step]}
            place = {"establishment": "Nantes" if name == COMMERCIAL else "Rennes"} if number == 1 else {}
            rows[str(number)].append(row | place)
    return {
        "tiers": {"export": True, "import": True, "siret": True},
        "deals": {"import": wanted.takes, "events": rows, "directions": dict(wanted.directions)},
        "resolved": {
            "pipelines": {name: PIPELINES[name] for name in (COMMERCIAL, MAJOR)},
            "steps": {name: {title: key for key, title in STEPS.items()} for name in (COMMERCIAL, MAJOR)},
            "order": {PIPELINES[name]: list(STEPS) for name in (COMMERCIAL, MAJOR)},
            "establishments": {"Nantes": "1", "Rennes": "2"},
        },
    }


def config(wanted: Configuration) -> DealConfiguration:
    return configuration(settings(wanted))


def opportunity(deal: Deal, **changes: Any) -> Snapshot:
    status = "open" if deal.status == "late" else deal.status
    merged = {"open": "open", "won": "open", "lost": "lost", "cancelled": "cancelled"}.get(status)
    order = list(STEPS)
    if deal.steps == "reordered":
        order = [*reversed(order)]
    elif deal.steps == "one more":
        order.append("extra")
    fields: dict[str, Any] = {"status": merged} if merged else {}
    fields["third_party"] = "other" if deal.other_client else str(COMPANY)
    made: dict[str, Any] = {
        "reference": OPPORTUNITY,
        "at": NOW,
        "fields": fields,
        "label": NAME,
        "created": (ACTIVATED + timedelta(days=-5 if deal.old else 5)).isoformat(),
        "gate": True,
        "parents": (COMPANY,) if deal.third_party else (),
        "position": {
            "pipeline": PIPELINES[deal.pipeline],
            "pipeline_name": deal.pipeline,
            "step": deal.step,
            "step_name": STEPS[deal.step],
            "status": status,
            "order": order,
        },
    }
    return Snapshot(**made | changes)


def affaire(shown: Affaire, **changes: Any) -> Snapshot:
    merged = {"perdue": "lost", "annulee": "cancelled"}.get(shown.etat, "open")
    made: dict[str, Any] = {
        "reference": AFFAIRE,
        "at": NOW,
        "fields": {"status": merged, "third_party": str(COMPANY)},
        "label": NAME,
        "version": "7",
        "stamps": frozenset({str(OPPORTUNITY)}),
        "position": {
            "etat": shown.etat,
            "quoted": shown.devis == "envoye",
            "ordered": shown.ordered,
            "quoted_once": shown.devis != "",
            "establishment": "1",
        },
    }
    return Snapshot(**made | changes)


def pair(situation: Situation) -> Pair:
    fired = list(range(1, situation.before.fired + 1))
    half = {"status": situation.before.status, "third_party": str(COMPANY)}
    marks = {"fired": {"sellsy": fired, "altior": fired}, "won": situation.before.won, "quoted": False, "sent": {}}
    return Pair("p", "deal", OPPORTUNITY, AFFAIRE, half_sellsy=half, half_altior=half, bindings={"marks": marks})


def known(situation: Situation) -> Known:
    deal = situation.deal
    gate = {"Oui": True, "vide": None, "Non": False, "retirée": False}[deal.sa]
    sighting = Sighting(COMPANY, "third_party", "Morel", "morel", {}, "", gate, State.IN_STEP)
    sightings = {COMPANY: Sighting(**{**_all(sighting), "gate_seen": deal.sa in ("Oui", "retirée")})}
    return Known(
        settings=settings(situation.configuration),
        activated_at=ACTIVATED,
        decisions=(Decision(OPPORTUNITY, "let_in"),) if deal.let_in else (),
        tombstones=(Tombstone(OPPORTUNITY, Volet.NONE, "unlinked", NOW),) if deal.unlinked else (),
        parents={COMPANY: TIERS} if deal.paired else {},
        parent_sightings=sightings,
    )


def _all(sighting: Sighting) -> dict[str, Any]:
    return {name: getattr(sighting, name) for name in sighting.__dataclass_fields__}
