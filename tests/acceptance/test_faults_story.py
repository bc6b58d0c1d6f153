"""The whole story under every fault profile and every switch of both stand-ins, judged through their HTTP.

Told with the waits of real life, on a clock that nobody waits for (hours.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from altior_sellsy.errors import ConnectorError
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.ledger.model import EnvironmentStatus
from altior_sellsy.ledger.port import Ledgers
from altior_sellsy.sandbox.altior.options import PROFILES as ALTIOR_PROFILES
from altior_sellsy.sandbox.altior.options import Switches as AltiorSwitches
from altior_sellsy.sandbox.sellsy.switches import PROFILES as SELLSY_PROFILES
from altior_sellsy.sandbox.sellsy.switches import Switches as SellsySwitches
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.timing import Timing
from tests.acceptance.steps import initialise, sync
from tests.acceptance.street import Same, Street, exact, rewritten
from tests.acceptance.town import Town

PATIENCE = timedelta(hours=6)
RESTART = 5
"""Seconds after which a person starts a command again that gave up."""
ALWAYS = 1_000_000


@dataclass(frozen=True)
class Bad:
    """A bad day: switches of Sellsy; switches and faults of Altior. `revoke`: tokens are revoked on the way."""

    sellsy: Mapping[str, Any] = field(default_factory=dict)
    altior: Mapping[str, Any] = field(default_factory=dict)
    altior_faults: tuple[Mapping[str, Any], ...] = ()
    same: Same = exact
    lasting: bool = False
    """A habit rather than a fault: it is still there when the story is judged."""
    notified: bool = False
    """Sellsy's notifications reach us."""
    on_the_way: Callable[[Town], None] = lambda town: None


def call_fault(effect: str, chance: float, **more: Any) -> dict[str, Any]:
    return {"faults": [{"path": "^/v2/", "effect": effect, "times": ALWAYS, "chance": chance, **more}]}


def write_fault(effect: str, chance: float, **more: Any) -> dict[str, Any]:
    fault = {"path": "^/v2/(companies|individuals)(/[0-9]+.*)?$", "methods": ["POST", "PUT"], "effect": effect}
    return {"faults": [{**fault, "times": ALWAYS, "chance": chance, **more}]}


def altior_fault(kind: str, chance: float, **more: Any) -> Bad:
    return Bad(altior_faults=({"kind": kind, "times": ALWAYS, "chance": chance, **more},))


def webhooks(**moods: Any) -> Bad:
    """Sellsy's notifications reach us, as badly as this."""
    return Bad({"webhooks": moods}, notified=True, lasting=True)


def signals(**said: bool) -> dict[str, Any]:
    return {name: {"updated": False, "webhook": False} | said for name in ("custom_fields", "addresses", "links")}


DAYS: dict[str, Bad] = {
    "nothing": Bad(),
    # -- Sellsy's faults
    "sellsy: 503": Bad(call_fault("status", 0.14)),
    "sellsy: 500 after long": Bad(call_fault("status", 0.1, status=500, skip=20)),
    "sellsy: 429 storm": Bad(call_fault("status", 0.11, status=429, retry_after=0)),
    "sellsy: no answer, without effect": Bad(write_fault("hang_before", 0.08, seconds=60)),
    "sellsy: no answer, with effect": Bad(write_fault("hang_after", 0.08, seconds=60)),
    "sellsy: cut, without effect": Bad(call_fault("drop_before", 0.11)),
    "sellsy: cut, with effect": Bad(write_fault("drop_after", 0.2)),
    "sellsy: done after we gave up": Bad(write_fault("late_commit", 0.14, seconds=50)),
    "sellsy: half an answer": Bad(write_fault("truncate_after", 0.17)),
    "sellsy: half a page": Bad(call_fault("truncate_after", 0.08)),
    "sellsy: a burst of 500": Bad({"faults": [{"path": "^/v2/", "status": 500, "skip": 45, "times": 30}]}),
    "sellsy: token revoked": Bad(on_the_way=lambda town: town.sellsy("POST", "tokens/revoke")),
    "sellsy: token of one second": Bad({"token_lifetime": 1}, lasting=True),
    # -- Sellsy's habits
    "sellsy: search index late": Bad({"search_lag": 60}, lasting=True),
    "sellsy: reads late": Bad({"read_lag": 20}, lasting=True),
    "sellsy: archived not listed": Bad({"archived_listed": False}, lasting=True),
    "sellsy: embeds ignored": Bad({"cf_embeds": False}, lasting=True),
    "sellsy: created ignored": Bad({"created_honoured": False} | write_fault("drop_after", 0.14)),
    "sellsy: clock ahead": Bad({"clock_skew": 240}, lasting=True),
    "sellsy: clock behind": Bad({"clock_skew": -240}, lasting=True),
    "sellsy: unknown keys ignored": Bad({"unknown_keys": "ignored"}, lasting=True),
    "sellsy: SA, addresses, links move the date": Bad({"signals": signals(updated=True)}, notified=True, lasting=True),
    "sellsy: SA, addresses, links are notified": Bad({"signals": signals(webhook=True)}, notified=True, lasting=True),
    "sellsy: everything signals": Bad({"signals": signals(updated=True, webhook=True)}, notified=True, lasting=True),
    "sellsy: notified": webhooks(),
    "sellsy: notifications lost": webhooks(lose_every=2),
    "sellsy: notifications doubled": webhooks(double_every=1),
    "sellsy: notifications late": webhooks(delay=45),
    "sellsy: notifications out of order": webhooks(delay=1, last_first=True),
    "sellsy: notified before the answer": webhooks(before_answer=True),
    "sellsy: names cut": Bad({"lossy": {"truncate_names": 14}}, same=rewritten, lasting=True),
    "sellsy: capitals": Bad({"lossy": {"upper_case": True}}, same=rewritten, lasting=True),
    "sellsy: phones rewritten": Bad({"lossy": {"reformat_phones": True, "reorder": True}}, lasting=True),
    "sellsy: fills in": Bad({"lossy": {"fill_in": {"website": "www.exemple.test"}}}, lasting=True),
    # -- Altior's faults
    "altior: 503": altior_fault("status", 0.17),
    "altior: 429": altior_fault("status", 0.25, status=429, retry_after=0),
    "altior: slow": altior_fault("latency", 0.33, seconds=5),
    "altior: cut, without effect": altior_fault("drop_before", 0.17),
    "altior: cut, with effect": altior_fault("drop_after", 0.5, path="POST .*/lot"),
    "altior: no answer, with effect": altior_fault("timeout_after", 0.33, path="POST .*/lot", seconds=60),
    "altior: done after we gave up": altior_fault("late_commit", 0.5, path="POST .*/lot", seconds=20),
    "altior: half an answer": altior_fault("truncate_after", 0.5, path="POST .*/lot"),
    # -- Altior's habits
    "altior: SIRET unique": Bad(altior={"siret_unique": True}, lasting=True),
    "altior: names cut": Bad(altior={"truncate_name": 14}, same=rewritten, lasting=True),
    "altior: capitals": Bad(altior={"upper_case": True}, same=rewritten, lasting=True),
    "altior: phones rewritten": Bad(altior={"reformat_phones": True, "reorder_lists": True}, lasting=True),
    "altior: fills in": Bad(altior={"fill_in": {"naf": "4332A"}}, lasting=True),
    "altior: corrects late": Bad(altior={"late_correction": 30}, same=rewritten),
    "altior: reads late": Bad(altior={"read_lag": 20}, lasting=True),
    "altior: half of the scan hidden": Bad(altior={"hide": 0.5}),
}
for _name, _profile in SELLSY_PROFILES.items():
    DAYS[f"sellsy: profile {_name}"] = Bad(
        _profile.model_dump(), same=rewritten if _name == "lossy" else exact, notified=True
    )
for _name, (_switches, _faults) in ALTIOR_PROFILES.items():
    DAYS[f"altior: profile {_name}"] = Bad(
        altior=_switches.model_dump(),
        altior_faults=tuple(f.model_dump() for f in _faults),
        same=rewritten if _name == "lossy" else exact,
    )


def test_every_switch_has_its_day() -> None:
    tried = {name for day in DAYS.values() for name in day.sellsy}
    # Rights taken away: test_identity.py and test_recovery.py. There nothing is in step: everything stops.
    aside = {"hide_modulo", "hidden_get", "scopes_removed"}
    assert tried | aside >= set(SellsySwitches.model_fields)
    tried = {name for day in DAYS.values() for name in day.altior}
    assert tried | {"required", "lengths"} >= set(AltiorSwitches.model_fields)


def set_altior(town: Town, day: Bad) -> None:
    if day.altior:
        town.altior("PUT", "switches", dict(day.altior))
    if day.altior_faults:
        town.altior("POST", "faults", {"faults": [dict(f) for f in day.altior_faults]})


def end_of_faults(town: Town, day: Bad) -> None:
    town.altior("DELETE", "faults")
    town.sellsy("PUT", "switches", {"faults": []})
    if not day.lasting:
        if day.sellsy:
            town.sellsy("PUT", "switches", SellsySwitches().model_dump())
        if day.altior:
            town.altior("PUT", "switches", AltiorSwitches().model_dump())


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


def until_quiet(runtime: Runtime) -> None:
    """Scans and drains until nothing waits any more."""
    give_up = runtime.clock.now() + PATIENCE
    while True:
        persist(runtime, sync)
        looks = runtime.ledger.looks()
        if not looks:
            return
        now = runtime.clock.now()
        assert now < give_up, looks
        runtime.clock.sleep(max(1.0, (min(look.due for look in looks) - now).total_seconds()))


def tell(day: Bad, ledgers: Ledgers, size: int = 1) -> None:
    street = Street(size)
    account = street.sellsy() | {"switches": dict(day.sellsy)}
    with Town(account, street.altior(), timing=Timing(), served=False) as town, town.runtime(ledgers) as runtime:
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
        until_quiet(runtime)
        street.live(town)
        day.on_the_way(town)
        runtime.drain()
        persist(runtime, sync)
        street.later(town)
        runtime.drain()
        persist(runtime, sync)
        end_of_faults(town, day)
        until_quiet(runtime)
        runtime.clock.sleep(runtime.timing.stale_after_write)
        until_quiet(runtime)
        street.judge(town, day.same)
        town.forget_writes()
        persist(runtime, sync)
        assert town.writes() == (0, 0)


@pytest.mark.parametrize("name", sorted(DAYS))
def test_the_story_ends_in_step(name: str) -> None:
    tell(DAYS[name], MemoryLedgers())


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(DAYS))
def test_the_story_ends_in_step_with_more_records_on_postgresql(
    ledgers: Ledgers, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Notifications come while both servers' loop runs, in the one thread that there is: nothing else waits for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    tell(DAYS[name], ledgers, size=3)
