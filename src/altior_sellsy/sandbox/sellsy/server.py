"""Everything one stand-in holds, behind its routes: the account, tokens, quota, webhooks, and the journal of calls."""

import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import httpx2

from altior_sellsy.sandbox.sellsy.auth import Tokens
from altior_sellsy.sandbox.sellsy.quota import Meter
from altior_sellsy.sandbox.sellsy.settings import Settings
from altior_sellsy.sandbox.sellsy.state import State
from altior_sellsy.sandbox.sellsy.switches import Switches
from altior_sellsy.sandbox.sellsy.webhooks import Deliverer

_WRITES_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class ApiWrite:
    """A write that the API received, refused ones included. `at`: seconds since 1970, the server's unskewed clock."""

    method: str
    path: str
    query: str
    body: Any
    status: int
    at: float

    @property
    def took_effect(self) -> bool:
        return 200 <= self.status < 300 and "verify=true" not in self.query


class Journal:
    """Counts of all API calls by route, and the writes one by one."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.writes: deque[ApiWrite] = deque(maxlen=_WRITES_KEPT)

    def count(self, route: str) -> None:
        self.calls[route] += 1

    def wrote(self, method: str, path: str, query: str, body: Any, status: int, at: float) -> None:
        self.writes.append(ApiWrite(method, path, query, body, status, at))

    def summary(self) -> dict[str, Any]:
        """`count`: all writes; `effective`: those that changed something; `by`: «PUT /v2/companies/12» → number."""
        return {
            "count": len(self.writes),
            "effective": sum(write.took_effect for write in self.writes),
            "by": dict(Counter(f"{write.method} {write.path}" for write in self.writes)),
            "writes": [asdict(write) for write in self.writes],
        }


class Server:
    """`state`, `tokens`, `journal` … are replaced by a reset: hold the server, not its parts."""

    def __init__(
        self,
        settings: Settings,
        switches: Switches,
        clock: Callable[[], float],
        deliver: httpx2.AsyncBaseTransport | None = None,
        seed: int = 1,
    ) -> None:
        self.clock = clock
        self._seed = seed
        self._deliver = deliver
        self._begin(settings, switches)

    async def reset(self, settings: Settings, switches: Switches) -> None:
        """An empty account under new settings: records, tokens, webhooks, counts and faults are gone."""
        await self.deliverer.stop()
        self._begin(settings, switches)

    def _begin(self, settings: Settings, switches: Switches) -> None:
        self.journal = Journal()
        self.tokens = Tokens()
        self.meter = Meter()
        self.dice = random.Random(self._seed)
        self.state = State(settings, switches, self.clock)
        self.deliverer = Deliverer(self.state, self._deliver)
        self.state.tell = self.deliverer.tell
