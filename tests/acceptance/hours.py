"""Time that passes only when somebody waits: both stand-ins in this process, over ASGI, on the connector's clock.

A story of hours takes as long as its computing, and no load of the machine moves it: deadlines, latencies, lags and
delays of the servers and of the connector are read on the same clock, and each call takes `ROAD`.
"""

import asyncio
import selectors
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from altior_sellsy.sandbox.sellsy.faults import ConnectionDropped

ROAD = 0.02
"""Seconds that a call takes on its way."""
MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
Message = MutableMapping[str, Any]
App = Callable[[Any, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


class _Idle(selectors.SelectSelector):
    """No socket is ever ready: where a loop would wait, its time moves on."""

    def __init__(self) -> None:
        super().__init__()
        self.elapsed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everybody waits, and nothing will ever happen")
        self.elapsed += max(timeout, 0.0)
        return []


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._idle = _Idle()
        super().__init__(self._idle)

    def time(self) -> float:
        return self._idle.elapsed


class Hours:
    """The clock (altior_sellsy.clock.Clock), and the loop on which both servers live."""

    def __init__(self, start: datetime = MORNING) -> None:
        self._start = start
        self.loop = _Loop()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.loop.time())

    def seconds(self) -> float:
        """Since 1970, as the stand-ins count."""
        return self._start.timestamp() + self.loop.time()

    def sleep(self, seconds: float) -> None:
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def close(self) -> None:
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()


class Direct(httpx2.BaseTransport):
    """Calls by host name, straight into the applications. `before`: called with each request of the connector."""

    def __init__(self, hours: Hours, apps: Mapping[str, App]) -> None:
        self.before: Callable[[httpx2.Request], None] = lambda request: None
        self._hours = hours
        self._apps = apps
        self._running: set[asyncio.Task[None]] = set()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if "/_sandbox" not in request.url.path:
            self.before(request)
        return self._hours.loop.run_until_complete(self.exchange(request))

    def later(self, seconds: float, request: httpx2.Request) -> None:
        """Somebody calls in so many seconds, whatever the connector does meanwhile."""

        async def call() -> None:
            await asyncio.sleep(seconds)
            (await self.exchange(request)).raise_for_status()

        work = self._hours.loop.create_task(call())
        self._running.add(work)
        work.add_done_callback(self._running.discard)

    async def exchange(self, request: httpx2.Request) -> httpx2.Response:
        """Raises as a network does: ReadTimeout, RemoteProtocolError."""
        await asyncio.sleep(ROAD)
        gone = asyncio.Event()
        messages: list[Message] = []
        bodies = [request.read()]

        async def receive() -> Message:
            if bodies:
                return {"type": "http.request", "body": bodies.pop(), "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            messages.append(message)

        work = asyncio.ensure_future(self._apps[request.url.host](_scope(request), receive, send))
        self._running.add(work)
        work.add_done_callback(self._running.discard)
        patience = request.extensions.get("timeout", {}).get("read")
        done, _ = await asyncio.wait({work}, timeout=patience)
        gone.set()
        if not done:
            raise httpx2.ReadTimeout("no answer in time", request=request)
        try:
            work.result()
        except ConnectionDropped:
            raise httpx2.RemoteProtocolError("disconnected without an answer", request=request) from None
        return _response(request, messages)


def _scope(request: httpx2.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (request.url.host, 80),
        "client": ("127.0.0.1", 40000),
    }


def _response(request: httpx2.Request, messages: list[Message]) -> httpx2.Response:
    [start, *rest] = messages
    body = b"".join(message.get("body", b"") for message in rest)
    response = httpx2.Response(start["status"], headers=start["headers"], content=body, request=request)
    said = response.headers.get("content-length")
    if said is not None and int(said) != len(body) and request.method != "HEAD":
        raise httpx2.RemoteProtocolError("the connection was closed in the middle of the answer", request=request)
    return response
