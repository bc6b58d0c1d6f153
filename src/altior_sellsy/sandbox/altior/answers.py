"""JSON in and out, and refusals as the contract words them."""

import functools
import hmac
import json
import zlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from altior_sellsy.sandbox.altior.checks import RefusedError
from altior_sellsy.sandbox.altior.shapes import Record
from altior_sellsy.sandbox.altior.store import Store

Handler = Callable[[Request], Awaitable[Response]]
Model = TypeVar("Model", bound=BaseModel)
USER_HEADER = "x-altior-utilisateur"


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, headers, media_type="application/json")


def refusing(handler: Handler) -> Handler:
    """A refusal anywhere below becomes the contract's error document."""

    @functools.wraps(handler)
    async def wrapped(request: Request) -> Response:
        try:
            return await handler(request)
        except RefusedError as refusal:
            return answer({"erreur": refusal.body()}, refusal.status)

    return wrapped


def by_method(path: str, handlers: dict[str, Handler]) -> Route:
    """One route for all methods of a path, so that a refusal of another one names them all."""

    async def handle(request: Request) -> Response:
        return await handlers["GET" if request.method == "HEAD" else request.method](request)

    return Route(path, handle, methods=list(handlers))


async def not_routed(request: Request, error: Exception) -> Response:
    """What the router itself refuses (unknown path, method not allowed), as the contract's error document."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    code, message = ("introuvable", "Cette adresse n'existe pas.")
    if status == 405:
        code, message = ("methode_refusee", "Cette méthode n'est pas admise ici.")
    return answer({"erreur": {"code": code, "message": message, "champs": {}}}, status, headers)


async def read_json(request: Request) -> Any:
    try:
        return json.loads(await request.body(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise RefusedError(400, "json_invalide", "Le corps de la requête n'est pas du JSON valide.") from None


async def read_model(request: Request, model: type[Model]) -> Model:
    data = await read_json(request)
    try:
        return model.model_validate(data, strict=True)
    except ValidationError as error:
        places = {".".join(map(str, each["loc"])) or "corps": each["msg"] for each in error.errors(include_url=False)}
        raise RefusedError(422, "invalide", "La requête est mal formée.", places) from None


def authorised(store: Store, request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), store.options.token.encode()):
        raise RefusedError(401, "non_autorise", "Le jeton d'accès est absent ou refusé.")


def reference_user(store: Store, request: Request) -> str:
    """The e-mail of the user in whose name a write is made."""
    email = request.headers.get(USER_HEADER, "")
    user = next((u for u in store.directory["utilisateurs"] if u["email"].casefold() == email.casefold()), None)
    if user is None:
        raise RefusedError(403, "utilisateur_refuse", f"L'utilisateur de référence « {email} » n'existe pas.")
    if not user["actif"]:
        raise RefusedError(403, "utilisateur_refuse", f"L'utilisateur de référence « {email} » est inactif.")
    if not user["administrateur"]:
        message = f"L'utilisateur de référence « {email} » n'a pas les droits suffisants."
        raise RefusedError(403, "utilisateur_refuse", message)
    return str(user["email"])


def whole(request: Request, name: str, default: int, most: int, least: int = 1) -> int:
    """A query parameter that is a whole number from `least` to `most`."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise RefusedError(
            422, "invalide", "La requête est mal formée.", {name: f"Un entier de {least} à {most} est attendu."}
        )
    return int(text)


def several(request: Request, name: str) -> list[str]:
    """A query parameter of 1 to 100 ids with commas between. The contract refuses an empty one among them."""
    ids = request.query_params.get(name, "").split(",")
    if len(ids) > 100 or not all(ids):
        raise RefusedError(
            422, "invalide", "La requête est mal formée.", {name: "De 1 à 100 identifiants sont attendus."}
        )
    return ids


def shown(store: Store, resource: str, id: str) -> Record | None:
    """The record as reads show it (the switch `read_lag` lets them show what it was a moment ago)."""
    lagging = store.before.get((resource, id)) if store.switches.read_lag else None
    if lagging is not None and store.clock() < lagging[0]:
        return lagging[1]
    return store.of(resource).get(id)


def listed(store: Store, id: str) -> bool:
    """Whether scans show the record (the switch `hide` takes a share of them away)."""
    return zlib.crc32(id.encode()) % 1000 >= store.switches.hide * 1000


def _no_constant(name: str) -> Any:
    raise ValueError(name)
