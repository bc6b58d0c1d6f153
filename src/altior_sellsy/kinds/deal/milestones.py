"""What the four events of the request mean, as data, and what they ask of a pair of an opportunity and an affaire.

Pure (design 6; histories 17–19). An event ties a step of the pipeline to a milestone of the affaire. It fires at most
once per pair and side, and never moves anything back: a side found behind a fired event was moved back by a person.
What events 2 to 4 mean is data, since only the beginning of the article that explains them is at hand (rules 0.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from altior_sellsy.request.fields import EVENTS
from altior_sellsy.values.reference import Side


class Direction(StrEnum):
    TO_ALTIOR = "to_altior"
    TO_SELLSY = "to_sellsy"
    BOTH = "both"

    def allows(self, target: Side) -> bool:
        return self is Direction.BOTH or self.value == f"to_{target.value}"


@dataclass(frozen=True, slots=True)
class Milestone:
    """`sellsy`, `altior`: when that side has reached it, in French. `etat`: what firing it writes in Altior; empty
    where nothing can be written (nobody invents a devis)."""

    number: int
    title: str
    sellsy: str
    altior: str
    direction: Direction
    etat: str = ""


_TITLES = {event.number: event.title for event in EVENTS}
MILESTONES: tuple[Milestone, ...] = (
    Milestone(1, _TITLES[1], "à l'étape choisie ou au-delà", "l'affaire existe", Direction.TO_ALTIOR),
    Milestone(2, _TITLES[2], "à l'étape choisie ou au-delà", "un devis est envoyé", Direction.TO_SELLSY),
    Milestone(
        3,
        _TITLES[3],
        "à l'étape choisie ou au-delà, ou gagnée à n'importe quelle étape",
        "une commande existe, ou l'affaire est gagnée",
        Direction.BOTH,
        "gagnee",
    ),
    Milestone(4, _TITLES[4], "à l'étape choisie ou au-delà", "l'affaire est terminée", Direction.BOTH, "terminee"),
)
CREATION, QUOTE, ORDER, END = 1, 2, 3, 4
DIRECTIONS: dict[int, Direction] = {one.number: one.direction for one in MILESTONES}
_ETATS = {one.number: one.etat for one in MILESTONES if one.etat}

STATUSES: dict[str, str] = {"open": "open", "late": "open", "won": "open", "lost": "lost", "cancelled": "cancelled"}
"""Sellsy's status → the merged field (`late` is derived, won is a milestone). One that is not here, «closed» among
them, is kept as data and shown on a card (rules R25)."""
ETATS: dict[str, str] = {
    "en_cours": "open", "gagnee": "open", "terminee": "open", "perdue": "lost", "annulee": "cancelled",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pipeline:
    """As approved. `order`: ids of all its steps. `events`: event number → step id, event 1 always among them."""

    id: str
    name: str
    establishment: str
    order: tuple[str, ...]
    events: Mapping[int, str]

    @property
    def approved(self) -> str:
        """All of it as one text: where that differs, what was said of its deals no longer holds."""
        events = ",".join(f"{number}={step}" for number, step in sorted(self.events.items()))
        return f"{self.establishment} {events} {','.join(self.order)}"


@dataclass(frozen=True, slots=True)
class InSellsy:
    """Where the opportunity stands. `order`: ids of the steps of its pipeline as Sellsy shows them now; None: not
    known. `status`: Sellsy's own word."""

    pipeline: str
    step: str
    status: str = "open"
    order: tuple[str, ...] | None = None

    @property
    def merged(self) -> str | None:
        return STATUSES.get(self.status)


@dataclass(frozen=True, slots=True)
class InAltior:
    """`quoted`: a devis was sent. `ordered`: an order stands (the contract's `jalons`)."""

    etat: str = "en_cours"
    quoted: bool = False
    ordered: bool = False
    establishment: str = ""

    @property
    def won(self) -> bool:
        return self.ordered or self.etat in ("gagnee", "terminee")


Fired = Mapping[Side, frozenset[int]]
NONE_FIRED: Fired = {Side.SELLSY: frozenset(), Side.ALTIOR: frozenset()}


@dataclass(slots=True)
class EventPlan:
    """`rests`: why the pair is left alone as a whole, as a code; nothing else counts then. `step`, `won`: what to write
    in Sellsy. `etat`: what to write in Altior. `fired`: the marks from now on. `won_fired`: «won» was set or seen once.
    `moved_back`: (side, event) found behind a fired event. `cards`: (code, detail)."""

    rests: str = ""
    detail: str = ""
    step: str | None = None
    won: bool = False
    etat: str | None = None
    fired: dict[Side, frozenset[int]] = field(default_factory=dict)
    won_fired: bool = False
    moved_back: list[tuple[Side, int]] = field(default_factory=list)
    cards: list[tuple[str, str]] = field(default_factory=list)


def standing(pipeline: Pipeline | None, sellsy: InSellsy) -> str:
    """Empty, or why nothing is done with an opportunity that stands here: a code of the situations table."""
    if pipeline is None:
        return "pipeline_not_configured"
    if sellsy.step not in pipeline.order or (sellsy.order is not None and sellsy.order != pipeline.order):
        return "pipeline_paused"
    return ""


def reached_in_sellsy(pipeline: Pipeline, sellsy: InSellsy) -> int:
    """The latest event reached; 0 before event 1. Every earlier one is reached with it."""
    place = pipeline.order.index(sellsy.step)
    by_step = max((n for n, step in pipeline.events.items() if pipeline.order.index(step) <= place), default=0)
    return max(by_step, ORDER) if sellsy.status == "won" else by_step


def reached_in_altior(altior: InAltior) -> int:
    if altior.etat == "terminee":
        return END
    if altior.won:
        return ORDER
    return QUOTE if altior.quoted else CREATION


def plan_events(
    pipelines: Mapping[str, Pipeline],
    sellsy: InSellsy,
    altior: InAltior,
    fired: Fired = NONE_FIRED,
    *,
    won_fired: bool = False,
    directions: Mapping[int, Direction] = DIRECTIONS,
) -> EventPlan:
    """What a pair needs of its events. `pipelines`: the configured ones by id. `fired`, `won_fired`: the marks kept."""
    pipeline = pipelines.get(sellsy.pipeline)
    plan = EventPlan(fired=dict(fired), won_fired=won_fired)
    plan.rests = standing(pipeline, sellsy)
    if plan.rests or pipeline is None:
        plan.detail = pipeline.name if pipeline else ""
        return plan
    if pipeline.establishment != altior.establishment:
        plan.cards.append(("other_establishment", pipeline.name))
    if sellsy.merged is None:
        plan.cards.append(("deal_status", sellsy.status))
        return plan
    lost = {Side.SELLSY: sellsy.merged != "open", Side.ALTIOR: ETATS.get(altior.etat) != "open"}
    if lost[Side.SELLSY] and not lost[Side.ALTIOR] and altior.won:
        plan.cards.append(("order_against_lost", "perdue" if sellsy.merged == "lost" else "annulée"))
    if any(lost.values()):
        return plan
    reached = {Side.SELLSY: reached_in_sellsy(pipeline, sellsy), Side.ALTIOR: reached_in_altior(altior)}
    marks = {side: set(fired.get(side, ())) for side in Side}
    targets: dict[Side, int] = {}
    for number in sorted(pipeline.events):
        for target in Side:
            if reached[target] >= number or reached[target.other] < number or number in marks[target]:
                continue
            if directions[number].allows(target) and (target is Side.SELLSY or number in _ETATS):
                targets[target] = number
    _write(plan, pipeline, altior, targets)
    both = max(min(reached.values()), *targets.values()) if targets else min(reached.values())
    for side in Side:
        plan.fired[side] = frozenset(marks[side] | set(range(CREATION, both + 1)))
        behind = [n for n in marks[side] if n > reached[side] and n in pipeline.events]
        if behind and side not in targets:
            plan.moved_back.append((side, max(behind)))
    _win(plan, pipeline, sellsy, altior, reached[Side.SELLSY], directions)
    return plan


def _write(plan: EventPlan, pipeline: Pipeline, altior: InAltior, targets: Mapping[Side, int]) -> None:
    if Side.SELLSY in targets:
        plan.step = pipeline.events[targets[Side.SELLSY]]
    if Side.ALTIOR in targets:
        plan.etat = _ETATS[targets[Side.ALTIOR]]


def _win(
    plan: EventPlan,
    pipeline: Pipeline,
    sellsy: InSellsy,
    altior: InAltior,
    reached: int,
    directions: Mapping[int, Direction],
) -> None:
    """An order in Altior sets won, once: with event 3, or later when Sellsy was at its step before the order came."""
    if sellsy.status == "won":
        plan.won_fired = True
        return
    ordered = altior.ordered or altior.etat == "gagnee"
    at_order = plan.step is not None and reached < ORDER
    came_later = altior.ordered and reached >= ORDER
    wanted = ORDER in pipeline.events and directions[ORDER].allows(Side.SELLSY) and not plan.won_fired
    if wanted and ((at_order and ordered) or came_later):
        plan.won = plan.won_fired = True
