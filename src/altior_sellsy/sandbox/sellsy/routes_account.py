"""The account itself: API access, collaborators, quotas, scopes, custom field definitions, pipelines, sources."""

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from altior_sellsy.sandbox.sellsy import serialise
from altior_sellsy.sandbox.sellsy.bodies import Body
from altior_sellsy.sandbox.sellsy.calls import Call, route, validated
from altior_sellsy.sandbox.sellsy.errors import invalid, not_found
from altior_sellsy.sandbox.sellsy.orders import BY_ID, BY_RANK, CLIENTS, STAFFS, STEPS
from altior_sellsy.sandbox.sellsy.server import Server
from altior_sellsy.sandbox.sellsy.settings import Step

_STAFF_EMBEDS = ("profile", "account", "user", "preferences", "acl", "licenses", "preferences_calendar", "features")


class _FieldFilters(Body):
    related_object: str | None = None
    is_required: bool | None = None


class _PipelineFilters(Body):
    name: str | None = None
    is_default: bool | None = None


class _StepFilters(Body):
    name: str | None = None
    id: Annotated[list[int], Field(min_length=1)] | None = None


class _SourceFilters(Body):
    category_id: list[int] | None = None


class _StaffFilters(Body):
    status: Annotated[list[Literal["ok", "blocked"]], Field(min_length=1)] | None = None


def routes(server: Server) -> list[Route]:
    deals, fields, staffs = ["opportunities.read"], ["custom-fields.read"], ["staffs.read"]
    steps = "/opportunities/pipelines/{pipeline:int}/steps"
    return [
        route(server, "GET", "/quotas", _quotas, ["accounts.read"]),
        route(server, "GET", "/scopes", _scopes, ["scopes.read"]),
        route(server, "GET", "/clients", _clients, ["clients.read"]),
        route(server, "GET", "/clients/{id}", _client, ["clients.read"]),
        route(server, "GET", "/staffs", _staffs, staffs),
        route(server, "POST", "/staffs/search", _search_staffs, staffs, reads=True),
        route(server, "GET", "/staffs/{id:int}", _staff, staffs),
        route(server, "GET", "/custom-fields", _custom_fields, fields),
        route(server, "POST", "/custom-fields/search", _search_custom_fields, fields, reads=True),
        route(server, "GET", "/custom-fields/{id:int}", _custom_field, fields),
        route(server, "GET", "/opportunities/pipelines", _pipelines, deals),
        route(server, "POST", "/opportunities/pipelines/search", _search_pipelines, deals, reads=True),
        route(server, "GET", steps, _steps, deals),
        route(server, "POST", f"{steps}/search", _search_steps, deals, reads=True),
        route(server, "POST", "/opportunities/steps/search", _search_steps, deals, reads=True),
        route(server, "GET", "/opportunities/sources", _sources, deals),
        route(server, "POST", "/opportunities/sources/search", _search_sources, deals, reads=True),
    ]


def _quotas(call: Call) -> Response:
    """Limits and use, by name. A limit of null is no limit."""
    quota, meter, now = call.state.switches.quota, call.server.meter, call.state.clock()
    rates = {
        f"api_rate_{name}s": {"limit": getattr(quota, name), "used": meter.used(name, now)}
        for name in ("second", "minute", "day", "month")
    }
    settings = call.state.settings
    others = {
        "custom_fields": {"limit": 150, "used": len(settings.custom_fields)},
        "custom_field_groups": {"limit": 20, "used": 0},
        "pipelines": {"limit": 20, "used": len(settings.pipelines)},
    }
    return JSONResponse(rates | others)


def _scopes(call: Call) -> Response:
    return JSONResponse(sorted(call.scopes))


def _clients(call: Call) -> Response:
    known = [call.state.settings.client]
    return call.page(known, CLIENTS, _shown_client(call))


def _client(call: Call) -> Response:
    known = call.state.settings.client
    if call.request.path_params["id"] != known.id:
        raise not_found()
    return call.one(_shown_client(call)(known))


def _shown_client(call: Call) -> Any:
    return lambda known: {**serialise.client(known), "scopes": sorted(call.scopes)}


def _staffs(call: Call) -> Response:
    return call.page(call.state.settings.staffs, STAFFS, serialise.staff)


def _search_staffs(call: Call) -> Response:
    """Here `filters` is optional."""
    body = call.body if isinstance(call.body, dict) else {}
    filters = validated(_StaffFilters, body.get("filters", {}), "filters.")
    known = [s for s in call.state.settings.staffs if filters.status is None or s.status in filters.status]
    return call.page(known, STAFFS, serialise.staff)


def _staff(call: Call) -> Response:
    """With `embed[]=profile&embed[]=account`: whether he is an administrator, and whose account this is."""
    known = call.state.settings.staff(call.id())
    if known is None:
        raise not_found()
    asked = call.list_of("embed")
    for name in asked:
        if name not in _STAFF_EMBEDS:
            raise invalid({"embed": f"La valeur '{name}' n'est pas autorisée"})
    account = call.state.settings.account
    profile = "Administrateur" if known.is_administrator else "Collaborateur"
    embeds: dict[str, Any] = {
        "profile": {
            "id": 1 if known.is_administrator else 2,
            "name": profile,
            "is_administrator": known.is_administrator,
        },
        "account": account.model_dump(),
        "user": {"uuid": f"00000000-0000-4000-8000-{known.id:012d}"},
    }
    answer = serialise.staff(known)
    if asked:
        answer["_embed"] = {name: embeds[name] for name in asked if name in embeds}
    return call.one(answer)


def _custom_fields(call: Call) -> Response:
    return call.page(call.state.settings.custom_fields, BY_ID, serialise.custom_field)


def _search_custom_fields(call: Call) -> Response:
    filters = call.filters(_FieldFilters)
    known = [
        field
        for field in call.state.settings.custom_fields
        if (filters.related_object is None or filters.related_object in field.related_objects)
        and (filters.is_required is None or filters.is_required == field.mandatory)
    ]
    return call.page(known, BY_ID, serialise.custom_field)


def _custom_field(call: Call) -> Response:
    known = call.state.settings.custom_field(call.id())
    if known is None:
        raise not_found()
    return call.one(serialise.custom_field(known))


def _pipelines(call: Call) -> Response:
    return call.page(call.state.settings.pipelines, BY_RANK, serialise.pipeline, "rank")


def _search_pipelines(call: Call) -> Response:
    filters = call.filters(_PipelineFilters)
    known = [
        pipeline
        for pipeline in call.state.settings.pipelines
        if (filters.name is None or filters.name == pipeline.name)
        and (filters.is_default is None or filters.is_default == pipeline.is_default)
    ]
    return call.page(known, BY_RANK, serialise.pipeline, "rank")


def _steps(call: Call) -> Response:
    return _step_page(call, _steps_of(call))


def _search_steps(call: Call) -> Response:
    filters = call.filters(_StepFilters)
    known = [
        step
        for step in _steps_of(call)
        if (filters.name is None or filters.name == step.name) and (filters.id is None or step.id in filters.id)
    ]
    return _step_page(call, known)


def _steps_of(call: Call) -> list[Step]:
    """Of the pipeline in the path, else of all of them."""
    pipelines = call.state.settings.pipelines
    if "pipeline" in call.request.path_params:
        pipelines = [pipeline for pipeline in pipelines if pipeline.id == call.id("pipeline")]
        if not pipelines:
            raise not_found()
    return sorted((step for pipeline in pipelines for step in pipeline.steps), key=lambda step: step.id)


def _step_page(call: Call, steps: list[Step]) -> Response:
    counted = "opportunities_number" in call.list_of("embed")
    deals = call.state.tables["opportunities"]

    def answer(step: Step) -> dict[str, Any]:
        if not counted:
            return serialise.step(step)
        number = sum(deal.fields["step_id"] == step.id for deal in deals)
        return {**serialise.step(step), "_embed": {"opportunities_number": number}}

    return call.page(steps, STEPS, answer, "rank")


def _sources(call: Call) -> Response:
    return call.page(call.state.settings.sources, BY_RANK, serialise.source, "rank")


def _search_sources(call: Call) -> Response:
    wanted = call.filters(_SourceFilters).category_id
    known = [source for source in call.state.settings.sources if wanted is None or source.category_id in wanted]
    return call.page(known, BY_RANK, serialise.source, "rank")
