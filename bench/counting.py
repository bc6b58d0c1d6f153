"""The stand-ins with a counter in front of them: figures come from what reached the servers."""

import re
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Counting:
    """ASGI. `calls`: «POST /api/v1/tiers/lot» → number, ids as «#»; `statuses`: status → number. The people's door is
    not counted."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._lock = threading.Lock()
        self.calls: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await self._app(scope, receive, send)
            return
        with self._lock:
            self.calls[f"{scope['method']} {re.sub(r'/[0-9]+', '/#', scope['path'])}"] += 1

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                with self._lock:
                    self.statuses[message["status"]] += 1
            await send(message)

        # A fault breaks the connection through the server's own cycle, which it finds behind `send`.
        await self._app(scope, receive, counted)

    def forget(self) -> None:
        with self._lock:
            self.calls.clear()
            self.statuses.clear()
