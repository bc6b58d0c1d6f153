"""One API call: who calls, with what, and how it is answered. Routes are data; handlers get a `Call`."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from altior_sellsy.sandbox.sellsy import quota
from altior_sellsy.sandbox.sellsy.auth import authorise
from altior_sellsy.sandbox.sellsy.bodies import Body
from altior_sellsy.sandbox.sellsy.errors import MISSING, UNKNOWN, ApiError, from_pydantic, invalid, not_found
from altior_sellsy.sandbox.sellsy.paging import Order, paginate, read_paging
from altior_sellsy.sandbox.sellsy.rows import Row
from altior_sellsy.sandbox.sellsy.server import Server
from altior_sellsy.sandbox.sellsy.settings import Resource
from altior_sellsy.sandbox.sellsy.state import State

B = TypeVar("B", bound=Body)
T = TypeVar("T")
API = "/v2"


@dataclass(slots=True)
class Call:
    """`body`: the parsed JSON, None when there is none. `scopes`: those of the caller."""

    server: Server
    request: Request
    body: Any
    scopes: frozenset[str]

    @property
    def state(self) -> State:
        return self.server.state

    def id(self, name: str = "id") -> int:
        return int(self.request.path_params[name])

    def list_of(self, name: str) -> list[str]:
        """The values of `name[]`; the brackets are required, as PHP has it."""
        query = self.request.query_params
        if name in query:
            raise invalid({name: "Cette valeur doit être de type array"})
        return [value for key, value in query.multi_items() if key.startswith(f"{name}[") and key.endswith("]")]

    @property
    def verify(self) -> bool:
        return self.request.query_params.get("verify") == "true"

    def write(self, model: type[B]) -> B:
        """The body of a create or an update. Raises ApiError 400."""
        body = {} if self.body is None else self.body
        if self.state.switches.unknown_keys == "ignored" and isinstance(body, dict):
            body = {name: value for name, value in body.items() if name in model.model_fields}
        return validated(model, body)

    def filters(self, model: type[B]) -> B:
        """The filters of a search. `filters` is required, and nothing may stand beside it."""
        body = {} if self.body is None else self.body
        if not isinstance(body, dict) or "filters" not in body:
            raise invalid({"filters": MISSING})
        for name in body:
            if name != "filters":
                raise invalid({name: UNKNOWN})
        return validated(model, body["filters"], "filters.")

    def row(self, resource: Resource, name: str = "id") -> Row:
        """The record of the path as a read sees it. Raises ApiError 404."""
        row = self.state.view(resource).get(self.id(name))
        if row is None:
            raise not_found()
        return row

    def target(self, resource: Resource, name: str = "id") -> Row:
        """The record of the path as a write meets it: writes do not lag. Raises ApiError 404."""
        row = self.state.get(resource, self.id(name))
        if row is None:
            raise not_found()
        return row

    def page(
        self,
        items: list[T],
        orders: Mapping[str, Order[T]],
        answer: Callable[[T], Any],
        default: str = "id",
    ) -> Response:
        shown, pagination = paginate(items, read_paging(self.request.query_params, orders, default))
        data = [answer(item) for item in shown]
        if self.state.switches.lossy.reorder:
            data = [reordered(item) for item in data]
        return JSONResponse({"data": data, "pagination": pagination})

    def one(self, answer: Mapping[str, Any], status: int = 200) -> Response:
        shown = reordered(answer) if self.state.switches.lossy.reorder else answer
        return JSONResponse(shown, status_code=status)


Handler = Callable[[Call], Response]


def no_content() -> Response:
    return Response(status_code=204)


def validated(model: type[B], body: Any, prefix: str = "") -> B:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise from_pydantic(error, prefix) from None


def reordered(value: Any) -> Any:
    """The same value with every list inside it reversed."""
    if isinstance(value, Mapping):
        return {name: reordered(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [reordered(inner) for inner in reversed(value)]
    return value


def route(
    server: Server, method: str, path: str, handler: Handler, scopes: Sequence[str], *, reads: bool = False
) -> Route:
    """An API route. `reads`: a POST that changes nothing (a search) and is not counted among the writes."""
    needed = frozenset(scopes)
    template = f"{method} {API}{path}"
    writes = method != "GET" and not reads

    async def endpoint(request: Request) -> Response:
        raw = await request.body() if method in ("POST", "PUT", "PATCH") else b""
        server.journal.count(template)
        # From here to the answer nothing is awaited: a call is atomic.
        state, now = server.state, server.state.clock()
        server.meter.count(now)
        left = server.meter.remaining(state.switches.quota, now)
        body = None
        try:
            scopes_held = authorise(state, server.tokens, request.headers.get("authorization"))
            if any(value < 0 for value in left.values()):
                raise _too_many(state)
            if needed - scopes_held:
                missing = ", ".join(sorted(needed - scopes_held))
                raise ApiError(403, f"Vous ne disposez pas des droits nécessaires (scope : {missing})")
            body = _parsed(raw)
            response = handler(Call(server, request, body, scopes_held))
        except ApiError as error:
            response = JSONResponse(error.body(), status_code=error.status, headers=error.headers)
        if writes:
            server.journal.wrote(method, request.url.path, str(request.url.query), body, response.status_code, now)
        response.headers.update(quota.headers(left))
        return response

    return Route(f"{API}{path}", endpoint, methods=[method])


def standard_headers(state: State) -> dict[str, str]:
    moment = datetime.fromtimestamp(state.clock() + state.switches.clock_skew, UTC)
    return {
        "Date": moment.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "Server": "nginx",
        "X-Request-Id": uuid.uuid4().hex,
        "Cache-Control": "max-age=0, must-revalidate, private",
        "Access-Control-Allow-Origin": "*",
    }


def _too_many(state: State) -> ApiError:
    wait = state.switches.quota.retry_after
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return ApiError(429, "Le nombre maximum de requêtes a été atteint", headers=headers)


def _parsed(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        raise ApiError(400, "Le contenu de la requête n'est pas un JSON valide") from None
