"""Companies, individuals and contacts: read, search, create, update, archive, delete, convert."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from altior_sellsy.sandbox.sellsy import bodies, search, serialise
from altior_sellsy.sandbox.sellsy.calls import Call, Handler, no_content, route
from altior_sellsy.sandbox.sellsy.embeds import checked, with_embeds
from altior_sellsy.sandbox.sellsy.errors import EMAIL_TAKEN, ApiError, invalid, not_found
from altior_sellsy.sandbox.sellsy.orders import FILTERS, ORDERS
from altior_sellsy.sandbox.sellsy.rows import Row
from altior_sellsy.sandbox.sellsy.server import Server
from altior_sellsy.sandbox.sellsy.settings import Resource
from altior_sellsy.sandbox.sellsy.shapes import filled, merged, rewritten
from altior_sellsy.sandbox.sellsy.state import State
from altior_sellsy.sandbox.sellsy.times import second_of


@dataclass(frozen=True, slots=True)
class _Kind:
    resource: Resource
    create: type[bodies.CompanyCreate] | type[bodies.IndividualCreate] | type[bodies.ContactCreate]
    update: type[bodies.CompanyUpdate] | type[bodies.IndividualUpdate] | type[bodies.ContactUpdate]


_KINDS = (
    _Kind("companies", bodies.CompanyCreate, bodies.CompanyUpdate),
    _Kind("individuals", bodies.IndividualCreate, bodies.IndividualUpdate),
    _Kind("contacts", bodies.ContactCreate, bodies.ContactUpdate),
)


def routes(server: Server) -> list[Route]:
    made: list[Route] = []
    for kind in _KINDS:
        path, read, write = f"/{kind.resource}", [f"{kind.resource}.read"], [f"{kind.resource}.write"]
        made += [
            route(server, "POST", f"{path}/search", searcher(kind.resource), read, reads=True),
            route(server, "GET", f"{path}/{{id:int}}", getter(kind.resource), read),
            route(server, "PUT", f"{path}/{{id:int}}", _updater(kind), write),
            route(server, "GET", path, lister(kind.resource), read),
            route(server, "POST", path, _creator(kind), write),
            route(server, "DELETE", f"{path}/{{id:int}}", deleter(kind.resource), write),
            route(server, "GET", f"{path}/favourite-filters", favourites(kind.resource), read),
        ]
        if kind.resource != "contacts":
            made.append(route(server, "POST", f"{path}/{{id:int}}/convert", _converter(kind.resource), write))
    return made


def lister(resource: Resource) -> Handler:
    def handle(call: Call) -> Response:
        rows = visible(call.state, resource, call.state.view(resource).all(), archived_asked=False)
        return page_of(call, resource, rows)

    return handle


def searcher(resource: Resource) -> Handler:
    model = search.FILTERS[resource]

    def handle(call: Call) -> Response:
        filters = call.filters(model)
        view = call.state.view(resource, search=True)
        rows = search.found(call.state, resource, filters, view)
        asked = getattr(filters, "is_archived", None) is not None
        return page_of(call, resource, visible(call.state, resource, rows, archived_asked=asked))

    return handle


def getter(resource: Resource) -> Handler:
    def handle(call: Call) -> Response:
        row = call.row(resource)
        hidden = call.state.switches.hidden_get
        if hidden != "shown" and is_hidden(call.state, row):
            raise not_found() if hidden == "missing" else ApiError(403, "Vous n'avez pas accès à cette fiche")
        return answer(call, resource, row)

    return handle


def deleter(resource: Resource) -> Handler:
    def handle(call: Call) -> Response:
        call.state.delete(resource, call.target(resource).id)
        return no_content()

    return handle


def favourites(resource: Resource) -> Handler:
    def handle(call: Call) -> Response:
        known = [known for known in call.state.settings.favourite_filters if known.resource == resource]
        return call.page(known, FILTERS, serialise.favourite_filter)

    return handle


def page_of(call: Call, resource: Resource, rows: list[Row]) -> Response:
    embeds = checked(resource, call.list_of("embed"))
    return call.page(
        rows, ORDERS[resource], lambda row: with_embeds(call.state, resource, row, embeds, call.scopes), "id"
    )


def answer(call: Call, resource: Resource, row: Row, status: int = 200) -> Response:
    embeds = checked(resource, call.list_of("embed"))
    return call.one(with_embeds(call.state, resource, row, embeds, call.scopes), status)


def is_hidden(state: State, row: Row) -> bool:
    return state.switches.hide_modulo > 0 and row.id % state.switches.hide_modulo == 0


def visible(state: State, resource: Resource, rows: list[Row], *, archived_asked: bool) -> list[Row]:
    """Less what reduced rights or the account's habits keep out of lists."""
    switches = state.switches
    if switches.hide_modulo:
        rows = [row for row in rows if not is_hidden(state, row)]
    if not switches.archived_listed and not archived_asked and resource != "opportunities":
        rows = [row for row in rows if not row.fields["is_archived"]]
    return rows


def check_owner(state: State, changes: Mapping[str, Any]) -> None:
    owner = changes.get("owner_id")
    if owner is not None and state.settings.staff(owner) is None:
        raise invalid({"owner_id": "Ce collaborateur n'existe pas"})


def _creator(kind: _Kind) -> Handler:
    def handle(call: Call) -> Response:
        state, body = call.state, call.write(kind.create)
        changes = body.model_dump(exclude_unset=True)
        _check(state, changes)
        if call.verify:
            return no_content()
        created = second_of(changes.pop("created")) if "created" in changes else None
        row = state.create(
            kind.resource,
            _kept(state, {}, changes),
            created=created if state.switches.created_honoured else None,
        )
        return answer(call, kind.resource, row, 201)

    return handle


def _updater(kind: _Kind) -> Handler:
    def handle(call: Call) -> Response:
        state, row, body = call.state, call.target(kind.resource), call.write(kind.update)
        changes = body.model_dump(exclude_unset=True)
        _check(state, changes)
        if call.verify:
            return no_content()
        row = state.update(kind.resource, row.id, _kept(state, row.fields, changes))
        return answer(call, kind.resource, row)

    return handle


def _converter(resource: Resource) -> Handler:
    def handle(call: Call) -> Response:
        state, row, body = call.state, call.target(resource), call.write(bodies.Convert)
        if row.fields["type"] != "prospect":
            raise ApiError(400, "Seul un prospect peut être converti en client")
        mode = body.also_enable_custom_fields_on_target
        if mode.mode != "none":
            _enable(state, mode.ids if mode.mode == "partial" else None)
        return call.one(serialise.record(state, resource, state.convert(resource, row.id, body.target)))

    return handle


def _enable(state: State, ids: list[int] | None) -> None:
    """Makes the prospects' custom fields (all, or these) usable on clients: it alters the account's own settings."""
    for field in state.settings.custom_fields:
        chosen = ids is None or field.id in ids
        if chosen and "prospect" in field.related_objects and "client" not in field.related_objects:
            field.related_objects.append("client")


def _check(state: State, changes: dict[str, Any]) -> None:
    """What the shape alone does not say. `owner_id: null` is the API's own collaborator."""
    check_owner(state, changes)
    email = changes.get("email")
    if email and email.casefold() in {staff.email.casefold() for staff in state.settings.staffs}:
        raise invalid({"email": EMAIL_TAKEN})
    for name, known in (("business_segment", serialise.SEGMENTS), ("number_of_employees", serialise.EMPLOYEES)):
        if changes.get(name) is not None and changes[name] not in known:
            raise invalid({name: "Cette valeur n'existe pas"})
    if "owner_id" in changes and changes["owner_id"] is None:
        changes["owner_id"] = state.settings.client.staff_id


def _kept(state: State, stored: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """What the server makes of a write, with its habits (switches.Lossy)."""
    habits = state.switches.lossy
    kept = rewritten(changes, habits)
    if not habits.fill_in:
        return kept
    after = merged(stored, kept) if stored else {**dict.fromkeys(habits.fill_in), **kept}
    return {**kept, **{name: value for name, value in filled(after, habits).items() if name in habits.fill_in}}
