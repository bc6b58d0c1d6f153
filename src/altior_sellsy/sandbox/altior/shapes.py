"""What each record of this Altior is made of: its fields, their types, lengths, and what a new one starts with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Type = Literal[
    "text", "bool", "amount", "percent", "date", "choice", "choices", "list", "lists", "user", "establishment",
    "country", "siret", "siren", "email", "tiers",
]  # fmt: skip
Record = dict[str, Any]

MAIN = ("tiers", "contacts", "affaires")
"""The resources of the feed, of scans and of bulk writes."""


@dataclass(frozen=True, slots=True)
class Field:
    """`of`: the list behind «list» and «lists». `required`: may not be emptied; a new record or element needs it."""

    type: Type = "text"
    length: int = 0
    of: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    empty: Any = None


@dataclass(frozen=True, slots=True)
class Elements:
    """A set of documents with ids of their own (`prefix` and a number)."""

    prefix: str
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Shape:
    """`prefix`: of ids. `texts`: sets of plain text → what they name. `links`: tiers only, contacts and their roles."""

    prefix: str
    fields: Mapping[str, Field]
    sets: Mapping[str, Elements] = field(default_factory=dict)
    texts: Mapping[str, Literal["reference", "tiers", "contacts"]] = field(default_factory=dict)
    links: bool = False
    custom: bool = False
    once: frozenset[str] = frozenset()
    people_only: frozenset[str] = frozenset()
    the: str = ""
    """As a sentence names it: «le tiers», «l'affaire»."""


_BOOL = Field("bool", required=True, empty=False)
_NOTE = Field(length=5000, empty="")
_COORDINATES = {
    "telephones": Elements(
        "t", {"type": Field("list", of="types-telephone", required=True), "numero": Field(length=30, required=True)}
    ),
    "emails": Elements(
        "m", {"type": Field("list", of="types-mail", required=True), "adresse": Field("email", 250, required=True)}
    ),
    "urls": Elements(
        "u", {"type": Field("list", of="types-url", required=True), "url": Field(length=250, required=True)}
    ),
}
_ADDRESS = Elements(
    "a",
    {
        "libelle": Field(length=100),
        "ligne1": Field(length=100),
        "ligne2": Field(length=100),
        "ligne3": Field(length=100),
        "ligne4": Field(length=100),
        "code_postal": Field(length=10),
        "ville": Field(length=100),
        "pays": Field("country"),
        "facturation": _BOOL,
        "livraison": _BOOL,
    },
)
_COLLABORATOR = Elements(
    "c", {"email": Field("user", required=True), "role": Field("list", of="roles-collaborateur", required=True)}
)

SHAPES: dict[str, Shape] = {
    "tiers": Shape(
        prefix="",
        fields={
            "nature": Field("choice", choices=("moral", "physique"), required=True),
            "roles": Field("choices", choices=("client", "prospect", "fournisseur"), required=True, empty=[]),
            "raison_sociale": Field(length=250),
            "civilite": Field("list", of="civilites"),
            "nom": Field(length=100),
            "prenom": Field(length=100),
            "siret": Field("siret"),
            "siren": Field("siren"),
            "tva": Field(length=20),
            "naf": Field(length=10),
            "forme_juridique": Field("list", of="formes-juridiques"),
            "capital": Field(length=50),
            "rcs": Field(length=100),
            "reference": Field(length=50),
            "note": _NOTE,
            "etablissement": Field("establishment", required=True),
            "archive": _BOOL,
            "bloque": _BOOL,
        },
        sets={**_COORDINATES, "adresses": _ADDRESS, "collaborateurs": _COLLABORATOR},
        texts={"references_externes": "reference"},
        links=True,
        once=frozenset({"nature"}),
        people_only=frozenset({"bloque"}),
        the="le tiers",
    ),
    "contacts": Shape(
        prefix="c",
        fields={
            "civilite": Field("list", of="civilites"),
            "nom": Field(length=100, required=True),
            "prenom": Field(length=100),
            "fonction": Field(length=100),
            "note": _NOTE,
            "archive": _BOOL,
        },
        sets=_COORDINATES,
        texts={"tiers": "tiers", "references_externes": "reference"},
        the="le contact",
    ),
    "affaires": Shape(
        prefix="",
        fields={
            "numero": Field(length=50, required=True),
            "nom": Field(length=250, required=True),
            "tiers": Field("tiers", required=True),
            "etablissement": Field("establishment", required=True),
            "etat": Field(
                "choice",
                choices=("en_cours", "gagnee", "perdue", "annulee", "terminee"),
                required=True,
                empty="en_cours",
            ),
            "montant": Field("amount"),
            "devise": Field(length=3, required=True, empty="EUR"),
            "probabilite": Field("percent"),
            "echeance": Field("date"),
            "charge_affaire": Field("user"),
            "note": _NOTE,
            "archive": _BOOL,
        },
        texts={"contacts": "contacts", "references_externes": "reference"},
        custom=True,
        the="l'affaire",
    ),
}
QUOTE_STATES = ("brouillon", "envoye", "accepte", "refuse")
ORDER_STATES = ("en_cours", "livree", "annulee")
