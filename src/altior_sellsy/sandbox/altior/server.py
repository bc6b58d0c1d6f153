"""The Altior stand-in put together: create_app for tests, run for people."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from altior_sellsy.sandbox.altior.answers import not_routed
from altior_sellsy.sandbox.altior.api import api_routes
from altior_sellsy.sandbox.altior.faults import Faults
from altior_sellsy.sandbox.altior.log import Log
from altior_sellsy.sandbox.altior.options import Options, with_profile
from altior_sellsy.sandbox.altior.pages import page_routes
from altior_sellsy.sandbox.altior.people import people_routes
from altior_sellsy.sandbox.altior.seed import ADMINISTRATOR, reset
from altior_sellsy.sandbox.altior.store import Store
from altior_sellsy.sandbox.serving import listener, quiet_config


class _Logged:
    """Notes every call of the API with the status that it was answered."""

    def __init__(self, app: ASGIApp, log: Log) -> None:
        self._app, self._log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            self._log.call(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), status)


def create_app(
    options: Options | None = None, scenario: dict[str, Any] | None = None, clock: Callable[[], float] = time.time
) -> ASGIApp:
    """One environment, in memory or in `options.data`. What a file holds is taken up; a fresh one gets the sample
    records and the scenario (shapes: people.py, reset). `clock`: seconds since 1970."""
    store, log = Store(options or Options(), clock), Log()
    if not store.load():
        reset(store, scenario)
    app = Starlette(exception_handlers={HTTPException: not_routed})
    faults = Faults(_Logged(app, log), store.options.seed)
    faults.planned = [fault.model_copy() for fault in store.options.faults]
    app.router.routes.extend([*api_routes(store, log), *people_routes(store, log, faults), *page_routes(store, log)])
    return faults


def run(port: int = 0, options: Options | None = None, faults: str = "none") -> None:
    """Serves until interrupted; prints where, and with what token. `faults`: a name of options.PROFILES, else
    ValueError with a French sentence."""
    options = with_profile(options or Options(), faults)
    app = create_app(options)
    open_socket = listener(port)
    url = f"http://127.0.0.1:{open_socket.getsockname()[1]}"
    print(f"Altior — serveur de démonstration (ce n'est pas l'API réelle) : {url}")
    print(f"  Environnement : {options.environment}")
    print(f"  Utilisateur de référence : {ADMINISTRATOR}")
    print(f"  Jeton d'accès : {options.token}", flush=True)
    with suppress(KeyboardInterrupt):  # Ctrl-C is how it is stopped
        asyncio.run(uvicorn.Server(quiet_config(app)).serve(sockets=[open_socket]))
