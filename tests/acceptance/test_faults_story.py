"""The whole story under every fault profile and every switch of both stand-ins, judged through their HTTP."""

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

TIMING = Timing(
    echo_delay=0,
    stale_after_write=0.3,
    call_deadline=0.8,
    create_recovery=0.6,
    create_recovery_gap=0.1,
    backoff_first=0.05,
    backoff_most=0.3,
    gone_gap=0.5,
    lease=20,
)
PATIENCE = timedelta(seconds=110)
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
    timing: Timing = TIMING
    on_the_way: Callable[[Town], None] = lambda town: None


def call_fault(effect: str, every: int, **more: Any) -> dict[str, Any]:
    return {"faults": [{"path": "^/v2/", "effect": effect, "times": ALWAYS, "every": every, **more}]}


def write_fault(effect: str, every: int, **more: Any) -> dict[str, Any]:
    fault = {"path": "^/v2/(companies|individuals)(/[0-9]+.*)?$", "methods": ["POST", "PUT"], "effect": effect}
    return {"faults": [{**fault, "times": ALWAYS, "every": every, **more}]}


def altior_fault(kind: str, every: int, **more: Any) -> Bad:
    return Bad(altior_faults=({"kind": kind, "times": ALWAYS, "every": every, **more},))


SLOW = TIMING.model_copy(update={"call_deadline": 4})
LAGGING = TIMING.model_copy(update={"stale_after_write": 0.8, "create_recovery": 1.2})

DAYS: dict[str, Bad] = {
    "nothing": Bad(),
    # -- Sellsy's faults
    "sellsy: 503": Bad(call_fault("status", 7)),
    "sellsy: 500 after long": Bad(call_fault("status", 10, status=500, skip=20)),
    "sellsy: 429 storm": Bad(call_fault("status", 9, status=429, retry_after=0)),
    "sellsy: no answer, without effect": Bad(write_fault("hang_before", 13, seconds=5)),
    "sellsy: no answer, with effect": Bad(write_fault("hang_after", 13, seconds=5)),
    "sellsy: cut, without effect": Bad(call_fault("drop_before", 9)),
    "sellsy: cut, with effect": Bad(write_fault("drop_after", 5)),
    "sellsy: done after we gave up": Bad(write_fault("late_commit", 7, seconds=0.5)),
    "sellsy: half an answer": Bad(write_fault("truncate_after", 6)),
    "sellsy: token revoked": Bad(on_the_way=lambda town: town.sellsy("POST", "tokens/revoke")),
    "sellsy: token of one second": Bad({"token_lifetime": 1}, lasting=True),
    # -- Sellsy's habits
    "sellsy: search index late": Bad({"search_lag": 0.8}, timing=LAGGING, lasting=True),
    "sellsy: reads late": Bad({"read_lag": 0.4}, timing=LAGGING, lasting=True),
    "sellsy: archived not listed": Bad({"archived_listed": False}, lasting=True),
    "sellsy: embeds ignored": Bad({"cf_embeds": False}, lasting=True),
    "sellsy: created ignored": Bad({"created_honoured": False} | write_fault("drop_after", 7)),
    "sellsy: clock ahead": Bad({"clock_skew": 240}, lasting=True),
    "sellsy: clock behind": Bad({"clock_skew": -240}, lasting=True),
    "sellsy: unknown keys ignored": Bad({"unknown_keys": "ignored"}, lasting=True),
    "sellsy: everything signals": Bad(
        {"signals": {name: {"updated": True, "webhook": True} for name in ("custom_fields", "addresses", "links")}},
        lasting=True,
    ),
    "sellsy: names cut": Bad({"lossy": {"truncate_names": 14}}, same=rewritten, lasting=True),
    "sellsy: capitals": Bad({"lossy": {"upper_case": True}}, same=rewritten, lasting=True),
    "sellsy: phones rewritten": Bad({"lossy": {"reformat_phones": True, "reorder": True}}, lasting=True),
    "sellsy: fills in": Bad({"lossy": {"fill_in": {"website": "www.exemple.test"}}}, lasting=True),
    # -- Altior's faults
    "altior: 503": altior_fault("status", 6),
    "altior: 429": altior_fault("status", 4, status=429, retry_after=0),
    "altior: slow": altior_fault("latency", 3, seconds=0.05),
    "altior: cut, without effect": altior_fault("drop_before", 6),
    "altior: cut, with effect": altior_fault("drop_after", 2, path="POST .*/lot"),
    "altior: no answer, with effect": altior_fault("timeout_after", 3, path="POST .*/lot", seconds=2),
    "altior: done after we gave up": altior_fault("late_commit", 2, path="POST .*/lot", seconds=0.5),
    "altior: half an answer": altior_fault("truncate_after", 2, path="POST .*/lot"),
    # -- Altior's habits
    "altior: SIRET unique": Bad(altior={"siret_unique": True}, lasting=True),
    "altior: names cut": Bad(altior={"truncate_name": 14}, same=rewritten, lasting=True),
    "altior: capitals": Bad(altior={"upper_case": True}, same=rewritten, lasting=True),
    "altior: phones rewritten": Bad(altior={"reformat_phones": True, "reorder_lists": True}, lasting=True),
    "altior: fills in": Bad(altior={"fill_in": {"naf": "4332A"}}, lasting=True),
    "altior: corrects late": Bad(altior={"late_correction": 0.3}, same=rewritten),
    "altior: reads late": Bad(altior={"read_lag": 0.4}, timing=LAGGING, lasting=True),
    "altior: half of the scan hidden": Bad(altior={"hide": 0.5}),
}
for _name, _profile in SELLSY_PROFILES.items():
    DAYS[f"sellsy: profile {_name}"] = Bad(
        _profile.model_dump(), same=rewritten if _name == "lossy" else exact, timing=SLOW if _name == "slow" else TIMING
    )
for _name, (_switches, _faults) in ALTIOR_PROFILES.items():
    DAYS[f"altior: profile {_name}"] = Bad(
        altior=_switches.model_dump(),
        altior_faults=tuple(f.model_dump() for f in _faults),
        same=rewritten if _name == "lossy" else exact,
        timing=SLOW if _name == "slow" else TIMING,
    )
LONG = {"sellsy: profile slow", "sellsy: profile tight", "altior: profile slow", "altior: profile tight"}
"""Their waits are those of real servers: run with the longer proofs."""


def test_every_switch_has_its_day() -> None:
    tried = {name for day in DAYS.values() for name in day.sellsy}
    # Rights taken away, in test_identity.py; notifications and scopes, in test_recovery.py.
    aside = {"latency", "quota", "webhooks", "hide_modulo", "hidden_get", "scopes_removed"}
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
            runtime.clock.sleep(0.05)
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
        assert runtime.clock.now() < give_up, looks
        runtime.clock.sleep(0.1)


def tell(day: Bad, ledgers: Ledgers, size: int = 1) -> None:
    street = Street(size)
    account = street.sellsy() | {"switches": dict(day.sellsy)}
    with Town(account, street.altior(), timing=day.timing) as town, town.runtime(ledgers) as runtime:
        set_altior(town, day)
        persist(runtime, initialise)
        day.on_the_way(town)
        persist(runtime, sync)
        if "hide" in day.altior:
            end_of_faults(town, day)  # the live part needs to see every record
        until_quiet(runtime)
        street.live(town)
        day.on_the_way(town)
        persist(runtime, sync)
        street.later(town)
        persist(runtime, sync)
        end_of_faults(town, day)
        until_quiet(runtime)
        runtime.clock.sleep(day.timing.stale_after_write)
        until_quiet(runtime)
        street.judge(town, day.same)
        town.forget_writes()
        persist(runtime, sync)
        assert town.writes() == (0, 0)


@pytest.mark.parametrize("name", sorted(DAYS.keys() - LONG))
def test_the_story_ends_in_step(name: str) -> None:
    tell(DAYS[name], MemoryLedgers())


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(DAYS))
def test_the_story_ends_in_step_with_more_records_on_postgresql(ledgers: Ledgers, name: str) -> None:
    tell(DAYS[name], ledgers, size=5)
