"""The planner of events, by properties: whatever people do, in whatever order, on either side."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from altior_sellsy.kinds.deal.milestones import (
    DIRECTIONS,
    ETATS,
    NONE_FIRED,
    Direction,
    EventPlan,
    Fired,
    InAltior,
    InSellsy,
    Pipeline,
    plan_events,
    reached_in_altior,
    reached_in_sellsy,
)
from altior_sellsy.values.reference import Side

ORDER = ("a", "b", "c", "d", "e", "f")
events = st.sets(st.sampled_from([2, 3, 4])).flatmap(
    lambda later: st.lists(st.sampled_from(ORDER), min_size=len(later) + 1, max_size=len(later) + 1, unique=True).map(
        lambda steps: dict(zip([1, *sorted(later)], sorted(steps), strict=True))
    )
)
directions = st.fixed_dictionaries({}, optional={n: st.sampled_from(Direction) for n in DIRECTIONS}).map(
    lambda given: {**DIRECTIONS, **given}
)
in_sellsy = st.builds(
    InSellsy,
    st.just("p"),
    st.sampled_from(ORDER),
    st.sampled_from(["open", "open", "won", "lost", "cancelled", "closed"]),
)
in_altior = st.builds(InAltior, st.sampled_from(list(ETATS)), st.booleans(), st.booleans(), st.just("1"))


@dataclass
class World:
    """A pair, its two sides, and what the connector wrote. `act` carries a plan out."""

    pipeline: Pipeline
    directions: dict[int, Direction]
    sellsy: InSellsy
    altior: InAltior
    fired: Fired = field(default_factory=lambda: dict(NONE_FIRED))
    won_fired: bool = False
    moves: list[tuple[Side, int]] = field(default_factory=list)
    wins: int = 0

    def plan(self) -> EventPlan:
        return plan_events(
            {"p": self.pipeline},
            self.sellsy,
            self.altior,
            self.fired,
            won_fired=self.won_fired,
            directions=self.directions,
        )

    def reached(self) -> dict[Side, int]:
        return {
            Side.SELLSY: reached_in_sellsy(self.pipeline, self.sellsy),
            Side.ALTIOR: reached_in_altior(self.altior),
        }

    def act(self) -> EventPlan:
        plan, before = self.plan(), self.reached()
        if plan.step is not None:
            assert ORDER.index(plan.step) > ORDER.index(self.sellsy.step), "backwards"
            assert self.sellsy.status not in ("lost", "cancelled")
            self.moves += [(Side.SELLSY, n) for n, step in self.pipeline.events.items() if step == plan.step]
        if plan.etat is not None:
            assert ETATS[self.altior.etat] == "open"
            assert self.altior.etat == "en_cours" or (self.altior.etat, plan.etat) == ("gagnee", "terminee")
            self.moves.append((Side.ALTIOR, {"gagnee": 3, "terminee": 4}[plan.etat]))
        self.wins += plan.won
        status = "won" if plan.won else self.sellsy.status
        self.sellsy = InSellsy("p", plan.step or self.sellsy.step, status)
        self.altior = InAltior(plan.etat or self.altior.etat, self.altior.quoted, self.altior.ordered, "1")
        self.fired, self.won_fired = plan.fired, plan.won_fired
        after = self.reached()
        assert all(after[side] >= before[side] for side in Side), "a side went back by our hand"
        return plan


def worlds() -> st.SearchStrategy[World]:
    pipelines = events.map(lambda chosen: Pipeline("p", "Commercial", "1", ORDER, chosen))
    return st.builds(World, pipelines, directions, in_sellsy, in_altior)


@given(worlds(), st.lists(st.one_of(in_sellsy, in_altior), max_size=12))
def test_nothing_goes_back_and_an_event_fires_once_per_side(world: World, people: list[InSellsy | InAltior]) -> None:
    world.act()
    for edit in people:
        if isinstance(edit, InSellsy):
            world.sellsy = edit
        else:
            world.altior = edit
        world.act()
    assert len(set(world.moves)) == len(world.moves)
    assert world.wins <= 1


@given(worlds())
def test_a_second_pass_writes_nothing(world: World) -> None:
    world.act()
    again = world.act()
    assert (again.step, again.won, again.etat) == (None, False, None)
    third = world.act()
    assert third.fired == again.fired


@given(worlds(), in_sellsy)
def test_a_card_dragged_back_stays(world: World, dragged: InSellsy) -> None:
    """Whatever both sides had agreed on: once behind a fired event, nothing is written for it again."""
    world.act()
    world.act()
    agreed = max(world.fired[Side.SELLSY] & world.fired[Side.ALTIOR], default=0)
    back = InSellsy("p", dragged.step, "open")
    if reached_in_altior(world.altior) > agreed:
        return  # Another event may still fire.
    world.sellsy = back
    plan = world.act()
    assert plan.step is None


@given(worlds())
def test_a_forbidden_event_writes_nothing(world: World) -> None:
    before = world.reached()
    plan = world.act()
    if plan.step is not None:
        number = next(n for n, step in world.pipeline.events.items() if step == plan.step)
        assert world.directions[number].allows(Side.SELLSY)
        assert before[Side.ALTIOR] >= number
    if plan.etat is not None:
        number = {"gagnee": 3, "terminee": 4}[plan.etat]
        assert world.directions[number].allows(Side.ALTIOR)
        assert before[Side.SELLSY] >= number
    if plan.won:
        assert world.directions[3].allows(Side.SELLSY)


@given(worlds())
def test_other_steps_fire_nothing(world: World) -> None:
    shown = InSellsy("p", world.sellsy.step, world.sellsy.status, tuple(reversed(ORDER)))
    plan = plan_events({"p": world.pipeline}, shown, world.altior, world.fired)
    assert plan.rests == "pipeline_paused"
    assert (plan.step, plan.won, plan.etat) == (None, False, None)
    assert plan.fired == world.fired


def test_a_skipped_event_never_blocks_the_later_ones() -> None:
    pipeline = Pipeline("p", "Commercial", "1", ORDER, {1: "a", 2: "b", 3: "c", 4: "d"})
    forbidden = DIRECTIONS | {3: Direction.TO_SELLSY}
    plan = plan_events({"p": pipeline}, InSellsy("p", "d"), InAltior(establishment="1"), directions=forbidden)
    assert plan.etat == "terminee"
