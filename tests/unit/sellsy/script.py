"""A scripted Sellsy behind httpx2.MockTransport: records what was asked, answers what the test says."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx2

from altior_sellsy.clock import ManualClock
from altior_sellsy.sellsy.auth import Credentials, MemoryTokens, TokenStore
from altior_sellsy.sellsy.client import HttpSellsy
from altior_sellsy.timing import Timing

SECRET = "s3cr3t-jamais-montré"
NOW = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)


def page(rows: list[dict[str, Any]], cursor: str = "", limit: int = 100, total: int | None = None) -> dict[str, Any]:
    total = len(rows) if total is None else total
    return {"data": rows, "pagination": {"limit": limit, "count": len(rows), "total": total, "offset": cursor}}


@dataclass
class Recorded:
    method: str
    path: str
    query: list[tuple[str, str]]
    body: Any
    headers: httpx2.Headers


@dataclass
class Quota:
    """What the client told the quota, and what it is told: `refuse` is the instant at which to try again."""

    refuse: datetime | None = None
    taken: list[tuple[bool, float]] = field(default_factory=list)
    corrected: list[dict[int, int]] = field(default_factory=list)
    blocked: list[datetime] = field(default_factory=list)

    def room(self, now: datetime, *, live: bool, reserve: float, calls: int) -> datetime:
        return now

    def take(self, now: datetime, *, live: bool, reserve: float) -> datetime | None:
        self.taken.append((live, reserve))
        return self.refuse

    def limits(self, windows: Any, now: datetime) -> None: ...

    def correct(self, remaining: Mapping[int, int], now: datetime) -> None:
        self.corrected.append(dict(remaining))

    def exhausted(self, until: datetime) -> None:
        self.blocked.append(until)

    def usage(self, now: datetime) -> Mapping[int, tuple[int, int]]:
        return {}


Handler = Callable[[Recorded], Any]


class Script:
    """`answer(recorded)` gives a Response, raises, or gives plain data (200, JSON). Tokens are numbered."""

    def __init__(self, answer: Handler) -> None:
        self.answer = answer
        self.asked: list[Recorded] = []
        self.token_requests: list[Any] = []
        self.token_answer: Callable[[int], httpx2.Response] = lambda n: httpx2.Response(
            200, json={"token_type": "Bearer", "expires_in": 3600, "access_token": f"token-{n}"}
        )
        self.quota = Quota()
        self.clock = ManualClock(NOW)
        self.lock = threading.Lock()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.host == "login.test":
            self.token_requests.append(json.loads(request.content))
            return self.token_answer(len(self.token_requests))
        recorded = Recorded(
            request.method,
            request.url.path.removeprefix("/v2"),
            parse_qsl(request.url.query.decode(), keep_blank_values=True),
            json.loads(request.content) if request.content else None,
            request.headers,
        )
        self.asked.append(recorded)
        answer = self.answer(recorded)
        return answer if isinstance(answer, httpx2.Response) else httpx2.Response(200, json=answer)

    def client(
        self, *, store: TokenStore | None = None, timing: Timing | None = None, client_id: str = "acces"
    ) -> HttpSellsy:
        return HttpSellsy(
            Credentials(client_id, SECRET),
            quota=self.quota,
            tokens=store or MemoryTokens(),
            exclusive=lambda: self.lock,
            api_url="https://api.test/v2",
            login_url="https://login.test",
            clock=self.clock,
            timing=timing,
            transport=httpx2.MockTransport(self),
        )


__all__ = ["NOW", "SECRET", "Quota", "Recorded", "Script", "page"]
