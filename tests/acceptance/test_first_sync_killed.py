"""A first synchronisation that dies at five random commits, before or after them, and is run again each time: the same
final state, and as many records made, as one that nothing disturbed."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.ledger.port import Changes, Lease
from altior_sellsy.service.runtime import Runtime
from tests.acceptance.every_case import CASES, every_case
from tests.acceptance.steps import Crash, initialise, sync
from tests.acceptance.test_plan_is_kept import everything
from tests.acceptance.town import QUICK, Town

DEATHS = 5
NAMES = ("name", "last_name", "raison_sociale", "nom")
TIMING = QUICK.model_copy(update={"call_deadline": 3})


def dies_at_commit(runtime: Runtime, number: int, *, before: bool) -> Callable[[], None]:
    """The process dies at this commit of the run; gives what undoes that."""
    whole, left = runtime.ledger.commit, [number]

    def commit(changes: Changes, lease: Lease | None) -> None:
        left[0] -= 1
        if left[0] == 0 and before:
            raise Crash
        whole(changes, lease)
        if left[0] == 0:
            raise Crash

    runtime.ledger.commit = commit  # type: ignore[method-assign]

    def again() -> None:
        runtime.ledger.commit = whole  # type: ignore[method-assign]

    return again


def state(town: Town) -> Counter[tuple[Any, ...]]:
    """Everything that both systems show, ids and dates apart."""
    return Counter(
        (name.split(":")[0], name.split(":")[2], *(one.get(key) for key in NAMES), one.get("sa"), _siret(one))
        for name, one in everything(town).items()
    )


def _siret(one: dict[str, Any]) -> Any:
    return one.get("siret") or (one.get("legal_france") or {}).get("siret")


def undisturbed(firms: int) -> tuple[Counter[tuple[Any, ...]], Counter[str]]:
    cases = every_case(firms)
    with (
        Town(cases.sellsy(), cases.altior(), timing=TIMING) as town,
        town.runtime(MemoryLedgers()) as runtime,
    ):
        initialise(runtime)
        return state(town), Counter(p.made_by for p in runtime.ledger.all_pairs())


@pytest.mark.parametrize(
    "firms", [len(CASES) * 2, pytest.param(500, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_killed_at_five_moments_it_ends_as_if_nothing_had_happened(firms: int) -> None:
    cases, rng, ledgers, deaths = every_case(firms), Random(firms), MemoryLedgers(), 0
    with Town(cases.sellsy(), cases.altior(), timing=TIMING) as town:
        while True:
            with town.runtime(ledgers) as runtime:
                if deaths == DEATHS:
                    initialise(runtime)
                    break
                again = dies_at_commit(runtime, rng.randrange(1, 2 * firms // DEATHS), before=rng.random() < 0.5)
                try:
                    initialise(runtime)
                except Crash:
                    deaths += 1
                finally:
                    again()
                assert runtime.ledger.environment().status is not EnvironmentStatus.ACTIVE
                town_dies_with_its_lease(runtime)
        with town.runtime(ledgers) as runtime:
            town.forget_writes()
            sync(runtime)
            assert town.writes() == (0, 0)
            pairs = Counter(p.made_by for p in runtime.ledger.all_pairs())
            finally_there = state(town)
    there, made = undisturbed(firms)
    assert deaths == DEATHS
    assert finally_there == there
    assert sum(pairs.values()) == sum(made.values())


def town_dies_with_its_lease(runtime: Runtime) -> None:
    """Another process may take over at once: nobody waits for the dead one's lease to run out."""
    lease = runtime.ledger.lease(runtime.engine.holder, runtime.clock.now(), 0)
    if lease is not None:
        runtime.ledger.release(lease)
