"""A first synchronisation that dies at five random commits, before or after them, and is run again each time: the same
final state, and as many records made, as one that nothing disturbed."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from altior_sellsy.errors import Final
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.ledger.port import Changes, Lease
from altior_sellsy.service import environments
from altior_sellsy.service.runtime import Runtime
from tests.acceptance.every_case import every_case
from tests.acceptance.steps import Crash, initialise, sync
from tests.acceptance.test_plan_is_kept import everything
from tests.acceptance.town import QUICK, Town

DEATHS = 5
CREATE = re.compile("^/v2/(companies|individuals|contacts)$")
NAMES = ("name", "last_name", "raison_sociale", "nom")
TIMING = QUICK.model_copy(update={"call_deadline": 3})


class Commits:
    """Counts the commits of a run. `dies_at`: the process dies at that one, before or after it."""

    def __init__(self, runtime: Runtime, dies_at: int = 0, *, before: bool = False) -> None:
        self.number = 0
        self._whole = runtime.ledger.commit
        self._dies_at, self._before = dies_at, before
        runtime.ledger.commit = self._commit  # type: ignore[method-assign]

    def _commit(self, changes: Changes, lease: Lease | None) -> None:
        self.number += 1
        dies = self.number == self._dies_at
        if dies and self._before:
            raise Crash
        self._whole(changes, lease)
        if dies:
            raise Crash


def state(town: Town) -> Counter[tuple[Any, ...]]:
    """Everything that both systems show, ids and dates apart."""
    return Counter(
        (name.split(":")[0], name.split(":")[2], *(one.get(key) for key in NAMES), one.get("sa"), _siret(one))
        for name, one in everything(town).items()
    )


def _siret(one: dict[str, Any]) -> Any:
    return one.get("siret") or (one.get("legal_france") or {}).get("siret")


def created(town: Town) -> int:
    """Creates that Sellsy answered; Altior answers a second one of the same reference with the first."""
    return sum(
        1
        for one in town.sellsy("GET", "writes")["writes"]
        if one["method"] == "POST" and CREATE.match(one["path"]) and one["status"] == 201
    )


@dataclass
class Undisturbed:
    """What a run that nothing disturbs leaves in both systems and in the ledger."""

    state: Counter[tuple[Any, ...]]
    made: Counter[str]
    created: int
    commits: int


def undisturbed(firms: int) -> Undisturbed:
    cases = every_case(firms)
    with (
        Town(cases.sellsy(), cases.altior(), timing=TIMING, served=False) as town,
        town.runtime(MemoryLedgers(town.clock)) as runtime,
    ):
        commits = Commits(runtime)
        initialise(runtime)
        made = Counter(p.made_by for p in runtime.ledger.all_pairs())
        return Undisturbed(state(town), made, created(town), commits.number)


def test_paused_in_the_middle_it_stops_writing_and_goes_on_once_resumed() -> None:
    firms = 60
    cases = every_case(firms)
    expected = undisturbed(firms)
    with (
        Town(cases.sellsy(), cases.altior(), timing=TIMING, served=False) as town,
        town.runtime(ledgers := MemoryLedgers(town.clock)) as runtime,
        town.runtime(ledgers) as person,
    ):
        town.forget_writes()
        whole, commits = runtime.ledger.commit, 0

        def commit(changes: Changes, lease: Lease | None) -> None:
            nonlocal commits
            commits += 1
            whole(changes, lease)
            if commits == expected.commits // 2:
                environments.pause(person.ledger, person.clock, "Claire Martin", "On regarde")

        runtime.ledger.commit = commit  # type: ignore[method-assign]
        report = initialise(runtime)
        assert "On regarde" in report.paused
        assert commits >= expected.commits // 2
        assert person.ledger.environment().status is EnvironmentStatus.PAUSED
        town.forget_writes()
        with pytest.raises(Final, match="est en pause"):
            initialise(runtime)
        assert town.writes() == (0, 0)
        environments.resume(person.ledger, person.clock, "Claire Martin")
        initialise(runtime)
        assert person.ledger.environment().status is EnvironmentStatus.ACTIVE
        assert state(town) == expected.state


@pytest.mark.parametrize("firms", [500])
def test_killed_at_five_moments_it_ends_as_if_nothing_had_happened(firms: int) -> None:
    cases, rng = every_case(firms), Random(firms)
    expected = undisturbed(firms)
    moments = sorted(rng.sample(range(1, expected.commits), DEATHS))
    with Town(cases.sellsy(), cases.altior(), timing=TIMING, served=False) as town:
        ledgers = MemoryLedgers(town.clock)
        for earlier, moment in pairwise([0, *moments]):
            # The ledger outlives the process that uses it.
            with town.runtime(ledgers) as runtime:
                Commits(runtime, moment - earlier, before=rng.random() < 0.5)
                with pytest.raises(Crash):
                    initialise(runtime)
                del runtime.ledger.commit  # type: ignore[misc]
                assert runtime.ledger.environment().status is not EnvironmentStatus.ACTIVE
        with town.runtime(ledgers) as runtime:
            initialise(runtime)
            assert created(town) == expected.created
            town.forget_writes()
            sync(runtime)
            assert town.writes() == (0, 0)
            assert Counter(p.made_by for p in runtime.ledger.all_pairs()).total() == expected.made.total()
            assert state(town) == expected.state
