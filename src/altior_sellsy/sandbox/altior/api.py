"""The stand-in contract's endpoints (`/api/v1`, described by altior/openapi.json). NOT the real Altior API."""

import asyncio
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from altior_sellsy.sandbox.altior.answers import (
    Handler,
    answer,
    authorised,
    by_method,
    listed,
    read_model,
    reference_user,
    refusing,
    several,
    shown,
    whole,
)  # fmt: skip
from altior_sellsy.sandbox.altior.checks import RefusedError
from altior_sellsy.sandbox.altior.directory import directory_routes
from altior_sellsy.sandbox.altior.log import Log
from altior_sellsy.sandbox.altior.records import correct_later, missing, write
from altior_sellsy.sandbox.altior.shapes import MAIN, Record
from altior_sellsy.sandbox.altior.store import CursorUnknownError, Store

_PREFIX = "/api/v1"
_FEED_PAGE = 500
_KEYS = {
    "tiers": ("siret", "reference_externe"),
    "contacts": ("email", "tiers", "reference_externe"),
    "affaires": ("tiers", "reference_externe"),
}


class BulkItem(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str = Field(default="", min_length=1)
    version: str = ""
    corps: dict[str, Any]


class Bulk(BaseModel):
    model_config = ConfigDict(extra="forbid")

    elements: list[BulkItem] = Field(min_length=1, max_length=100)


class Search(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cle: Literal["siret", "reference_externe", "email", "tiers"]
    valeurs: list[str] = Field(min_length=1, max_length=100)


def api_routes(store: Store, log: Log) -> list[BaseRoute]:
    def guarded(handler: Handler) -> Handler:
        async def inner(request: Request) -> Response:
            authorised(store, request)
            return await handler(request)

        return refusing(inner)

    routes: list[BaseRoute] = [
        Route(f"{_PREFIX}/openapi.json", _document, methods=["GET"]),
        Route(f"{_PREFIX}/modifications", guarded(_changes(store)), methods=["GET"]),
    ]
    for path, handlers in directory_routes(store, log).items():
        routes.append(by_method(f"{_PREFIX}/{path}", {method: guarded(each) for method, each in handlers.items()}))
    for kind in ("devis", "commandes"):
        routes.append(Route(f"{_PREFIX}/{kind}", guarded(_documents(store, kind)), methods=["GET"]))
    for resource in MAIN:
        routes += [
            Route(f"{_PREFIX}/{resource}", guarded(_page(store, resource)), methods=["GET"]),
            Route(f"{_PREFIX}/{resource}/recherche", guarded(_search(store, resource)), methods=["POST"]),
            Route(f"{_PREFIX}/{resource}/lot", guarded(_bulk(store, log, resource)), methods=["POST"]),
            Route(f"{_PREFIX}/{resource}/{{id}}", guarded(_one(store, resource)), methods=["GET"]),
        ]
    return routes


async def _document(request: Request) -> Response:
    text = (files("altior_sellsy") / "altior" / "openapi.json").read_text("utf-8")
    return Response(text, media_type="application/json")


def _page(store: Store, resource: str) -> Handler:
    async def handle(request: Request) -> Response:
        limit = whole(request, "limite", 100, 100)
        if "ids" in request.query_params:
            found = [record for id in dict.fromkeys(several(request, "ids")) if (record := shown(store, resource, id))]
            return answer({"elements": found, "apres": None, "total": len(found)})
        after = store.position(request.query_params.get("apres", ""))
        ids = [id for id in store.of(resource) if listed(store, id)]
        coming = [id for id in ids if store.position(id) > after]
        page = [record for id in coming[:limit] if (record := shown(store, resource, id))]
        last = coming[limit - 1] if len(coming) > limit else None
        return answer({"elements": page, "apres": last, "total": len(ids)})

    return handle


def _one(store: Store, resource: str) -> Handler:
    async def handle(request: Request) -> Response:
        id = request.path_params["id"]
        record = shown(store, resource, id)
        if record is None:
            raise missing(resource, id)
        return answer(record, headers={"ETag": f'"{record["version"]}"'})

    return handle


def _search(store: Store, resource: str) -> Handler:
    async def handle(request: Request) -> Response:
        search = await read_model(request, Search)
        if search.cle not in _KEYS[resource]:
            message = f"Clés admises : {', '.join(_KEYS[resource])}."
            raise RefusedError(422, "invalide", "La recherche est refusée.", {"cle": message})
        wanted = {value.casefold() for value in search.valeurs}
        if search.cle == "reference_externe":
            holders = {store.holders[value] for value in search.valeurs if value in store.holders}
            ids = sorted((id for kind, id in holders if kind == resource), key=store.position)
        else:
            ids = [id for id, record in store.of(resource).items() if wanted & _values(record, search.cle)]
        return answer({"elements": [record for id in ids if (record := shown(store, resource, id))]})

    return handle


def _values(record: Record, key: str) -> set[str]:
    if key == "email":
        return {email["adresse"].casefold() for email in record["emails"]}
    value = record[key]
    return set(value) if isinstance(value, list) else {value} if value else set()


def _bulk(store: Store, log: Log, resource: str) -> Handler:
    async def handle(request: Request) -> Response:
        user = reference_user(store, request)
        bulk = await read_model(request, Bulk)
        results = [_item(store, log, resource, item, user) for item in bulk.elements]
        store.flush()
        return answer({"resultats": results})

    return handle


def _item(store: Store, log: Log, resource: str, item: BulkItem, user: str) -> Record:
    try:
        saved = write(store, resource, item.id or None, item.corps, user, version=item.version)
    except RefusedError as refusal:
        log.write(resource, "refused", refusal.status, user, item.corps, item.id or None, item.version, changed=False)
        return {"statut": refusal.status, "erreur": refusal.body()}
    status = 201 if saved.created else 200
    operation = "create" if saved.created else "update" if item.id else "adopt"
    id = saved.record["id"]
    log.write(resource, operation, status, user, item.corps, id, item.version, changed=saved.changed)
    if saved.changed:
        correct_later(store, resource, id)
    return {"statut": status, "document": saved.record}


def _documents(store: Store, kind: str) -> Handler:
    async def handle(request: Request) -> Response:
        wanted = set(several(request, "affaires"))
        return answer({"elements": [each for each in store.of(kind).values() if each["affaire"] in wanted]})

    return handle


def _changes(store: Store) -> Handler:
    async def handle(request: Request) -> Response:
        cursor = request.query_params.get("curseur") or store.cursor()
        wait = whole(request, "attente", 0, 30, least=0)
        deadline = asyncio.get_running_loop().time() + min(wait, store.options.longest_poll)
        try:
            while True:
                entries, after = store.entries(cursor, _FEED_PAGE)
                left = deadline - asyncio.get_running_loop().time()
                if entries or left <= 0:
                    return answer({"modifications": entries, "curseur": after})
                await store.wait(left)
        except CursorUnknownError:
            message = "Le flux des modifications ne remonte plus jusqu'à ce curseur : relisez tout."
            raise RefusedError(410, "curseur_expire", message) from None

    return handle
