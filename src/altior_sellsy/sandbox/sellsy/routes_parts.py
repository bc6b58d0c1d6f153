"""What hangs on a record: addresses, contact links, values of custom fields."""

from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from altior_sellsy.sandbox.sellsy import bodies, serialise
from altior_sellsy.sandbox.sellsy.calls import Call, Handler, no_content, reordered, route
from altior_sellsy.sandbox.sellsy.custom import accepted_values
from altior_sellsy.sandbox.sellsy.embeds import checked, with_embeds
from altior_sellsy.sandbox.sellsy.errors import not_found
from altior_sellsy.sandbox.sellsy.orders import BY_ID, ORDERS
from altior_sellsy.sandbox.sellsy.server import Server
from altior_sellsy.sandbox.sellsy.settings import RESOURCES, Resource

_WITH_ADDRESSES: tuple[Resource, ...] = ("companies", "individuals", "contacts")
_THIRDS: tuple[Resource, ...] = ("companies", "individuals")


def routes(server: Server) -> list[Route]:
    made: list[Route] = []
    for resource in RESOURCES:
        path = f"/{resource}/{{id:int}}/custom-fields"
        made += [
            route(server, "GET", path, _values(resource), [f"{resource}.read", "custom-fields.read"]),
            route(server, "PUT", path, _set_values(resource), [f"{resource}.write", "custom-fields.write"]),
        ]
    for resource in _WITH_ADDRESSES:
        path, read, write = f"/{resource}/{{id:int}}/addresses", [f"{resource}.read"], [f"{resource}.write"]
        one = f"{path}/{{address:int}}"
        made += [
            route(server, "GET", path, _addresses(resource), read),
            route(server, "POST", path, _add_address(resource), write),
            route(server, "GET", one, _address(resource), read),
            route(server, "PUT", one, _change_address(resource), write),
            route(server, "DELETE", one, _remove_address(resource), write),
        ]
    for resource in _THIRDS:
        path = f"/{resource}/{{id:int}}/contacts"
        made.append(route(server, "GET", path, _contacts(resource), [f"{resource}.read", "contacts.read"]))
    link = "/companies/{id:int}/contacts/{contact:int}"
    return [
        *made,
        route(server, "POST", link, _link, ["companies.write", "contacts.read"]),
        route(server, "PUT", link, _set_roles, ["companies.write", "companies.read"]),
        route(server, "DELETE", link, _unlink, ["companies.write", "contacts.read"]),
        route(server, "GET", "/contacts/{id:int}/companies", _companies, ["companies.read", "contacts.read"]),
    ]


def _values(resource: Resource) -> Handler:
    def handle(call: Call) -> Response:
        row = call.row(resource)
        fields = serialise.custom_fields_of(call.state, resource, row)
        return call.page(fields, BY_ID, lambda field: serialise.custom_value(field, row))

    return handle


def _set_values(resource: Resource) -> Handler:
    """Fields that are not named are left alone; the answer has no body."""

    def handle(call: Call) -> Response:
        row = call.target(resource)
        values = accepted_values(call.state, resource, row, call.body)
        if call.verify:
            return no_content()
        call.state.set_custom(resource, row.id, values)
        return Response(status_code=200)

    return handle


def _addresses(resource: Resource) -> Handler:
    def handle(call: Call) -> Response:
        row = call.row(resource)
        return _unpaged(call, [serialise.address(row, stored) for stored in row.addresses])

    return handle


def _address(resource: Resource) -> Handler:
    def handle(call: Call) -> Response:
        row = call.row(resource)
        stored = row.address(call.id("address"))
        if stored is None:
            raise not_found()
        return call.one(serialise.address(row, stored))

    return handle


def _add_address(resource: Resource) -> Handler:
    def handle(call: Call) -> Response:
        row = call.target(resource)
        body = call.write(bodies.AddressCreate)
        if call.verify:
            return no_content()
        row, id = call.state.add_address(resource, row.id, body.model_dump(exclude_unset=True))
        return call.one(serialise.address(row, row.address(id) or {}), 201)

    return handle


def _change_address(resource: Resource) -> Handler:
    def handle(call: Call) -> Response:
        row, id = call.target(resource), call.id("address")
        if row.address(id) is None:
            raise not_found()
        body = call.write(bodies.AddressUpdate)
        if call.verify:
            return no_content()
        row = call.state.change_address(resource, row.id, id, body.model_dump(exclude_unset=True))
        return call.one(serialise.address(row, row.address(id) or {}))

    return handle


def _remove_address(resource: Resource) -> Handler:
    def handle(call: Call) -> Response:
        row, id = call.target(resource), call.id("address")
        if row.address(id) is None:
            raise not_found()
        call.state.remove_address(resource, row.id, id)
        return no_content()

    return handle


def _contacts(resource: Resource) -> Handler:
    def handle(call: Call) -> Response:
        embeds = checked("contacts", call.list_of("embed"))
        linked = call.state.view("contacts").some(call.row(resource).contacts)
        return call.page(
            linked, ORDERS["contacts"], lambda row: with_embeds(call.state, "contacts", row, embeds, call.scopes)
        )

    return handle


def _companies(call: Call) -> Response:
    contact, embeds = call.row("contacts"), checked("companies", call.list_of("embed"))
    holders = [row for row in call.state.view("companies").all() if contact.id in row.contacts]
    return _unpaged(call, [with_embeds(call.state, "companies", row, embeds, call.scopes) for row in holders])


def _link(call: Call) -> Response:
    company, contact = call.target("companies"), call.target("contacts", "contact")
    body = call.write(bodies.LinkContact)
    linked = call.state.link("companies", company.id, contact.id, body.roles)
    return Response(status_code=201 if linked else 200)


def _set_roles(call: Call) -> Response:
    company, contact = call.target("companies"), call.id("contact")
    body = call.write(bodies.UpdateLink)
    if contact not in company.contacts:
        raise not_found()
    call.state.set_roles("companies", company.id, contact, body.roles)
    return Response(status_code=200)


def _unlink(call: Call) -> Response:
    company, contact = call.target("companies"), call.id("contact")
    if contact not in company.contacts:
        raise not_found()
    call.state.unlink("companies", company.id, contact)
    return no_content()


def _unpaged(call: Call, data: list[dict[str, Any]]) -> Response:
    """These lists answer a pagination but take none."""
    shown = reordered(data) if call.state.switches.lossy.reorder else data
    pagination = {"limit": 100, "count": len(data), "total": len(data), "offset": 0}
    return JSONResponse({"data": shown, "pagination": pagination})
