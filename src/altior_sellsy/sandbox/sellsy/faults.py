"""Bad days: latency, and the faults of switches.Fault, around the whole API. Also what every answer bears."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from altior_sellsy.sandbox.sellsy.calls import standard_headers
from altior_sellsy.sandbox.sellsy.errors import ApiError
from altior_sellsy.sandbox.sellsy.server import Server
from altior_sellsy.sandbox.sellsy.switches import Fault

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class ConnectionDropped(Exception):
    """What a client inside the same process gets instead of a broken connection."""


class Gate:
    """ASGI wrapper. `/_sandbox/` passes untouched; everything else may meet a fault."""

    def __init__(self, app: App, server: Server) -> None:
        self.app = app
        self.server = server
        self._later: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await self.app(scope, receive, send)
            return
        if self.server.state.switches.latency:
            await asyncio.sleep(self.server.state.switches.latency)
        fault = self._next_fault(scope)
        if fault is None:
            await self._answer(scope, receive, send)
        else:
            await self._fail(fault, scope, receive, send)

    def _next_fault(self, scope: Scope) -> Fault | None:
        for fault in self.server.state.switches.faults:
            matches = not fault.methods or scope["method"] in fault.methods
            if fault.times > 0 and matches and re.search(fault.path, scope["path"]):
                if fault.skip > 0:
                    fault.skip -= 1
                elif self.server.dice.random() < fault.chance:
                    fault.times -= 1
                    return fault
        return None

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        messages = await self._run(scope, receive)
        if self.server.state.switches.webhooks.before_answer:
            await self.server.deliverer.flush()
        for message in messages:
            await send(message)

    async def _run(self, scope: Scope, receive: Receive) -> list[Message]:
        """The application's whole answer, with the headers that every answer bears, not sent yet."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = standard_headers(self.server.state)
                message["headers"] = [*message["headers"], *_raw(extra)]
            messages.append(message)

        await self.app(scope, receive, keep)
        return messages

    async def _fail(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.effect == "status":
            await _refuse(self.server, send, fault.status, fault.retry_after)
        elif fault.effect == "late_commit":
            body = await _whole_body(receive)
            task = asyncio.create_task(self._commit_later(fault.seconds, scope, body))
            self._later.add(task)
            task.add_done_callback(self._later.discard)
            await _refuse(self.server, send, 504, None)
        elif fault.effect == "truncate_after":
            await _half(await self._run(scope, receive), send)
        else:
            if fault.effect.endswith("_after"):
                await self._run(scope, receive)
            else:
                await _whole_body(receive)
            if fault.effect.startswith("hang"):
                await _until_gone(receive, fault.seconds)
            await _drop(send, receive)

    async def _commit_later(self, seconds: float, scope: Scope, body: bytes) -> None:
        await asyncio.sleep(seconds)

        async def replay() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._run(scope, replay)


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


async def _refuse(server: Server, send: Send, status: int, retry_after: int | None) -> None:
    body = json.dumps(ApiError(status, "Une erreur est survenue").body()).encode()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    headers.update(standard_headers(server.state))
    await send({"type": "http.response.start", "status": status, "headers": _raw(headers)})
    await send({"type": "http.response.body", "body": body})


async def _half(messages: list[Message], send: Send) -> None:
    """The answer ends in the middle, as a proxy's does that lost its server: its length agrees, its JSON is cut."""
    [start, *rest] = messages
    body = b"".join(message.get("body", b"") for message in rest)
    body = body[: len(body) // 2]
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    await send({**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})


async def _whole_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


async def _until_gone(receive: Receive, seconds: float) -> None:
    """Until the client has given up, at most `seconds`."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        async with asyncio.timeout(seconds):
            await gone()
    except TimeoutError:
        return


async def _drop(send: Send, receive: Receive) -> None:
    """Cuts the connection without an answer. uvicorn's own cycle holds the transport; without one, raises."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionDropped
    transport.abort()
    await _until_gone(receive, 5)
