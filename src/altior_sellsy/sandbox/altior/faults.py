"""Faults on demand: an ASGI layer around the whole server, so that they look to a client as they do in life.

Kinds of fault:
  status          answers `status` (with `retry_after`) and does nothing
  latency         waits `seconds`, then goes on as usual
  drop_before     the connection breaks, nothing was done
  drop_after      done, then the connection breaks without an answer
  timeout_after   done, then no answer for `seconds`, then the connection breaks
  late_commit     the connection breaks now, it is done `seconds` later
  truncate_after  done, then half of the answer
"""

import asyncio
import json
import random
import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Kind = Literal[
    "status", "latency", "drop_before", "drop_after", "timeout_after", "late_commit", "truncate_after",
]  # fmt: skip


class Fault(BaseModel):
    """`path`: a regular expression searched in «METHOD /path». `times`: how many calls meet it; `chance`: this
    share of the calls that match, by the server's seeded dice."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    path: str = "/api/v1"
    times: int = Field(default=1, ge=1)
    chance: float = Field(default=1, gt=0, le=1)
    status: int = Field(default=503, ge=400, le=599)
    seconds: float = Field(default=1, ge=0)
    retry_after: int | None = None

    @field_validator("path")
    @classmethod
    def _expression(cls, text: str) -> str:
        re.compile(text)
        return text


class Faults:
    """The ASGI layer. `planned`: what is still to come, first match first."""

    def __init__(self, app: ASGIApp, seed: int = 1) -> None:
        self._app = app
        self.planned: list[Fault] = []
        self._dice = random.Random(seed)
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._next(scope) if scope["type"] == "http" else None
        if fault is None:
            await self._app(scope, receive, send)
            return
        body = await _body(receive)
        if fault.kind == "status":
            await _refuse(send, fault)
        elif fault.kind == "latency":
            await asyncio.sleep(fault.seconds)
            await self._app(scope, _replay(body), send)
        elif fault.kind == "drop_before":
            await _drop(receive, send)
        elif fault.kind == "late_commit":
            task = asyncio.create_task(self._do_later(scope, body, fault.seconds))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            await _drop(receive, send)
        else:
            messages: list[Message] = []

            async def keep(message: Message) -> None:
                messages.append(message)

            await self._app(scope, _replay(body), keep)
            if fault.kind == "truncate_after":
                await _truncated(messages, send)
                return
            if fault.kind == "timeout_after":
                await asyncio.sleep(fault.seconds)
            await _drop(receive, send)

    def _next(self, scope: Scope) -> Fault | None:
        call = f"{scope['method']} {scope['path']}"
        if scope["path"].startswith("/_sandbox"):
            return None
        for fault in self.planned:
            if re.search(fault.path, call) and self._dice.random() < fault.chance:
                fault.times -= 1
                if fault.times == 0:
                    self.planned.remove(fault)
                return fault
        return None

    async def _do_later(self, scope: Scope, body: bytes, seconds: float) -> None:
        async def nowhere(message: Message) -> None:
            """The client is gone: nobody reads the answer."""

        await asyncio.sleep(seconds)
        await self._app(scope, _replay(body), nowhere)


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _replay(body: bytes) -> Receive:
    done = False

    async def receive() -> Message:
        nonlocal done
        if done:
            return {"type": "http.disconnect"}
        done = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _refuse(send: Send, fault: Fault) -> None:
    error = {"code": "panne_simulee", "message": f"Panne simulée ({fault.status}).", "champs": {}}
    headers = [(b"content-type", b"application/json")]
    if fault.retry_after is not None:
        headers.append((b"retry-after", str(fault.retry_after).encode()))
    await send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps({"erreur": error}).encode()})


async def _truncated(messages: list[Message], send: Send) -> None:
    body = b"".join(message.get("body", b"") for message in messages[1:])
    body = body[: len(body) // 2]
    headers = [(k, v) for k, v in messages[0]["headers"] if k.lower() != b"content-length"]
    await send({**messages[0], "headers": [*headers, (b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})


async def _drop(receive: Receive, send: Send) -> None:
    """Breaks the connection. uvicorn hands us the bound method of its own cycle, which knows the socket; without one
    (in-process clients) an answer that is cut short says the same."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            continue
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
    await send({"type": "http.response.body", "body": b"{", "more_body": False})
