"""Webhook subscriptions."""

from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from altior_sellsy.sandbox.sellsy import webhooks
from altior_sellsy.sandbox.sellsy.bodies import Body, WebhookCreate, WebhookUpdate
from altior_sellsy.sandbox.sellsy.calls import Call, no_content, route
from altior_sellsy.sandbox.sellsy.errors import invalid, not_found
from altior_sellsy.sandbox.sellsy.orders import BY_ID
from altior_sellsy.sandbox.sellsy.server import Server
from altior_sellsy.sandbox.sellsy.webhooks import Subscription


class _Filters(Body):
    type: str | None = None
    is_enabled: bool | None = None
    endpoint: str | None = None
    name: str | None = None


def routes(server: Server) -> list[Route]:
    read, write = ["webhooks.read"], ["webhooks.write"]
    return [
        route(server, "GET", "/webhooks/events", _events, read),
        route(server, "POST", "/webhooks/search", _search, read, reads=True),
        route(server, "GET", "/webhooks", _list, read),
        route(server, "POST", "/webhooks", _create, write),
        route(server, "GET", "/webhooks/{id:int}", _get, read),
        route(server, "PUT", "/webhooks/{id:int}", _update, write),
        route(server, "DELETE", "/webhooks/{id:int}", _delete, write),
    ]


def _events(call: Call) -> Response:
    return JSONResponse(webhooks.catalogue(call.state))


def _list(call: Call) -> Response:
    return call.page(list(call.server.deliverer.subscriptions.values()), BY_ID, Subscription.answer)


def _search(call: Call) -> Response:
    wanted = {name: value for name, value in call.filters(_Filters) if value is not None}
    known = [
        subscription
        for subscription in call.server.deliverer.subscriptions.values()
        if all(subscription.values[name] == value for name, value in wanted.items())
    ]
    return call.page(known, BY_ID, Subscription.answer)


def _get(call: Call) -> Response:
    return call.one(_known(call).answer())


def _create(call: Call) -> Response:
    values = _checked(call, call.write(WebhookCreate).model_dump())
    return call.one(call.server.deliverer.subscribe(values).answer(), 201)


def _update(call: Call) -> Response:
    known = _known(call)
    changes = _checked(call, call.write(WebhookUpdate).model_dump(exclude_unset=True))
    known.values = {**known.values, **changes}
    known.updated = call.state.now()
    return call.one(known.answer())


def _delete(call: Call) -> Response:
    del call.server.deliverer.subscriptions[_known(call).id]
    return no_content()


def _known(call: Call) -> Subscription:
    known = call.server.deliverer.subscriptions.get(call.id())
    if known is None:
        raise not_found()
    return known


def _checked(call: Call, values: dict[str, Any]) -> dict[str, Any]:
    """An event that the account does not know is refused. An http webhook has no channels."""
    known = webhooks.event_ids(call.state)
    for number, choice in enumerate(values.get("configuration", [])):
        if choice["id"] not in known:
            raise invalid({f"configuration.{number}.id": "Cet événement n'existe pas"})
        choice.pop("channel", None)
        choice.setdefault("is_enabled", True)
    values.pop("default_channel", None)
    return values
