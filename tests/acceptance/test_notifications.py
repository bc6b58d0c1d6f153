"""Sellsy's notifications in each of their moods, and a connector that works on its ticks alone: no command is given."""

from typing import Any

import pytest

from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.timing import Timing
from tests.acceptance.steps import initialise, sync
from tests.acceptance.test_first_sync import company, tiers
from tests.acceptance.town import Town

TICK = 5


def works(runtime: Runtime, seconds: float) -> None:
    """As `serve` does: schedules, the feed, a drain, every few seconds."""
    until = runtime.clock.now().timestamp() + seconds
    while runtime.clock.now().timestamp() < until:
        runtime.schedules(runtime.clock.now())
        runtime.poll_feed(0)
        runtime.drain()
        runtime.clock.sleep(TICK)


class Office:
    """One ticked company, in step, and notifications as bad as `moods` says."""

    def __init__(self, **moods: Any) -> None:
        [firm, self.other] = sample_companies(2, 4)
        account = {"companies": [company(firm, 0, True)], "switches": {"webhooks": moods}}
        self.town = Town(account, timing=Timing(), served=False)

    def __enter__(self) -> "Office":
        self.town.__enter__()
        self.runtime = self.town.runtime(MemoryLedgers(self.town.clock))
        self.town.receive_notifications(self.runtime)
        initialise(self.runtime)
        works(self.runtime, 90)  # the first turns of every schedule, and our own echoes, are over
        self.town.forget_writes()
        return self

    def __exit__(self, *_: object) -> None:
        self.runtime.close()
        self.town.__exit__(None, None, None)

    def renames(self, name: str) -> None:
        self.town.sellsy("PATCH", "records/companies/3001", {"name": name})

    def shown(self) -> list[str]:
        return [one["raison_sociale"] for one in self.town.tiers()]

    def quiet(self) -> None:
        """A further pass writes nothing."""
        self.town.forget_writes()
        sync(self.runtime)
        assert self.town.writes() == (0, 0)


def test_a_notification_is_followed_within_seconds() -> None:
    with Office() as office:
        office.renames("Notifiée")
        works(office.runtime, 2 * TICK)
        assert office.shown() == ["Notifiée"]
        assert office.town.writes() == (0, 1)


def test_a_lost_one_is_found_by_the_sweep_of_every_five_minutes() -> None:
    with Office(lose_every=1) as office:
        office.renames("Perdue en route")
        works(office.runtime, 2 * TICK)
        assert office.shown() != ["Perdue en route"]
        works(office.runtime, office.runtime.timing.sweep_every + 2 * TICK)
        assert office.shown() == ["Perdue en route"]
        assert office.town.writes() == (0, 1)
        office.quiet()


@pytest.mark.parametrize("moods", [{"double_every": 1}, {"delay": 20, "double_every": 1}], ids=["at once", "late"])
def test_a_doubled_one_is_one_write(moods: dict[str, Any]) -> None:
    with Office(**moods) as office:
        office.renames("Dite deux fois")
        works(office.runtime, 60)
        assert office.shown() == ["Dite deux fois"]
        assert office.town.writes() == (0, 1)
        office.quiet()


def test_out_of_order_the_last_value_stands() -> None:
    with Office(delay=7, last_first=True) as office:
        for name in ("Première", "Deuxième", "Troisième"):
            office.renames(name)
            works(office.runtime, TICK)
        works(office.runtime, 60)
        assert office.shown() == ["Troisième"]
        office.quiet()


def test_one_before_the_answer_of_our_own_create_makes_no_duplicate() -> None:
    with Office(before_answer=True) as office:
        body = {key: value for key, value in tiers(office.other, 0).items() if key != "id"}
        office.town.altior("POST", "tiers", {"corps": body})
        works(office.runtime, 60)
        assert len(office.town.companies()) == len(office.town.tiers()) == 2
        assert office.runtime.ledger.cards() == []
        office.quiet()
