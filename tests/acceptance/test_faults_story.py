"""The whole story under every fault profile and every switch of both stand-ins, judged through their HTTP.

Told with the waits of real life, on a clock that nobody waits for (hours.py).
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from altior_sellsy.clock import Clock
from altior_sellsy.errors import ConnectorError
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.ledger.port import Ledgers
from altior_sellsy.sandbox.altior.options import Switches as AltiorSwitches
from altior_sellsy.sandbox.sellsy.switches import Switches as SellsySwitches
from altior_sellsy.service import environments
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.timing import Timing
from tests.acceptance.days import DAYS, Bad, end_of_faults, set_altior
from tests.acceptance.quarter import DEALS, RESOLVED, Quarter
from tests.acceptance.steps import BY, initialise, sync
from tests.acceptance.town import Town

PATIENCE = timedelta(hours=6)
RESTART = 5
"""Seconds after which a person starts a command again that gave up."""


def test_every_switch_has_its_day() -> None:
    tried = {name for day in DAYS.values() for name in day.sellsy}
    # Rights taken away: test_identity.py and test_recovery.py. There nothing is in step: everything stops.
    aside = {"hide_modulo", "hidden_get", "scopes_removed"}
    assert tried | aside >= set(SellsySwitches.model_fields)
    tried = {name for day in DAYS.values() for name in day.altior}
    assert tried | {"required", "lengths"} >= set(AltiorSwitches.model_fields)


def persist(runtime: Runtime, step: Callable[[Runtime], Any]) -> None:
    """As a person would: the command is started again until it goes through."""
    give_up = runtime.clock.now() + PATIENCE
    while True:
        try:
            step(runtime)
        except ConnectorError:
            if runtime.ledger.environment().status is EnvironmentStatus.PAUSED or runtime.clock.now() > give_up:
                raise
            runtime.clock.sleep(RESTART)
        else:
            return


def until_quiet(runtime: Runtime, rightly: Sequence[str] = ()) -> None:
    """Scans and drains until nothing waits any more. `rightly`: with which cards it may stop, for a person to resume it
    when she has looked; any other stop is a fault."""
    give_up = runtime.clock.now() + PATIENCE
    while True:
        persist(runtime, sync)
        if runtime.ledger.environment().status is EnvironmentStatus.PAUSED:
            assert {card.code for card in runtime.ledger.cards() if card.reference is None} <= {*rightly}
            environments.resume(runtime.ledger, runtime.clock, BY)
            continue
        looks = runtime.ledger.looks()
        if not looks:
            return
        now = runtime.clock.now()
        assert now < give_up, looks
        runtime.clock.sleep(max(1.0, (min(look.due for look in looks) - now).total_seconds()))


def tell(day: Bad, ledgers: Callable[[Clock], Ledgers], size: int = 1) -> None:
    quarter = Quarter(size)
    rightly = [day.stops] if day.stops else []
    account = quarter.sellsy() | {"switches": dict(day.sellsy)}
    deals = {"deals": DEALS, "resolved": RESOLVED}
    with (
        Town(account, quarter.altior(), timing=Timing(), served=False, deals=deals) as town,
        town.runtime(ledgers(town.clock)) as runtime,
    ):
        set_altior(town, day)
        if day.notified:
            town.receive_notifications(runtime)
        persist(runtime, initialise)
        day.on_the_way(town)
        persist(runtime, sync)
        if "hide" in day.altior:
            # The live part needs to see every record; the plan was approved on half of them: once more.
            end_of_faults(town, day)
            persist(runtime, initialise)
        until_quiet(runtime, rightly)
        quarter.live(town)
        day.on_the_way(town)
        runtime.drain()
        persist(runtime, sync)
        quarter.later(town)
        runtime.drain()
        persist(runtime, sync)
        end_of_faults(town, day)
        until_quiet(runtime, rightly)
        runtime.clock.sleep(runtime.timing.stale_after_write)
        until_quiet(runtime, rightly)
        quarter.judge(town, day.same)
        town.forget_writes()
        persist(runtime, sync)
        assert town.writes() == (0, 0)


@pytest.mark.parametrize("name", sorted(DAYS))
def test_the_story_ends_in_step(name: str) -> None:
    tell(DAYS[name], MemoryLedgers)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(DAYS))
def test_the_story_ends_in_step_with_more_records_on_postgresql(
    transactional_db: None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from altior_sellsy.ledger.django_app.store import DjangoLedgers

    # Notifications come while both servers' loop runs, in the one thread that there is: nothing else waits for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    tell(DAYS[name], DjangoLedgers, size=3)
