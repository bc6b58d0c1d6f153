"""Accounts that allow few calls, and a Sellsy that answers slowly: what the service does by itself, without a command
that waits. Slow is allowed, starving is not. On a clock of their own, with the waits of real life."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from altior_sellsy.errors import NotSent
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.service import sweep
from altior_sellsy.timing import Timing
from tests.acceptance.quarter import DEALS, RESOLVED, Quarter, contacts_in_sellsy
from tests.acceptance.steps import initialise
from tests.acceptance.town import Town

DEFAULT = Timing()
EDITED = 35
"""Contacts at once, beside those of the story: of more than fifty the connector stops and asks."""


def serve_until(town: Town, ledgers: MemoryLedgers, quarter: Quarter, most: timedelta) -> timedelta:
    """As `serve` does, a runtime of its own for each job: schedules, feed, drain. How long until all is in step."""
    began = town.clock.now()
    wrong, turns = "", 0
    while town.clock.now() - began < most:
        with town.runtime(ledgers) as runtime:
            runtime.schedules(town.clock.now())
        with town.runtime(ledgers) as runtime:
            runtime.poll_feed(0)
        with town.runtime(ledgers) as runtime:
            runtime.drain()
        town.clock.sleep(DEFAULT.tick)
        turns += 1
        if turns % 10:
            continue
        try:
            quarter.judge(town)
        except AssertionError as error:
            wrong = str(error)
        else:
            return town.clock.now() - began
    pytest.fail(f"not in step after {most}: {wrong}")


NARROW: dict[str, tuple[Mapping[str, Any], timedelta]] = {
    "8 a second": ({"quota": {"second": 8}}, timedelta(minutes=15)),
    "5 a second, 149 a minute": ({"quota": {"second": 5, "minute": 149}}, timedelta(minutes=30)),
    "answers after 2.5 s": ({"latency": 2.5}, timedelta(minutes=30)),
}


@pytest.mark.parametrize("name", NARROW)
def test_the_service_alone_comes_to_an_end(name: str) -> None:
    """A pass over the contacts or the deals needs more calls than bulk may use in a second."""
    told(*NARROW[name], size=1)


@pytest.mark.slow
def test_a_usual_account_with_many_contacts_on_a_page() -> None:
    told({"quota": {"second": 24, "minute": 1000}}, timedelta(minutes=30), size=6)


def told(switches: Mapping[str, Any], most: timedelta, size: int) -> None:
    quarter = Quarter(size)
    deals = {"deals": DEALS, "resolved": RESOLVED}
    with Town(quarter.sellsy(), quarter.altior(), timing=DEFAULT, served=False, deals=deals) as town:
        ledgers = MemoryLedgers(town.clock)
        with town.runtime(ledgers) as runtime:
            initialise(runtime)
        town.sellsy("PUT", "switches", dict(switches))
        town.clock.sleep(3600)  # the limits are learnt again
        mine = {one.email: one for one in quarter.people[size:-size][:EDITED]}
        for contact in contacts_in_sellsy(town):
            if contact["email"] in mine:
                mine[contact["email"]].function = "Cheffe"
                town.sellsy("PATCH", f"records/contacts/{contact['id']}", {"position": "Cheffe"})
        quarter.live(town)
        serve_until(town, ledgers, quarter, most)
        quarter.later(town)
        serve_until(town, ledgers, quarter, most)


def test_a_sweep_that_is_refused_goes_on_where_it_broke_off() -> None:
    """Three calls a second for bulk; the links of contacts that were edited take a call each."""
    quarter = Quarter(1)
    with (
        Town(quarter.sellsy(), quarter.altior(), timing=DEFAULT, served=False) as town,
        town.runtime(MemoryLedgers(town.clock)) as runtime,
    ):
        initialise(runtime)
        town.clock.sleep(3600)
        sweep.run(runtime)
        runtime.patience = None
        runtime.close()  # from here on as a job
        town.sellsy("PUT", "switches", {"quota": {"second": 5}})
        runtime.learn_quota()
        for contact in contacts_in_sellsy(town):
            town.sellsy("PATCH", f"records/contacts/{contact['id']}", {"position": "Cheffe"})
        window, turns = runtime.ledger.environment().cursors["sweep_from"], 0
        town.sellsy("DELETE", "calls")
        while runtime.ledger.environment().cursors["sweep_from"] == window:
            town.clock.sleep(1.1)
            turns += 1
            assert turns < 20, runtime.ledger.environment().cursors
            with suppress(NotSent):
                sweep.run(runtime)
        marked = {look.reference.id for look in runtime.ledger.looks() if look.kind == "contact"}
        assert marked == {str(contact["id"]) for contact in contacts_in_sellsy(town)}
        links = town.sellsy("GET", "calls")["by"]
        asked = sum(number for call, number in links.items() if call.startswith("GET /v2/contacts/"))
        assert (turns > 2, asked) == (True, len(marked)), "each contact's links once"
        assert runtime.ledger.environment().cursors["sweep_position"] is None


def test_on_a_slow_sellsy_a_suspended_process_does_not_write_from_what_it_read_before() -> None:
    quarter = Quarter(1)
    with Town(quarter.sellsy(), quarter.altior(), timing=DEFAULT, served=False) as town:
        ledgers = MemoryLedgers(town.clock)
        with town.runtime(ledgers) as runtime:
            initialise(runtime)
        town.clock.sleep(3600)
        with town.runtime(ledgers) as runtime:
            runtime.poll_feed(0)
            while runtime.drain().more_due:
                continue
            town.sellsy("PUT", "switches", {"latency": 2.5})
            firm = quarter.street.ascending[0]
            [tiers] = [t for t in town.tiers() if t["siret"] == firm.siret]
            town.altior("PATCH", f"tiers/{tiers['id']}", {"corps": {"raison_sociale": "Nouvelle enseigne"}})
            runtime.poll_feed(0)
            town.forget_writes()
            readings: list[float] = []

            def asleep(request: httpx2.Request) -> None:
                """In its third reading: that of the page, that of those to be written, that of this one alone."""
                if request.url.path.endswith("/companies/search"):
                    readings.append(1)
                    if len(readings) == 3:
                        town.clock.sleep(15)

            assert town.ground.transport is not None
            town.ground.transport.before = asleep
            runtime.drain(seconds=0)
            assert len(readings) == 3
            assert town.writes()[0] == 0
            runtime.drain(seconds=0)
            assert town.writes()[0] == 1
            assert "Nouvelle enseigne" in [c["name"] for c in town.companies()]
