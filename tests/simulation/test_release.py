"""An approved plan is released page by page: the process dies between two of them, people go on working."""

import pytest

from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.ledger.port import Changes
from altior_sellsy.sync import initialise, planning
from altior_sellsy.sync.stages import CURSOR, cursor
from altior_sellsy.values.reference import Side
from tests.simulation.test_decisions_on_pairs import BY, SIRET
from tests.simulation.world import Crash, World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Nothing is approved yet; a page is one row."""
    monkeypatch.setattr(initialise, "CHUNK", 1)
    world = World()
    before = {"status": EnvironmentStatus.TO_APPROVE, "activated_at": None}
    world.ledger.commit(Changes(environment=before), None)
    return world


def plan(world: World) -> None:
    found = planning.preview(world.engine)
    world.ledger.save_plan({"started": found.started.isoformat(), "feed": None}, planning.rows(found))


def approve_and_die(world: World, commits: int) -> None:
    """After so many commits; approved whole when there are not as many."""
    left = commits

    def die(point: str) -> None:
        nonlocal left
        left -= point == "after"
        if left == 0 and point == "after":
            raise Crash("approve")

    world.at_commit = die
    try:
        initialise.approve(world.engine, BY)
    except Crash:
        world.crash_and_restart()
    world.at_commit = lambda point: None


def finish(world: World) -> None:
    initialise.approve(world.engine, BY)
    world.settle(within=30)
    assert initialise.finish(world.engine)
    world.sync()


@pytest.mark.parametrize("commits", range(1, 7))
def test_approved_again_everything_is_done_once(world: World, commits: int) -> None:
    world.sellsy.add(name="Alpha", gate=True)
    later = world.sellsy.add(name="Bravo", gate=None)
    world.altior.add(name="Charlie")
    plan(world)
    approve_and_die(world, commits)
    world.settle(within=30)
    world.sellsy.tick(later, True)
    world.mark(world.ref(Side.SELLSY, later))
    world.settle(within=30)
    finish(world)
    world.clock.advance(400)
    world.sync()
    assert len(world.sellsy.records) == len(world.altior.records) == len(world.ledger.all_pairs()) == 3
    assert {one.state.value for one in world.ledger.all_sightings()} == {"in_step"}


@pytest.mark.parametrize("commits", range(2, 9))
def test_a_duplicate_that_the_plan_leaves_out_stays_out(world: World, commits: int) -> None:
    """Touched before its own page was released."""
    alone = world.altior.add(name="Charlie")
    first = world.altior.add(name="Alpha", siret=SIRET)
    world.clock.advance(5)
    second = world.altior.add(name="Alpha bis", siret=SIRET)
    world.clock.advance(5)
    plan(world)
    approve_and_die(world, commits)
    for touched in (second, first):
        world.altior.edit(touched, phone="0102030405")
        world.mark(world.ref(Side.ALTIOR, touched))
        world.settle(within=30)
    finish(world)
    assert {pair.altior.id for pair in world.ledger.all_pairs()} == {alone}
    assert not world.ledger.cards()


@pytest.mark.parametrize("earlier", [False, True])
def test_a_preview_asked_for_meanwhile_stops_nothing(world: World, earlier: bool) -> None:
    """The whole was approved, by this version or an earlier one; its new plan has released nothing yet."""
    world.sellsy.add(name="Alpha", gate=True)
    plan(world)
    initialise.approve(world.engine, BY)
    if earlier:
        known = {key: value for key, value in cursor(world.ledger.environment()).items() if key != "released"}
        world.ledger.commit(Changes(cursors={CURSOR: known}), None)
    plan(world)
    world.settle(within=30)
    assert len(world.altior.records) == 1
