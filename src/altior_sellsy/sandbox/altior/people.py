"""The people's door (`/_sandbox/`, no sign-in): what Altior's users do, and what tests and demos need.

  GET    writes, calls                          {"count", "changed"?, "calls"|"writes": [...]}; DELETE empties them
  GET    {resource}                             {"elements": [...]}, devis and commandes too
  POST   {resource}                             {"auteur"?, "corps"} → 201 the record; contract's `corps`, plus `bloque`
  PATCH  {resource}/{id}                        {"auteur"?, "corps"} → the record
  DELETE {resource}/{id}?auteur=
  POST   tiers/{id}/fusion                      {"auteur"?, "dans": id} → the tiers that remains
  POST   devis, commandes                       {"auteur"?, "affaire", "etat", "id"?} → 201 the document
  POST   transactions                           {"auteur"?, "ressource", "id", "corps"} → {"transaction"}: an edit that
         is made but not committed; POST transactions/{id}/validation commits it
  PUT    switches                               any of Options' Switches → all of them; GET
  PUT    utilisateurs/{email}                   {"actif"?, "administrateur"?, "nom"?}
  POST   faults                                 {"faults": [...]} (faults.py) are added; GET, DELETE
  POST   flux/oubli                             the feed forgets all that it holds: older cursors are expired
  POST   snapshot → {"snapshot"}; POST restore {"snapshot"}: earlier contents, later ids are given again
  POST   reset                                  {"options"?: Options, "scenario"?: {"tiers": [corps with "id"?], …}}
Errors: as the contract's.
"""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altior_sellsy.sandbox.altior.answers import Handler, answer, read_json, read_model, refusing
from altior_sellsy.sandbox.altior.checks import RefusedError
from altior_sellsy.sandbox.altior.faults import Fault, Faults
from altior_sellsy.sandbox.altior.log import Log
from altior_sellsy.sandbox.altior.options import Options, Switches
from altior_sellsy.sandbox.altior.records import correct_later, delete, merge, put_document, write
from altior_sellsy.sandbox.altior.seed import reset
from altior_sellsy.sandbox.altior.shapes import MAIN
from altior_sellsy.sandbox.altior.store import RESOURCES, Contents, Store

PERSON = "julien.petit@example.test"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Edit(_Strict):
    auteur: str = PERSON
    corps: dict[str, Any]


class Merge(_Strict):
    auteur: str = PERSON
    dans: str


class Document(_Strict):
    auteur: str = PERSON
    affaire: str
    etat: str
    id: str | None = None


class OpenEdit(_Strict):
    auteur: str = PERSON
    ressource: str
    id: str
    corps: dict[str, Any]


class Planned(_Strict):
    faults: list[Fault]


class Restore(_Strict):
    snapshot: str


class UserChange(_Strict):
    nom: str | None = None
    actif: bool = True
    administrateur: bool = False


class Reset(_Strict):
    options: dict[str, Any] | None = None
    scenario: dict[str, Any] = Field(default_factory=dict)


class Door:
    def __init__(self, store: Store, log: Log, faults: Faults) -> None:
        self._store, self._log, self._faults = store, log, faults
        self._snapshots: dict[str, Contents] = {}
        self._open: dict[str, OpenEdit] = {}

    def known(self, resources: tuple[str, ...], handler: Handler) -> Handler:
        async def inner(request: Request) -> Response:
            if request.path_params["resource"] not in resources:
                raise RefusedError(404, "introuvable", f"Ressource inconnue. Attendu : {', '.join(resources)}.")
            return await handler(request)

        return inner

    # -- what Altior's users do ------------------------------------------------------------------------------------

    async def every(self, request: Request) -> Response:
        return answer({"elements": list(self._store.of(request.path_params["resource"]).values())})

    async def create(self, request: Request) -> Response:
        resource = request.path_params["resource"]
        if resource not in MAIN:
            document = await read_model(request, Document)
            made = put_document(self._store, resource, document.affaire, document.etat, document.auteur, document.id)
            return self._done(made, 201)
        edit = await read_model(request, Edit)
        saved = write(self._store, resource, None, edit.corps, edit.auteur, people=True)
        correct_later(self._store, resource, saved.record["id"])
        return self._done(saved.record, 201)

    async def change(self, request: Request) -> Response:
        resource, id = request.path_params["resource"], request.path_params["id"]
        edit = await read_model(request, Edit)
        saved = write(self._store, resource, id, edit.corps, edit.auteur, people=True)
        correct_later(self._store, resource, id)
        return self._done(saved.record)

    async def remove(self, request: Request) -> Response:
        author = request.query_params.get("auteur", PERSON)
        delete(self._store, request.path_params["resource"], request.path_params["id"], author)
        return self._done({})

    async def merge(self, request: Request) -> Response:
        order = await read_model(request, Merge)
        return self._done(merge(self._store, request.path_params["id"], order.dans, order.auteur))

    async def user(self, request: Request) -> Response:
        change = await read_model(request, UserChange)
        email = request.path_params["email"]
        users = self._store.directory["utilisateurs"]
        user = next((each for each in users if each["email"] == email), None)
        if user is None:
            user = {"id": str(len(users) + 1), "email": email, "nom": email, "actif": True, "administrateur": False}
            users.append(user)
        user.update(change.model_dump(exclude_unset=True))
        self._store.touch_directory()
        return self._done(user)

    # -- what tests and demos need -----------------------------------------------------------------------------------

    async def begin(self, request: Request) -> Response:
        edit = await read_model(request, OpenEdit)
        name = f"x{self._store.number('transaction')}"
        self._open[name] = edit
        return answer({"transaction": name}, 201)

    async def commit(self, request: Request) -> Response:
        edit = self._open.pop(request.path_params["id"], None)
        if edit is None:
            raise RefusedError(404, "introuvable", "Cette transaction n'est pas ouverte.")
        return self._done(write(self._store, edit.ressource, edit.id, edit.corps, edit.auteur, people=True).record)

    async def forget(self, request: Request) -> Response:
        self._store.forget(len(self._store.contents.feed))
        return self._done({})

    async def snapshot(self, request: Request) -> Response:
        name = f"s{len(self._snapshots) + 1}"
        self._snapshots[name] = self._store.contents.copy()
        return answer({"snapshot": name}, 201)

    async def restore(self, request: Request) -> Response:
        name = (await read_model(request, Restore)).snapshot
        if name not in self._snapshots:
            raise RefusedError(404, "introuvable", "Cet instantané n'existe pas.")
        self._store.replace(self._snapshots[name].copy())
        return self._done({})

    async def reset(self, request: Request) -> Response:
        order = await read_model(request, Reset)
        if order.options is not None:
            kept = self._store.options
            try:
                self._store.options = Options.model_validate({"token": kept.token, **order.options})
            except ValidationError as error:
                raise RefusedError(422, "invalide", f"Options refusées : {error.error_count()} erreur(s).") from None
            self._store.options = self._store.options.model_copy(update={"data": kept.data})
            self._store.switches = self._store.options.switches.model_copy(deep=True)
        reset(self._store, order.scenario)
        self._faults.planned.clear()
        self._log.calls.clear()
        self._log.writes.clear()
        return self._done({name: len(self._store.of(name)) for name in RESOURCES})

    async def switches(self, request: Request) -> Response:
        if request.method == "PUT":
            changes = await read_json(request)
            try:
                merged = {**self._store.switches.model_dump(), **changes}
                self._store.switches = Switches.model_validate(merged)
            except (ValidationError, TypeError):
                raise RefusedError(422, "invalide", "Réglages refusés : nom ou valeur inconnus.") from None
        return answer(self._store.switches.model_dump())

    async def faults(self, request: Request) -> Response:
        if request.method == "POST":
            self._faults.planned += (await read_model(request, Planned)).faults
        elif request.method == "DELETE":
            self._faults.planned.clear()
        return answer({"faults": [fault.model_dump() for fault in self._faults.planned]})

    async def writes(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._log.writes.clear()
        writes = self._log.writes
        return answer({"count": len(writes), "changed": sum(each["changed"] for each in writes), "writes": writes})

    async def calls(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._log.calls.clear()
        return answer({"count": len(self._log.calls), "calls": self._log.calls})

    def _done(self, data: Any, status: int = 200) -> Response:
        self._store.flush()
        return answer(json.loads(json.dumps(data)), status)


def people_routes(store: Store, log: Log, faults: Faults) -> list[BaseRoute]:
    door = Door(store, log, faults)

    def route(path: str, handler: Handler, *methods: str) -> Route:
        return Route(f"/_sandbox/{path}", refusing(handler), methods=list(methods))

    return [
        route("writes", door.writes, "GET", "DELETE"),
        route("calls", door.calls, "GET", "DELETE"),
        route("switches", door.switches, "GET", "PUT"),
        route("faults", door.faults, "GET", "POST", "DELETE"),
        route("utilisateurs/{email}", door.user, "PUT"),
        route("transactions", door.begin, "POST"),
        route("transactions/{id}/validation", door.commit, "POST"),
        route("flux/oubli", door.forget, "POST"),
        route("snapshot", door.snapshot, "POST"),
        route("restore", door.restore, "POST"),
        route("reset", door.reset, "POST"),
        route("tiers/{id}/fusion", door.merge, "POST"),
        route("{resource}", door.known(RESOURCES, door.every), "GET"),
        route("{resource}", door.known(RESOURCES, door.create), "POST"),
        route("{resource}/{id}", door.known(MAIN, door.change), "PATCH"),
        route("{resource}/{id}", door.known(MAIN, door.remove), "DELETE"),
    ]
