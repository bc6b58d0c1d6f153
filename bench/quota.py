"""How well the Sellsy quota is used: bulk used / allowed, 429s, live calls beside; calls / floor of a whole reading."""

import argparse
import json
import math
import sys
import time
from dataclasses import asdict, dataclass

from altior_sellsy.clock import SystemClock
from altior_sellsy.errors import NotSent
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.third_party.in_sellsy import SellsyThirdParties
from altior_sellsy.ledger.memory import MemoryLedgers
from altior_sellsy.sandbox.companies import sample_companies
from altior_sellsy.sandbox.sellsy.app import Options, create_app
from altior_sellsy.sandbox.sellsy.scenario import Scenario
from altior_sellsy.sandbox.sellsy.settings import CLIENT_ID, CLIENT_SECRET
from altior_sellsy.sandbox.serving import Served
from altior_sellsy.sellsy.auth import Credentials, MemoryTokens
from altior_sellsy.sellsy.client import HttpSellsy
from altior_sellsy.sellsy.quota import windows
from altior_sellsy.timing import Timing
from bench.counting import Counting

ACCOUNT = "97417"
LEAST_USE = 0.95
MOST_CALLS = 1.02


@dataclass(frozen=True)
class Use:
    limit_per_second: int
    seconds: float
    bulk_allowed: int
    bulk_used: int
    used_over_allowed: float
    live_calls: int
    live_refused: int
    too_many_requests: int


@dataclass(frozen=True)
class Reading:
    companies: int
    calls: int
    floor: int
    calls_over_floor: float
    seconds: float


def client(url: str, ledgers: MemoryLedgers, timing: Timing) -> HttpSellsy:
    return HttpSellsy(
        Credentials(CLIENT_ID, CLIENT_SECRET),
        quota=ledgers.quota(ACCOUNT),
        tokens=MemoryTokens(),
        exclusive=ledgers.exclusive("token"),
        api_url=f"{url}/v2",
        login_url=url,
        clock=SystemClock(),
        timing=timing,
    )


def use(limit: int, seconds: float, live_every: float | None) -> Use:
    """Bulk work that never ends; beside it, unless None, a live call every `live_every` seconds on the same account."""
    timing, ledgers, clock = Timing(), MemoryLedgers(), SystemClock()
    app = Counting(create_app(Options(scenario=Scenario(switches={"quota": {"second": limit, "minute": None}}))))
    with Served(app, date_header=False) as server, client(server.url, ledgers, timing) as sellsy:
        ledgers.quota(ACCOUNT).limits(windows(sellsy.quotas()), clock.now())
        time.sleep(1.1)  # the call that read the limits has left the window of one second
        bulk = live = refused = 0
        started = time.monotonic()
        next_live = started + live_every if live_every else math.inf
        while (now := time.monotonic()) < started + seconds:
            sellsy.live = now >= next_live
            try:
                sellsy.list_companies(limit=1)
            except NotSent as error:
                if sellsy.live:
                    refused += 1
                    next_live += live_every or 0
                else:
                    asleep = min(error.retry_after or 0.01, max(next_live - time.monotonic(), 0))
                    time.sleep(asleep)
                continue
            if sellsy.live:
                live += 1
                next_live += live_every or 0
            else:
                bulk += 1
        took = time.monotonic() - started
    # The share that bulk may use counts everybody's calls: each live call beside it takes one from it.
    allowed = math.floor(limit * (1 - timing.bulk_reserve)) * took
    return Use(
        limit_per_second=limit,
        seconds=round(took, 2),
        bulk_allowed=round(allowed),
        bulk_used=bulk,
        used_over_allowed=round(bulk / allowed, 4),
        live_calls=live,
        live_refused=refused,
        too_many_requests=app.statuses[429],
    )


def reading(size: int = 10_000) -> Reading:
    """All companies through the kind, SA and both addresses with them, as a scan does."""
    companies = [
        {"id": 3001 + n, "type": "client", "name": f.name, "legal_france": {"siret": f.siret}, "sa": True}
        for n, f in enumerate(sample_companies(size, 7))
    ]
    ledgers = MemoryLedgers()
    app = Counting(create_app(Options(scenario=Scenario(companies=companies))))
    with Served(app, date_header=False) as server, client(server.url, ledgers, Timing()) as sellsy:
        system = SellsyThirdParties(sellsy, SystemClock(), ACCOUNT, Correspondence.of({}, staff={}, users=[]), "501")
        sellsy.custom_fields()
        app.forget()
        started, seen, after = time.monotonic(), 0, None
        while True:
            page = system.scan(after)
            seen += len(page.snapshots)
            after = page.after
            if after is None:
                break
        took = time.monotonic() - started
    calls, floor = sum(app.calls.values()), math.ceil(size / 100)
    assert seen == size, f"{seen} of {size} companies were read"
    return Reading(size, calls, floor, round(calls / floor, 4), round(took, 2))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.quota", description=__doc__)
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--limit", type=int, default=40, help="calls per second of the account")
    parser.add_argument("--size", type=int, default=10_000)
    asked = parser.parse_args()
    alone, beside = use(asked.limit, asked.seconds, None), use(asked.limit, asked.seconds, 0.25)
    read = reading(asked.size)
    figures = {"bulk_alone": asdict(alone), "bulk_beside_live": asdict(beside), "reading": asdict(read)}
    print(json.dumps(figures, indent=2))
    good = (
        alone.used_over_allowed >= LEAST_USE
        and alone.too_many_requests == beside.too_many_requests == beside.live_refused == 0
        and read.calls_over_floor <= MOST_CALLS
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
