"""The Altior stand-in put together: create_app for tests, run for people."""

from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from altior_sellsy.sandbox.altior.answers import not_routed
from altior_sellsy.sandbox.altior.api import api_routes
from altior_sellsy.sandbox.altior.faults import Faults
from altior_sellsy.sandbox.altior.log import Log
from altior_sellsy.sandbox.altior.options import Options
from altior_sellsy.sandbox.altior.pages import page_routes
from altior_sellsy.sandbox.altior.people import people_routes
from altior_sellsy.sandbox.altior.seed import ADMINISTRATOR, reset
from altior_sellsy.sandbox.altior.store import Store


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


def create_app(options: Options | None = None, scenario: dict[str, Any] | None = None) -> ASGIApp:
    """One environment, in memory or in `options.data`. What a file holds is taken up; a fresh one gets the sample
    records and the scenario (shapes: people.py, reset)."""
    store, log = Store(options or Options()), Log()
    if not store.load():
        reset(store, scenario)
    app = Starlette(exception_handlers={HTTPException: not_routed})
    faults = Faults(_Logged(app, log))
    app.router.routes.extend([*api_routes(store, log), *people_routes(store, log, faults), *page_routes(store, log)])
    return faults


def run(port: int = 8091, options: Options | None = None, host: str = "127.0.0.1") -> None:
    """Serves until interrupted."""
    options = options or Options()
    print("Altior — serveur de démonstration (ce n'est pas l'API réelle)")
    print(f"  pages   http://{host}:{port}/")
    print(f"  API     http://{host}:{port}/api/v1   jeton : {options.token}")
    print(f"  utilisateur de référence : {ADMINISTRATOR}", flush=True)
    uvicorn.run(create_app(options), host=host, port=port, log_level="warning")
