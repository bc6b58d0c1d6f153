"""What the settings of this Altior tell and let create: users, établissements, lists, custom fields, requirements."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from altior_sellsy.sandbox.altior.answers import Handler, answer, read_model, reference_user
from altior_sellsy.sandbox.altior.checks import RefusedError
from altior_sellsy.sandbox.altior.lists import ABBREVIATED, LISTS
from altior_sellsy.sandbox.altior.log import Log
from altior_sellsy.sandbox.altior.shapes import MAIN, SHAPES
from altior_sellsy.sandbox.altior.store import Store

_INK = r"[^\s\x85\ufeff\x1c-\x1f]"
"""Dialects of patterns do not agree on what space is (JSON Schema's knows neither U+0085 nor U+001C): spelt out."""
_Text = Field(min_length=1, max_length=100, pattern=f"^{_INK}(.*{_INK})?$")


class ListValue(BaseModel):
    model_config = ConfigDict(extra="forbid")

    titre: str = _Text
    abreviation: str | None = Field(default=None, max_length=20)


class CustomField(BaseModel):
    model_config = ConfigDict(extra="forbid")

    section: str = _Text
    nom: str = _Text
    code: str = Field(pattern=r"^[A-Z0-9_]{1,20}$")
    type: Literal["Texte"]
    actif: bool = True
    recherchable: bool = False


def directory_routes(store: Store, log: Log) -> dict[str, dict[str, Handler]]:
    """path → method → handler."""
    return {
        "environnement": {"GET": _environment(store)},
        "utilisateurs": {"GET": _list(store, "utilisateurs")},
        "etablissements": {"GET": _list(store, "etablissements")},
        "champs-personnalises": {"GET": _list(store, "champs"), "POST": _create_field(store, log)},
        **{f"parametres/{n}": {"GET": _values(store, n), "POST": _create_value(store, log, n)} for n in LISTS},
        **{f"exigences/{resource}": {"GET": _requirements(store, resource)} for resource in MAIN},
    }


def _environment(store: Store) -> Handler:
    async def handle(request: Request) -> Response:
        return answer({"nom": store.directory["environnement"]})

    return handle


def _list(store: Store, name: str) -> Handler:
    async def handle(request: Request) -> Response:
        return answer(store.directory[name])

    return handle


def _values(store: Store, name: str) -> Handler:
    async def handle(request: Request) -> Response:
        return answer(store.directory["listes"][name])

    return handle


def _create_value(store: Store, log: Log, name: str) -> Handler:
    async def handle(request: Request) -> Response:
        user = reference_user(store, request)
        value = await read_model(request, ListValue)
        if name in ABBREVIATED and not value.abreviation:
            raise RefusedError(422, "invalide", "La valeur est refusée.", {"abreviation": "Champ obligatoire."})
        values = store.directory["listes"][name]
        existing = next((each for each in values if each["titre"] == value.titre), None)
        if existing is not None:
            return answer(existing)
        created = {"id": f"{name}-{len(values) + 1}", "titre": value.titre, "abreviation": value.abreviation or None}
        values.append(created)
        store.touch_directory()
        store.flush()
        log.write(f"parametres/{name}", "create", 201, user, value.model_dump(), created["id"])
        return answer(created, 201)

    return handle


def _create_field(store: Store, log: Log) -> Handler:
    async def handle(request: Request) -> Response:
        user = reference_user(store, request)
        field = await read_model(request, CustomField)
        fields = store.directory["champs"]
        existing = next((each for each in fields if each["code"] == field.code), None)
        if existing is not None:
            return answer(existing)
        created = {"id": str(len(fields) + 1), **field.model_dump()}
        fields.append(created)
        store.touch_directory()
        store.flush()
        log.write("champs-personnalises", "create", 201, user, field.model_dump(), created["id"])
        return answer(created, 201)

    return handle


def _requirements(store: Store, resource: str) -> Handler:
    async def handle(request: Request) -> Response:
        shape = SHAPES[resource]
        required = [n for n, f in shape.fields.items() if f.required and f.empty in (None, []) and n != "numero"]
        required += store.switches.required.get(resource, [])  # type: ignore[call-overload]
        lengths = {name: field.length for name, field in shape.fields.items() if field.length}
        for name, elements in shape.sets.items():
            lengths |= {f"{name}.{key}": field.length for key, field in elements.fields.items() if field.length}
        for path, length in store.switches.lengths.items():
            kind, _, name = path.partition(".")
            if kind == resource or kind in shape.sets:
                lengths[name if kind == resource else path] = length
        return answer({"obligatoires": required, "longueurs": lengths})

    return handle
