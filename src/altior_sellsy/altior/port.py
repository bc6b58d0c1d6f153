"""The narrow door to Altior. Altior's real API is not known to us: whoever owns it implements this Protocol, and the
conformance suite says whether it holds. Until then `altior.client` speaks the stand-in contract (`/api/v1`).

Documents are plain dicts in the contract's own French field names (see `altior/contract.py` for their shapes), so
that nothing is lost on the way; `kinds/*/in_altior.py` translates them.

Semantics that every implementation owes:
- ids are opaque text; `version` is opaque text that changes with every change of the record, by whomever.
- a write names the version it was planned from; if the record has moved the item fails with errors.Stale (412).
- a create carries at least one external reference; a second create under the same reference creates nothing and
  answers with the record that bears it («created safely»), so that a lost answer is simply repeated.
- each external reference is unique in the environment; a record may bear several.
- the change feed is in commit order: once a cursor was given, no change commits behind it. A cursor that the feed
  no longer reaches raises errors.CursorExpired.
- every write is made as the reference user; an unknown, inactive or insufficient user raises errors.Refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

Resource = Literal["tiers", "contacts", "affaires"]
ListName = Literal[
    "formes-juridiques",
    "civilites",
    "types-telephone",
    "types-mail",
    "types-url",
    "roles-collaborateur",
    "roles-contact",
]
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Records in id order. `after` continues; None at the end. `total`: all records of the resource."""

    documents: Sequence[Document]
    after: str | None
    total: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a bulk write. `id` None = create. `version` required for an update. `body`: only what changes;
    for sets (telephones, emails, urls, adresses, references_externes…) an element with `id` is changed in place,
    one without is added, `{"id": …, "supprimer": true}` removes it; elements not named are untouched."""

    body: Document
    id: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one item: the record as it stands now, or the error of that item alone (errors.Invalid with the
    contract's field paths, errors.Stale, errors.NotFound, errors.Final …)."""

    document: Document | None = None
    error: Exception | None = None
    created: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the feed. `author` is for the journal only, never for deciding."""

    resource: Resource
    id: str
    operation: Literal["creation", "modification", "suppression"]
    author: str
    at: str


@dataclass(frozen=True, slots=True)
class Changes:
    changes: Sequence[Change]
    cursor: str


@dataclass(frozen=True, slots=True)
class User:
    email: str
    name: str
    active: bool
    administrator: bool
    id: str = ""


@dataclass(frozen=True, slots=True)
class ListValue:
    title: str
    abbreviation: str | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field of the affaires (guide: section «Sellsy», codes PIPE and ETAP, type Texte)."""

    section: str
    name: str
    code: str
    type: str
    active: bool
    searchable: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class Establishment:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Requirements:
    """What this Altior requires and limits, per resource: required field paths and lengths by field path."""

    required: Sequence[str] = ()
    lengths: Mapping[str, int] = field(default_factory=dict)


class Altior(Protocol):
    """Errors: errors.NotSent / Unclear / Retryable (network, 5xx), errors.Refused (401, 403, reference user)."""

    not_after: datetime | None
    """A write is not sent after this instant (NotSent): what is announced leaves soon or not at all."""

    def identity(self) -> str:
        """The environment's own name at Altior, as the guide's «Environnement»."""
        ...

    def users(self) -> Sequence[User]: ...

    def establishments(self) -> Sequence[Establishment]: ...

    def list_values(self, name: ListName) -> Sequence[ListValue]: ...

    def create_list_value(self, name: ListName, title: str, abbreviation: str | None) -> ListValue: ...

    def custom_fields(self) -> Sequence[CustomField]: ...

    def create_custom_field(self, field: CustomField) -> CustomField: ...

    def requirements(self, resource: Resource) -> Requirements: ...

    def read(self, resource: Resource, ids: Sequence[str]) -> Sequence[Document]:
        """At most 100 ids; those that do not exist are absent from the answer. Archived ones included."""
        ...

    def get(self, resource: Resource, id: str) -> Document:
        """One record; errors.NotFound when it does not exist."""
        ...

    def scan(self, resource: Resource, after: str | None, limit: int = 100) -> Page: ...

    def find(self, resource: Resource, key: str, values: Sequence[str]) -> Sequence[Document]:
        """All records (archived included) whose `key` is one of these (at most 100 values). Keys: tiers «siret»,
        «reference_externe»; contacts «email», «tiers», «reference_externe»; affaires «tiers», «reference_externe»."""
        ...

    def write(self, resource: Resource, items: Sequence[Item]) -> Sequence[Answer]:
        """At most 100 items, an answer per item, in order. Raises only when the whole call failed: errors.Unclear
        when it may have taken effect, errors.NotSent when it certainly did not."""
        ...

    def documents(self, kind: Literal["devis", "commandes"], affaires: Sequence[str]) -> Sequence[Document]:
        """Devis or commandes of these affaires."""
        ...

    def changes(self, cursor: str | None, wait: float = 0) -> Changes:
        """Entries after the cursor, waiting up to `wait` seconds for the first. None = from now on."""
        ...
