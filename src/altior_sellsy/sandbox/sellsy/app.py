"""The Sellsy stand-in as an application and as a server. It is not Sellsy: it behaves like what is known of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from altior_sellsy.sandbox.sellsy import (
    door,
    routes_account,
    routes_opportunities,
    routes_parts,
    routes_records,
    routes_webhooks,
)
from altior_sellsy.sandbox.sellsy.auth import answer_token_request
from altior_sellsy.sandbox.sellsy.errors import ApiError
from altior_sellsy.sandbox.sellsy.faults import Gate
from altior_sellsy.sandbox.sellsy.scenario import Scenario, sample_scenario
from altior_sellsy.sandbox.sellsy.server import Server
from altior_sellsy.sandbox.sellsy.switches import Switches, profile
from altior_sellsy.sandbox.serving import Served, listener, quiet_config


@dataclass(frozen=True, slots=True)
class Options:
    """`scenario` wins over `size` and `seed`, and brings its own switches unless `switches` is given.
    `clock`: seconds since 1970, so that tests need not wait. `deliver`: how webhooks go
    out; over the network when None."""

    size: int = 40
    seed: int = 1
    scenario: Scenario | None = None
    switches: Switches | None = None
    clock: Callable[[], float] = field(default=time.time)
    deliver: httpx2.AsyncBaseTransport | None = None


def create_app(options: Options | None = None) -> Gate:
    """An ASGI application, ready: `app.server.state` is the account. Serve it with `date_header=False`."""
    chosen = options or Options()
    server = Server(Scenario().all_settings(), Switches(), chosen.clock, chosen.deliver, chosen.seed)
    scenario = chosen.scenario or sample_scenario(chosen.size, chosen.seed, server.state.now())
    server.state.settings = scenario.all_settings()
    server.state.switches = (chosen.switches or scenario.all_switches()).model_copy(deep=True)
    scenario.load(server.state)
    routes = [
        *routes_records.routes(server),
        *routes_parts.routes(server),
        *routes_opportunities.routes(server),
        *routes_account.routes(server),
        *routes_webhooks.routes(server),
        _token_route(server),
        *door.routes(server),
    ]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await server.deliverer.stop()

    application = Starlette(routes=routes, lifespan=lifespan, exception_handlers={404: _no_route, 405: _no_method})
    return Gate(application, server)


def serve(options: Options | None = None) -> Served:
    """`with serve(Options(size=10)) as sandbox: sandbox.url`."""
    return Served(create_app(options), date_header=False)


def run(port: int = 0, size: int = 40, seed: int = 1, faults: str = "none") -> None:
    """Serves until interrupted; prints where, and with what keys. `faults`: a name of switches.PROFILES, else
    ValueError with a French sentence."""
    app = create_app(Options(size=size, seed=seed, switches=profile(faults)))
    open_socket = listener(port)
    account, client = app.server.state.settings.account, app.server.state.settings.client
    print(f"Serveur d'essai Sellsy (ce n'est pas Sellsy) : http://127.0.0.1:{open_socket.getsockname()[1]}")
    print(f"  Compte {account.id} — {account.name}")
    print(f"  API V2 - Client ID : {client.id}")
    print(f"  API V2 - Client secret : {client.secret}", flush=True)
    with suppress(KeyboardInterrupt):  # Ctrl-C is how it is stopped
        asyncio.run(uvicorn.Server(quiet_config(app, date_header=False)).serve(sockets=[open_socket]))


def _token_route(server: Server) -> Route:
    async def endpoint(request: Request) -> Response:
        server.journal.count("POST /oauth2/access-tokens")
        return await answer_token_request(request, server.state, server.tokens)

    return Route("/oauth2/access-tokens", endpoint, methods=["POST"])


async def _no_route(request: Request, error: Exception) -> Response:
    return _refused(ApiError(404, f'No route found for "{request.method} {request.url.path}"'))


async def _no_method(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    text = f'No route found for "{request.method} {request.url.path}": Method Not Allowed'
    return _refused(ApiError(405, text, headers=dict(error.headers or {})))


def _refused(error: ApiError) -> JSONResponse:
    """The router's own refusals carry the error once more in a header, and no quota."""
    headers = {**error.headers, "X-Json-Error": error.message}
    return JSONResponse(error.body(), status_code=error.status, headers=headers)
