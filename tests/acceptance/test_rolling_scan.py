"""The rolling scan of the service: what was deleted without a signal is found, and nothing is taken for missing that is
only not listed, or whose page another worker has read."""

from datetime import timedelta

import pytest

from altior_sellsy.kinds.port import Page
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.ledger.port import Ledgers
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.timing import Timing
from tests.acceptance.steps import initialise, sync
from tests.acceptance.test_first_sync import company
from tests.acceptance.test_schedules import account, later
from tests.acceptance.town import Town


def at_work(runtime: Runtime) -> None:
    """Initialised, everything looked at, a first turn made."""
    initialise(runtime)
    sync(runtime)
    later(runtime, 0)
    runtime.drain()


def next_turn(runtime: Runtime) -> None:
    runtime.clock.sleep(runtime.timing.scan_every + 5)
    later(runtime, 0)


def gone(town: Town, *records: str) -> None:
    for record in records:
        town.sellsy("DELETE", f"records/companies/{record}")


def stands(runtime: Runtime) -> tuple[EnvironmentStatus, list[str]]:
    return runtime.ledger.environment().status, [card.code for card in runtime.ledger.cards()]


TWENTY = [f"30{number:02d}" for number in range(1, 21)]


def test_what_a_turn_no_longer_shows_is_looked_at(ledgers: Ledgers) -> None:
    """Deleted without a webhook, on the first of three pages."""
    with Town(account(250), timing=Timing(), served=False) as town, town.runtime(ledgers) as runtime:
        at_work(runtime)
        gone(town, "3003")
        next_turn(runtime)
        assert [look.reference.id for look in runtime.ledger.looks()] == ["3003"]
        runtime.drain()
        runtime.clock.sleep(runtime.timing.gone_gap + 1)
        runtime.drain()
        assert stands(runtime) == (EnvironmentStatus.ACTIVE, ["gone"])


def test_what_vanishes_in_numbers_between_two_turns_stops_the_environment(ledgers: Ledgers) -> None:
    with Town(account(60), timing=Timing(), served=False) as town, town.runtime(ledgers) as runtime:
        at_work(runtime)
        gone(town, *TWENTY)
        next_turn(runtime)
        assert stands(runtime) == (EnvironmentStatus.PAUSED, ["missing_many"])


def test_an_account_that_hides_what_is_archived_goes_on_when_a_dozen_are(ledgers: Ledgers) -> None:
    with Town(account(60), timing=Timing(), served=False) as town, town.runtime(ledgers) as runtime:
        town.sellsy("PUT", "switches", {"archived_listed": False})
        at_work(runtime)
        for record in TWENTY:
            town.sellsy("PATCH", f"records/companies/{record}", {"is_archived": True})
        next_turn(runtime)
        assert stands(runtime) == (EnvironmentStatus.ACTIVE, [])


def test_people_clear_out_by_the_dozen_what_was_never_linked(ledgers: Ledgers) -> None:
    records = [company(firm, number, number >= 20) for number, firm in enumerate(sample_companies(60, 3))]
    with Town({"companies": records}, timing=Timing(), served=False) as town, town.runtime(ledgers) as runtime:
        at_work(runtime)
        linked = {pair.sellsy.id for pair in runtime.ledger.all_pairs()}
        never = [id for one in town.companies() if (id := str(one["id"])) not in linked]
        assert len(never) == 20
        gone(town, *never)
        next_turn(runtime)
        assert stands(runtime) == (EnvironmentStatus.ACTIVE, [])


def test_a_worker_that_was_suspended_takes_nothing_for_missing(
    ledgers: Ledgers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads the last page of a side; meanwhile another one goes on, and begins the next turn."""
    with Town(account(250), timing=Timing(), served=False) as town, town.runtime(ledgers) as runtime:
        at_work(runtime)
        mine = runtime.engine.binding("third_party").sellsy
        scan, began = type(mine).scan, list[object]()

        def sleeps(self: object, after: str | None) -> Page:
            page = scan(self, after)  # type: ignore[arg-type]
            if self is mine and after == "individual:" and not began:
                began.append(start := runtime.clock.now())
                with town.runtime(ledgers) as other:
                    while runtime.clock.now() < start + timedelta(minutes=20):
                        runtime.clock.sleep(60)
                        later(other, 0)
                        other.drain()
            return page

        monkeypatch.setattr(type(mine), "scan", sleeps)
        next_turn(runtime)
        for _ in range(30):
            runtime.clock.sleep(60)
            later(runtime, 0)
        assert began
        assert stands(runtime) == (EnvironmentStatus.ACTIVE, [])
