"""The people's door, `/_sandbox/`: what users do in the screens, what tests ask, and the switches. No key, JSON."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from altior_sellsy.sandbox.sellsy import people
from altior_sellsy.sandbox.sellsy.errors import ApiError, from_pydantic, not_found
from altior_sellsy.sandbox.sellsy.rows import Row
from altior_sellsy.sandbox.sellsy.scenario import Scenario, changed_settings, sample_scenario
from altior_sellsy.sandbox.sellsy.server import Server
from altior_sellsy.sandbox.sellsy.settings import RESOURCES, Resource
from altior_sellsy.sandbox.sellsy.switches import Switches

Action = Callable[[Server, Request, Any], Awaitable[Any]]
_RECORDS = "/_sandbox/records/{resource}"
_ONE = _RECORDS + "/{id:int}"


class Reset(BaseModel):
    """`size` and `seed` of sample firms, or a scenario."""

    model_config = ConfigDict(extra="forbid")

    size: int = 0
    seed: int = 1
    scenario: Scenario | None = None


def routes(server: Server) -> list[Route]:
    return [
        _route(server, "GET", "/_sandbox/account", _account),
        _route(server, "GET", "/_sandbox/switches", _switches),
        _route(server, "PUT", "/_sandbox/switches", _set_switches),
        _route(server, "GET", "/_sandbox/settings", _settings),
        _route(server, "PATCH", "/_sandbox/settings", _set_settings),
        _route(server, "GET", "/_sandbox/writes", _writes),
        _route(server, "DELETE", "/_sandbox/writes", _forget_writes),
        _route(server, "GET", "/_sandbox/calls", _calls),
        _route(server, "DELETE", "/_sandbox/calls", _forget_calls),
        _route(server, "GET", "/_sandbox/deliveries", _deliveries),
        _route(server, "POST", "/_sandbox/reset", _reset),
        _route(server, "POST", "/_sandbox/tokens/revoke", _revoke),
        _route(server, "GET", _RECORDS, _list),
        _route(server, "POST", _RECORDS, _create),
        _route(server, "GET", _ONE, _get),
        _route(server, "PATCH", _ONE, _edit),
        _route(server, "DELETE", _ONE, _delete),
        _route(server, "POST", f"{_ONE}/addresses", _add_address),
        _route(server, "PATCH", f"{_ONE}/addresses/{{address:int}}", _change_address),
        _route(server, "DELETE", f"{_ONE}/addresses/{{address:int}}", _remove_address),
        _route(server, "PUT", f"{_ONE}/contacts/{{contact:int}}", _link),
        _route(server, "DELETE", f"{_ONE}/contacts/{{contact:int}}", _unlink),
    ]


def _route(server: Server, method: str, path: str, action: Action) -> Route:
    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        try:
            body = await request.json() if raw else {}
            result = await action(server, request, body)
        except ApiError as error:
            return JSONResponse(error.body(), status_code=error.status)
        except ValidationError as error:
            problem = from_pydantic(error)
            return JSONResponse(problem.body(), status_code=problem.status)
        return Response(status_code=204) if result is None else JSONResponse(result)

    return Route(path, endpoint, methods=[method])


async def _account(server: Server, request: Request, body: Any) -> Any:
    settings = server.state.settings
    return {"account": settings.account.model_dump(), "client": settings.client.model_dump()}


async def _switches(server: Server, request: Request, body: Any) -> Any:
    return server.state.switches.model_dump()


async def _set_switches(server: Server, request: Request, body: Any) -> Any:
    """Given keys are changed, nested objects key by key; lists (faults) are replaced. The others stay."""
    server.state.switches = Switches.model_validate(_merged(server.state.switches.model_dump(), body))
    return server.state.switches.model_dump()


async def _settings(server: Server, request: Request, body: Any) -> Any:
    return server.state.settings.model_dump()


async def _set_settings(server: Server, request: Request, body: Any) -> Any:
    server.state.settings = changed_settings(server.state.settings, body)
    return server.state.settings.model_dump()


async def _writes(server: Server, request: Request, body: Any) -> Any:
    return server.journal.summary()


async def _forget_writes(server: Server, request: Request, body: Any) -> Any:
    server.journal.writes.clear()


async def _calls(server: Server, request: Request, body: Any) -> Any:
    return {"count": server.journal.calls.total(), "by": dict(server.journal.calls)}


async def _forget_calls(server: Server, request: Request, body: Any) -> Any:
    server.journal.calls.clear()


async def _deliveries(server: Server, request: Request, body: Any) -> Any:
    """What webhooks sent, once nothing waits any more."""
    await server.deliverer.flush()
    return [asdict(delivery) for delivery in server.deliverer.delivered]


async def _reset(server: Server, request: Request, body: Any) -> Any:
    reset = Reset.model_validate(body)
    scenario = reset.scenario or sample_scenario(reset.size, reset.seed, server.state.now())
    await server.reset(scenario.all_settings(), scenario.all_switches())
    scenario.load(server.state)
    return {resource: len(server.state.tables[resource]) for resource in RESOURCES}


async def _revoke(server: Server, request: Request, body: Any) -> Any:
    server.tokens.revoke_all()


async def _list(server: Server, request: Request, body: Any) -> Any:
    resource = _resource(request)
    return [people.raw(server.state, resource, row) for row in server.state.tables[resource]]


async def _create(server: Server, request: Request, body: Any) -> Any:
    resource = _resource(request)
    return people.raw(server.state, resource, people.create(server.state, resource, body))


async def _get(server: Server, request: Request, body: Any) -> Any:
    resource, row = _row(server, request)
    return people.raw(server.state, resource, row)


async def _edit(server: Server, request: Request, body: Any) -> Any:
    resource, row = _row(server, request)
    return people.raw(server.state, resource, people.edit(server.state, resource, row.id, body))


async def _delete(server: Server, request: Request, body: Any) -> Any:
    resource, row = _row(server, request)
    server.state.delete(resource, row.id)


async def _add_address(server: Server, request: Request, body: Any) -> Any:
    resource, row = _row(server, request)
    return people.raw(server.state, resource, server.state.add_address(resource, row.id, body)[0])


async def _change_address(server: Server, request: Request, body: Any) -> Any:
    resource, row, address = _address(server, request)
    return people.raw(server.state, resource, server.state.change_address(resource, row.id, address, body))


async def _remove_address(server: Server, request: Request, body: Any) -> Any:
    resource, row, address = _address(server, request)
    return people.raw(server.state, resource, server.state.remove_address(resource, row.id, address))


async def _link(server: Server, request: Request, body: Any) -> Any:
    """Links the contact if need be; `roles` then are exactly his."""
    resource, row = _row(server, request)
    contact = int(request.path_params["contact"])
    if server.state.get("contacts", contact) is None:
        raise not_found()
    server.state.link(resource, row.id, contact, body.get("roles"))
    if "roles" in body:
        server.state.set_roles(resource, row.id, contact, body["roles"])
    return people.raw(server.state, *_row(server, request))


async def _unlink(server: Server, request: Request, body: Any) -> Any:
    resource, row = _row(server, request)
    return people.raw(
        server.state, resource, server.state.unlink(resource, row.id, int(request.path_params["contact"]))
    )


def _resource(request: Request) -> Resource:
    name = request.path_params["resource"]
    if name not in RESOURCES:
        raise not_found()
    return cast(Resource, name)


def _row(server: Server, request: Request) -> tuple[Resource, Row]:
    resource = _resource(request)
    row = server.state.get(resource, int(request.path_params["id"]))
    if row is None:
        raise not_found()
    return resource, row


def _address(server: Server, request: Request) -> tuple[Resource, Row, int]:
    resource, row = _row(server, request)
    address = int(request.path_params["address"])
    if row.address(address) is None:
        raise not_found()
    return resource, row, address


def _merged(known: Any, changes: Any) -> Any:
    if isinstance(known, dict) and isinstance(changes, dict):
        return known | {name: _merged(known.get(name), value) for name, value in changes.items()}
    return changes
