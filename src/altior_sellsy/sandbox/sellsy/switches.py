"""The moods of the stand-in, changed live at `/_sandbox/switches`. By default: what is known, or the worse guess."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Switch(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Signal(_Switch):
    """Whether a change moves the record's modification time, and whether it fires a webhook."""

    updated: bool = False
    webhook: bool = False


class Signals(_Switch):
    """Nothing says that a custom field (SA), an address or a contact link signals anything: by default, neither."""

    custom_fields: Signal = Signal()
    addresses: Signal = Signal()
    links: Signal = Signal()


class Lossy(_Switch):
    """Habits of a server that rewrites what the API is given."""

    truncate_names: int | None = Field(None, ge=1)
    upper_case: bool = False
    reformat_phones: bool = False
    """Telephones are kept as bare digits, «+33» written as 0."""
    fill_in: dict[str, str] = {}
    """Field → value put there when a write leaves it empty."""
    reorder: bool = False
    """Lists inside answers come in the reverse order."""


class Quota(_Switch):
    """Calls allowed in the last second, minute, day, month; None = no such limit. The defaults bite nobody."""

    second: int | None = 5_000
    minute: int | None = 200_000
    day: int | None = 10_000_000
    month: int | None = None
    retry_after: int | None = None
    """Seconds said in `Retry-After` of a 429; nobody has recorded whether the real one says any."""


class Webhooks(_Switch):
    before_answer: bool = False
    """Deliver before the call that caused it is answered."""
    lose_every: int = 0
    """1 loses all, 2 every other one, 0 none."""
    double_every: int = 0
    delay: float = 0
    """Seconds before each delivery."""
    last_first: bool = False
    """Of those that wait the latest goes out first."""
    supplier_events: bool = False
    """Suppliers' events were never seen: by default suppliers fire nothing."""
    opportunity_events: list[str] = ["created", "updated", "status", "step", "deleted"]
    """Only `status` is attested; the full list is known to the real endpoint alone."""


class Fault(_Switch):
    """What happens to the next `times` API calls whose method and path match, after `skip` that pass; `chance`: to this
    share of them, by the server's seeded dice. (Strictly every n-th would beat in time with a client that repeats.)

    status       answered with `status`, without effect
    hang_before  no answer for `seconds`, without effect
    hang_after   takes effect, no answer for `seconds`
    drop_before  connection dropped, without effect
    drop_after   takes effect, connection dropped
    late_commit  answers 504, takes effect `seconds` later
    truncate_after  takes effect, half of the answer comes
    """

    path: str = ".*"
    """Regular expression searched in the path, `/v2/companies/12`."""
    methods: list[str] = []
    effect: Literal[
        "status", "hang_before", "hang_after", "drop_before", "drop_after", "late_commit", "truncate_after"
    ] = "status"
    status: int = 503
    seconds: float = 60
    times: int = 1
    skip: int = 0
    chance: float = Field(1, gt=0, le=1)
    retry_after: int | None = None


class Switches(_Switch):
    """`search_lag`, `read_lag`, `latency`, `clock_skew`, `token_lifetime`: seconds."""

    signals: Signals = Signals()
    lossy: Lossy = Lossy()
    quota: Quota = Quota()
    webhooks: Webhooks = Webhooks()
    faults: list[Fault] = []
    archived_listed: bool = True
    """Lists and searches without a filter on `is_archived` show archived records too."""
    cf_embeds: bool = True
    """False: `embed[]=cf.<id>` is accepted and ignored."""
    created_honoured: bool = True
    search_lag: float = 0
    """Searches show what was so many seconds ago; direct reads and lists do not lag."""
    read_lag: float = 0
    """Every read shows what was so many seconds ago."""
    hide_modulo: int = 0
    """n: reduced rights hide from lists and searches the records whose id is a multiple of n."""
    hidden_get: Literal["shown", "forbidden", "missing"] = "shown"
    """What a direct read of a hidden record answers."""
    clock_skew: float = 0
    latency: float = 0
    token_lifetime: int = 86_400
    scopes_removed: list[str] = []
    unknown_keys: Literal["refused", "ignored"] = "refused"
    """Unknown keys in the body of a create or an update; search bodies always refuse them."""


PROFILES: dict[str, Switches] = {
    "none": Switches(),
    "slow": Switches(latency=0.4, read_lag=2, search_lag=20),
    "flaky": Switches(
        faults=[
            Fault(path="^/v2/", effect="status", status=503, times=1_000_000, chance=0.09),
            Fault(path="^/v2/", methods=["POST", "PUT"], effect="drop_after", times=1_000_000, chance=0.06),
            Fault(path="^/v2/", effect="drop_before", times=1_000_000, chance=0.04),
        ],
        webhooks=Webhooks(lose_every=5, double_every=7),
    ),
    "lossy": Switches(lossy=Lossy(truncate_names=30, reformat_phones=True, reorder=True)),
    "tight": Switches(quota=Quota(second=5, minute=149, retry_after=1)),
}
"""Moods by name, for `altior-sellsy sandbox sellsy --faults PROFILE`."""


def profile(name: str) -> Switches:
    """Raises ValueError, one French sentence, on an unknown name."""
    if name not in PROFILES:
        raise ValueError(f"Profil de pannes inconnu : « {name} ». Profils : {', '.join(PROFILES)}.")
    return PROFILES[name].model_copy(deep=True)
