"""One call to Sellsy: quota first, then the token, a hard deadline, and an error whose type says what to do next.

Jobs never wait here: a call that the quota does not grant is NotSent, with the seconds to wait. Only a command that a
person waits for gives `patience`: it waits for the quota, and repeats readings that fail.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2

from altior_sellsy import addresses
from altior_sellsy.certificates import not_recognised
from altior_sellsy.clock import Clock
from altior_sellsy.errors import ConnectorError, NotSent, Refused
from altior_sellsy.json_text import dumped, parsed
from altior_sellsy.ledger.port import Quota
from altior_sellsy.patience import Patience
from altior_sellsy.sellsy import quota as limits
from altior_sellsy.sellsy.auth import Access
from altior_sellsy.sellsy.failures import Call, delay, failure, http_date, unanswered
from altior_sellsy.timing import Timing

Query = Sequence[tuple[str, str]]

MOST_BYTES = 32_000_000
"""A page of a hundred records is a hundredth of it."""
RECORD = 8
"""Calls that a record may need to be read and written. Who came back for one call would begin, and be refused again."""
_BEFORE_SENDING = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class _TooLate(Exception):
    """The instant after which this write may not leave has passed (a suspended process wakes up here)."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx2.Headers
    content: bytes


class Transport:
    """`live` chooses the lane of the quota; `not_after` is the last instant at which a write may leave; `patience`: of
    a command. An account may allow fewer calls a second than one record needs."""

    def __init__(
        self,
        http: httpx2.Client,
        base_url: str,
        access: Access,
        quota: Quota,
        clock: Clock,
        timing: Timing,
    ) -> None:
        self.live = False
        self.patience: Patience | None = None
        self.not_after: datetime | None = None
        self.server_time: datetime | None = None
        self.sent = {"read": 0, "write": 0}
        """Calls that left, for reports."""
        self.access = access
        self._http = http
        self._base = base_url.rstrip("/")
        self._host = addresses.host(self._base)
        self._quota = quota
        self._clock = clock
        self._timing = timing

    def call(
        self, method: str, path: str, *, query: Query = (), body: Any = None, write: bool = False, empty: bool = False
    ) -> Any:
        """The JSON of a 2xx answer; None when `empty`, for calls whose answer has no documented body.

        `write`: may change something there (a POST search is no write). Raises the errors of altior_sellsy.errors.
        """
        call = Call(method, path, write)
        if self.patience is None or write:
            return self._call(call, query, body, empty=empty)
        return self.patience.read(lambda: self._call(call, query, body, empty=empty))

    def _call(self, call: Call, query: Query, body: Any, *, empty: bool) -> Any:
        token = self.access.token()
        answer = self._once(call, query, body, token)
        if answer.status == 401:
            # A token may be revoked before its end; the call was refused unread, so that even a write is repeated.
            answer = self._once(call, query, body, self.access.renew(token))
        if not 200 <= answer.status < 300:
            raise self._failure(call, answer)
        if empty:
            return None
        try:
            return parsed(answer.content)
        except (ValueError, RecursionError):
            raise unanswered(call, "a donné une réponse illisible") from None

    def _once(self, call: Call, query: Query, body: Any, token: str) -> _Answer:
        self._book(call)
        self.sent["write" if call.write else "read"] += 1
        content = None if body is None else dumped(body)
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if content is not None:
            headers["Content-Type"] = "application/json"
        budget = self._timing.call_deadline
        end = time.monotonic() + budget
        try:
            self._refuse_late(call)
            with self._http.stream(
                call.method,
                self._base + call.path,
                params=list(query),
                content=content,
                headers=headers,
                timeout=httpx2.Timeout(budget, connect=min(10.0, budget / 2)),
                extensions={"trace": self._watch(call, end)},
            ) as response:
                parts, size = [], 0
                for part in response.iter_bytes():
                    parts.append(part)
                    size += len(part)
                    if size > MOST_BYTES:
                        raise unanswered(call, "a donné une réponse démesurée")
                    if time.monotonic() > end:
                        raise httpx2.ReadTimeout("deadline", request=response.request)
                answer = _Answer(response.status_code, response.headers, b"".join(parts))
        except _TooLate:
            raise NotSent(
                f"L'écriture dans Sellsy n'est pas partie à temps ({call}) : elle sera préparée à nouveau."
            ) from None
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol, UnicodeError):  # the last: of its name, by IDNA
            raise Refused(addresses.unusable("de Sellsy", self._base)) from None
        except _BEFORE_SENDING as fault:
            raise not_recognised(fault, "Sellsy", self._host) or NotSent(
                f"Sellsy est injoignable ({call}, {type(fault).__name__})."
            ) from None
        except httpx2.TimeoutException:
            raise unanswered(call, f"n'a pas répondu en {budget:g} s") from None
        except httpx2.HTTPError as fault:
            raise unanswered(call, f"a coupé la communication ({type(fault).__name__})") from None
        self._learn(answer)
        return answer

    def _book(self, call: Call) -> None:
        waited, longest = 0.0, self.patience.quota if self.patience else 0.0
        while True:
            now = self._clock.now()
            again = self._quota.take(now, live=self.live, reserve=self._timing.bulk_reserve)
            if again is None:
                return
            wait = max((again - now).total_seconds(), 0.0)
            if self.patience is None or waited + wait > longest:
                room = self._quota.room(now, live=self.live, reserve=self._timing.bulk_reserve, calls=RECORD)
                raise NotSent(
                    f"La limite d'appels Sellsy ne permet pas cet appel maintenant ({call}).",
                    retry_after=wait,
                    room_after=max((room - now).total_seconds(), wait),
                )
            pause = max(wait, 0.01)
            self.patience.paused(pause)
            waited += pause

    def _refuse_late(self, call: Call) -> None:
        if call.write and self.not_after is not None and self._clock.now() > self.not_after:
            raise _TooLate

    def _watch(self, call: Call, end: float) -> Callable[[str, dict[str, Any]], None]:
        """Called by the HTTP library at each stage: the last look at the clock is just before the bytes leave, and
        each stage gets what is left of the whole deadline, not a deadline of its own."""

        def watch(stage: str, info: dict[str, Any]) -> None:
            if stage.endswith("send_request_headers.started"):
                self._refuse_late(call)
            request = info.get("request")
            if stage.endswith(".started") and request is not None:
                left = max(end - time.monotonic(), 0.001)
                request.extensions.get("timeout", {}).update(read=left, write=left)

        return watch

    def _learn(self, answer: _Answer) -> None:
        self.server_time = http_date(answer.headers.get("Date")) or self.server_time
        left = limits.remaining(answer.headers)
        if left:
            self._quota.correct(left, self._clock.now())

    def _failure(self, call: Call, answer: _Answer) -> ConnectorError:
        now = self._clock.now()
        wait = delay(answer.headers.get("Retry-After"), now)
        if answer.status == 429:
            wait = limits.pause(limits.remaining(answer.headers)) if wait is None else wait
            self._quota.exhausted(now + timedelta(seconds=wait))
        return failure(call, answer.status, answer.content, retry_after=wait)
