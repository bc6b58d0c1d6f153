"""Opportunities: objects when read, ids and texts when written, a number when patched (FACTS 5)."""

from starlette.responses import Response
from starlette.routing import Route

from altior_sellsy.sandbox.sellsy import bodies
from altior_sellsy.sandbox.sellsy.calls import Call, no_content, route
from altior_sellsy.sandbox.sellsy.deals import stored_changes
from altior_sellsy.sandbox.sellsy.errors import MISSING, invalid
from altior_sellsy.sandbox.sellsy.routes_records import (
    answer,
    check_owner,
    deleter,
    favourites,
    getter,
    lister,
    searcher,
)
from altior_sellsy.sandbox.sellsy.server import Server
from altior_sellsy.sandbox.sellsy.shapes import rewritten
from altior_sellsy.sandbox.sellsy.times import second_of

_PATCHABLE = tuple(bodies.OpportunityPatch.model_fields)


def routes(server: Server) -> list[Route]:
    path, one = "/opportunities", "/opportunities/{id:int}"
    read, write = ["opportunities.read"], ["opportunities.write"]
    return [
        route(server, "POST", f"{path}/search", searcher("opportunities"), read, reads=True),
        route(server, "GET", one, getter("opportunities"), read),
        route(server, "PUT", one, _update, write),
        route(server, "PATCH", one, _patch, write),
        route(server, "PATCH", f"{one}/step-rank", _step_rank, write),
        route(server, "GET", path, lister("opportunities"), read),
        route(server, "POST", path, _create, write),
        route(server, "DELETE", one, deleter("opportunities"), write),
        route(server, "GET", f"{path}/favourite-filters", favourites("opportunities"), read),
    ]


def _create(call: Call) -> Response:
    state, body = call.state, call.write(bodies.OpportunityCreate)
    given = body.model_dump(exclude_unset=True)
    check_owner(state, given)
    changes = stored_changes(state, {}, given)
    if call.verify:
        return no_content()
    created = second_of(given["created"]) if "created" in given and state.switches.created_honoured else None
    row = state.create("opportunities", rewritten(changes, state.switches.lossy), created=created)
    return answer(call, "opportunities", row, 201)


def _update(call: Call) -> Response:
    state, row, body = call.state, call.target("opportunities"), call.write(bodies.OpportunityUpdate)
    given = body.model_dump(exclude_unset=True)
    check_owner(state, given)
    changes = stored_changes(state, row.fields, given)
    if call.verify:
        return no_content()
    row = state.update("opportunities", row.id, rewritten(changes, state.switches.lossy))
    return answer(call, "opportunities", row)


def _patch(call: Call) -> Response:
    """Only the fields named by `only[]` are taken."""
    state, row, body = call.state, call.target("opportunities"), call.write(bodies.OpportunityPatch)
    only = call.list_of("only")
    if not only:
        raise invalid({"only": MISSING})
    given = body.model_dump(exclude_unset=True)
    for name in only:
        if name not in _PATCHABLE:
            raise invalid({"only": f"La valeur '{name}' n'est pas autorisée"})
        if name not in given:
            raise invalid({name: MISSING})
    given = {name: given[name] for name in only}
    check_owner(state, given)
    changes = stored_changes(state, row.fields, given)
    if call.verify:
        return no_content()
    return answer(call, "opportunities", state.update("opportunities", row.id, changes))


def _step_rank(call: Call) -> Response:
    """Puts the opportunity before a sibling of that step, or last."""
    state, row, body = call.state, call.target("opportunities"), call.write(bodies.StepRank)
    changes = stored_changes(state, row.fields, {"step": body.step})
    siblings = [known for known in state.tables["opportunities"] if known.fields["step_id"] == body.step]
    sibling = next((known for known in siblings if known.id == body.before_sibling), None)
    if body.before_sibling is not None and sibling is None:
        raise invalid({"before_sibling": "Cette opportunité n'est pas dans cette étape"})
    ranks = [known.fields["step_rank"] for known in siblings]
    rank = sibling.fields["step_rank"] - 1 if sibling else max(ranks, default=0) + 1
    state.update("opportunities", row.id, {**changes, "step_rank": rank})
    return no_content()
