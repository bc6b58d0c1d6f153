"""What comes in over the contract, checked at the border. Records stay dicts, but must have an id and a version."""

from collections.abc import Sequence
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from altior_sellsy.altior.port import (
    Change,
    Changes,
    CustomField,
    Document,
    Establishment,
    ListValue,
    Page,
    Requirements,
    User,
)


class UnreadableError(Exception):
    """The answer is not what the contract says. Says where, never the values."""


class _Environment(BaseModel):
    nom: str = Field(min_length=1)


class _User(BaseModel):
    id: str
    email: str
    nom: str
    actif: bool
    administrateur: bool


class _Establishment(BaseModel):
    id: str
    nom: str


class _ListValue(BaseModel):
    id: str
    titre: str
    abreviation: str | None = None


class _CustomField(BaseModel):
    id: str
    section: str
    nom: str
    code: str
    type: str
    actif: bool
    recherchable: bool = False


class _Requirements(BaseModel):
    obligatoires: list[str]
    longueurs: dict[str, int]


class _Change(BaseModel):
    ressource: Literal["tiers", "contacts", "affaires"]
    id: str
    operation: Literal["creation", "modification", "suppression"]
    auteur: str
    date: str


class _Changes(BaseModel):
    modifications: list[_Change]
    curseur: str = Field(min_length=1)


class _Envelope(BaseModel):
    elements: list[dict[str, Any]]


class _Page(_Envelope):
    apres: str | None
    total: int


class BulkResult(BaseModel):
    statut: int
    document: dict[str, Any] | None = None
    erreur: dict[str, Any] | None = None


class _Bulk(BaseModel):
    resultats: list[BulkResult]


_Model = TypeVar("_Model")


def _read(adapter: TypeAdapter[_Model], data: Any) -> _Model:
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise UnreadableError(".".join(map(str, first["loc"])) or "réponse") from None


_ENVIRONMENT = TypeAdapter(_Environment)
_USERS = TypeAdapter(list[_User])
_ESTABLISHMENTS = TypeAdapter(list[_Establishment])
_LIST_VALUES = TypeAdapter(list[_ListValue])
_CUSTOM_FIELDS = TypeAdapter(list[_CustomField])
_REQUIREMENTS = TypeAdapter(_Requirements)
_CHANGES = TypeAdapter(_Changes)
_ENVELOPE = TypeAdapter(_Envelope)
_PAGE = TypeAdapter(_Page)
_BULK = TypeAdapter(_Bulk)


def environment(data: Any) -> str:
    return _read(_ENVIRONMENT, data).nom


def users(data: Any) -> list[User]:
    return [User(each.email, each.nom, each.actif, each.administrateur, each.id) for each in _read(_USERS, data)]


def establishments(data: Any) -> list[Establishment]:
    return [Establishment(each.id, each.nom) for each in _read(_ESTABLISHMENTS, data)]


def list_values(data: Any) -> list[ListValue]:
    return [ListValue(each.titre, each.abreviation, each.id) for each in _read(_LIST_VALUES, data)]


def custom_fields(data: Any) -> list[CustomField]:
    return [
        CustomField(each.section, each.nom, each.code, each.type, each.actif, each.recherchable, each.id)
        for each in _read(_CUSTOM_FIELDS, data)
    ]


def requirements(data: Any) -> Requirements:
    read = _read(_REQUIREMENTS, data)
    return Requirements(read.obligatoires, read.longueurs)


def changes(data: Any) -> Changes:
    read = _read(_CHANGES, data)
    return Changes(
        [Change(each.ressource, each.id, each.operation, each.auteur, each.date) for each in read.modifications],
        read.curseur,
    )


def documents(data: Any) -> Sequence[Document]:
    return [document(each) for each in _read(_ENVELOPE, data).elements]


def page(data: Any) -> Page:
    read = _read(_PAGE, data)
    return Page([document(each) for each in read.elements], read.apres, read.total)


def bulk(data: Any, count: int) -> list[BulkResult]:
    """As many results as items were sent, each with its record or its error; else nothing is acknowledged."""
    results = _read(_BULK, data).resultats
    if len(results) != count:
        raise UnreadableError("resultats")
    for result in results:
        if result.statut in (200, 201):
            document(result.document)
        elif result.erreur is None:
            raise UnreadableError("resultats.erreur")
    return results


def document(data: Any) -> Document:
    """A record with its `id` and `version`, both text that is not empty."""
    if not isinstance(data, dict):
        raise UnreadableError("document")
    for name in ("id", "version"):
        if not isinstance(data.get(name), str) or not data[name]:
            raise UnreadableError(name)
    return data
