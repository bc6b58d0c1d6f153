"""Bad days: every fault profile and every switch of both stand-ins, by name, and how one comes and goes.

Durations are those of real life. `hurried` gives the same days for servers in real time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from altior_sellsy.sandbox.altior.options import PROFILES as ALTIOR_PROFILES
from altior_sellsy.sandbox.altior.options import Switches as AltiorSwitches
from altior_sellsy.sandbox.sellsy.switches import PROFILES as SELLSY_PROFILES
from altior_sellsy.sandbox.sellsy.switches import Switches as SellsySwitches
from tests.acceptance.street import Same, exact, rewritten
from tests.acceptance.town import Town

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
    stops: str = ""
    """Code of the card with which the connector may rightly stop on this day, until a person resumes it."""
    on_the_way: Callable[[Town], None] = lambda town: None


def call_fault(effect: str, chance: float, **more: Any) -> dict[str, Any]:
    return {"faults": [{"path": "^/v2/", "effect": effect, "times": ALWAYS, "chance": chance, **more}]}


def write_fault(effect: str, chance: float, **more: Any) -> dict[str, Any]:
    path = "^/v2/(companies|individuals|contacts|opportunities)(/[0-9]+.*)?$"
    fault = {"path": path, "methods": ["POST", "PUT", "PATCH"], "effect": effect}
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
    "altior: corrects late": Bad(altior={"late_correction": 30}, same=rewritten, stops="rewrites_many"),
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


HURRY = 15
"""So many times faster than life."""
DURATIONS = frozenset({"seconds", "search_lag", "read_lag", "delay", "late_correction"})


def hurried(day: Bad) -> Bad:
    """For servers in real time: every duration is a fifteenth."""
    return replace(
        day, sellsy=_hurried(day.sellsy), altior=_hurried(day.altior), altior_faults=_hurried(day.altior_faults)
    )


def _hurried(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: each / HURRY if key in DURATIONS and each is not None else _hurried(each)
            for key, each in value.items()
        }
    return tuple(_hurried(each) for each in value) if isinstance(value, list | tuple) else value
