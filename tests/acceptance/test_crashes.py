"""Killed at each point of a pass over real HTTP and PostgreSQL, then a person acts. Judged by HTTP."""

import itertools
from typing import Any

import pytest

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.port import Ledgers
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.timing import Timing
from tests.acceptance.steps import Crash, crash_at, initialise, sync
from tests.acceptance.test_first_sync import company, tiers
from tests.acceptance.town import QUICK, Town

POINTS = ("announced", "written", "remembering")
AFTER = ("no edit", "revert", "further edit", "edit on the other side")
TIMING = QUICK.model_copy(update={"call_deadline": 1, "lease": 0.3})
assert isinstance(TIMING, Timing)


def in_sellsy(town: Town, name: str) -> None:
    town.sellsy("PATCH", "records/companies/3001", {"name": name})


def in_altior(town: Town, name: str) -> None:
    [one] = town.tiers()
    town.altior("PATCH", f"tiers/{one['id']}", {"corps": {"raison_sociale": name}})


@pytest.mark.parametrize(("point", "after"), list(itertools.product(POINTS, AFTER)))
def test_killed_then_edited(ledgers: Ledgers, point: str, after: str) -> None:
    [firm] = sample_companies(1, 2)
    with Town({"companies": [company(firm, 0, True)]}, timing=TIMING) as town:
        with town.runtime(ledgers) as runtime:
            initialise(runtime)
        with town.runtime(ledgers) as runtime:
            in_sellsy(town, "Bravo Menuiserie")
            crash_at(runtime, point)
            with pytest.raises(Crash):
                sync(runtime)
        expected = {"no edit": "Bravo Menuiserie", "revert": firm.name, "further edit": "Charlie Toitures"}.get(after)
        if after == "revert":
            in_sellsy(town, firm.name)
        elif after == "further edit":
            in_sellsy(town, "Charlie Toitures")
        elif after == "edit on the other side":
            in_altior(town, "Delta Couverture")
        with town.runtime(ledgers) as runtime:
            runtime.clock.sleep(TIMING.lease)
            sync(runtime)
            [here], [there] = town.companies(), town.tiers()
            # Identity in a conflict: Altior is right.
            assert here["name"] == there["raison_sociale"] == (expected or "Delta Couverture")
            if after == "edit on the other side":
                told = [v for e in runtime.ledger.journal() for v in (e.before, e.after, e.other)]
                assert {"Bravo Menuiserie", "Delta Couverture"} <= set(map(str, told))
            town.forget_writes()
            sync(runtime)
            assert town.writes() == (0, 0)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("way", ["down", "up"])
def test_killed_in_a_create_makes_no_duplicate(ledgers: Ledgers, point: str, way: str) -> None:
    [firm] = sample_companies(1, 2)
    data: dict[str, Any] = {"companies": [company(firm, 0, True)]} if way == "down" else {}
    with Town(data, {"tiers": [tiers(firm, 0)]} if way == "up" else {}, timing=TIMING) as town:
        with town.runtime(ledgers) as runtime:
            crash_at(runtime, point)
            with pytest.raises(Crash):
                initialise(runtime)
        with town.runtime(ledgers) as runtime:
            runtime.clock.sleep(TIMING.lease)
            initialise(runtime)
            sync(runtime)
            [here], [there] = town.companies(), town.tiers()
            assert here["sa"] is True
            assert there["references_externes"] == [f"sellsy:97417:company:{here['id']}"]
            town.forget_writes()
            sync(runtime)
            assert town.writes() == (0, 0)


def test_a_webhook_before_the_answer_of_the_create_makes_no_duplicate(ledgers: Ledgers) -> None:
    """The look that the webhook marks while our POST is under way is answered after the pair is remembered."""
    [firm] = sample_companies(1, 2)
    with Town({}, {"tiers": [tiers(firm, 0)]}) as town, town.runtime(ledgers) as runtime:
        from altior_sellsy.ledger.model import Look
        from altior_sellsy.values.reference import Reference, Side

        def at(point: str) -> None:
            if point == "written":
                for one in town.companies():
                    reference = Reference(Side.SELLSY, "97417", "company", str(one["id"]))
                    now = runtime.clock.now()
                    runtime.ledger.mark([Look(reference, "third_party", "webhook client.created", now, live=True)])

        runtime.at = at
        initialise(runtime)
        for one in town.companies():
            town.sellsy("PATCH", f"records/companies/{one['id']}", {"sa": True})
        sync(runtime)
        assert len(town.companies()) == len(town.tiers()) == 1


def test_an_initialisation_that_was_killed_while_it_approved_goes_on_at_once() -> None:
    """What is left of its lease is waited for; nobody is told that somebody else is at work."""
    [firm] = sample_companies(1, 2)
    with Town({"companies": [company(firm, 0, True)]}, timing=Timing(), served=False) as town:
        with town.runtime(MemoryLedgers()) as runtime:
            killed = runtime.ledger.lease("tué", runtime.clock.now(), runtime.timing.command_lease)
            assert killed is not None
            initialise(runtime)
        assert len(town.tiers()) == 1
