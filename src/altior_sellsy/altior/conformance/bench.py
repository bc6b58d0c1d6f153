"""What every check works with: the implementation under test, and records that are certainly this run's own."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from stdnum import luhn

from altior_sellsy.altior.port import Altior, Answer, Document, Item, Resource
from altior_sellsy.errors import Final, Invalid, NotFound, Stale


class Verdict(StrEnum):
    KEPT = "conforme"
    BROKEN = "non conforme"
    UNTRIED = "non vérifié"


@dataclass(frozen=True, slots=True)
class Check:
    """`french` is what people read, `english` what developers search for. `run` raises NotKeptError or UntriedError."""

    english: str
    french: str
    run: Callable[["Bench"], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`sentence`: what was seen, in French; empty when the promise is kept."""

    check: Check
    verdict: Verdict
    sentence: str = ""


class NotKeptError(Exception):
    """The promise is not kept: one French sentence."""


class UntriedError(Exception):
    """It could not be tried here: one French sentence."""


class Backstage(Protocol):
    """What only the owner of the system can arrange. Without it three checks are «non vérifié»."""

    def open_edit(self, resource: Resource, id: str, body: Document) -> Callable[[], None]:
        """Another user's edit that is made and not committed; the answer commits it."""
        ...

    def expire_cursors(self) -> None:
        """Makes the feed forget what it holds."""
        ...


@dataclass(slots=True)
class Bench:
    """`altior_as`: the same environment as another reference user (an e-mail); None: those checks are not tried."""

    altior: Altior
    altior_as: Callable[[str], Altior] | None = None
    backstage: Backstage | None = None
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    made: list[tuple[Resource, str]] = field(default_factory=list)
    _count: int = 0

    # -- records of this run

    def reference(self, thing: str = "company") -> str:
        self._count += 1
        return f"sellsy:conformite-{self.run}:{thing}:{self._count}"

    def siret(self) -> str:
        """A number that passes its checks, and is most likely nobody's."""
        siren = f"9{secrets.randbelow(10**7):07}"
        siren += luhn.calc_check_digit(siren)
        return f"{siren}0001{luhn.calc_check_digit(f'{siren}0001')}"

    def firm(self, under: str | None = None, /, **more: Any) -> Item:
        reference = under or self.reference()
        body = {
            "nature": "moral",
            "roles": ["client"],
            "raison_sociale": f"Conformité {reference.rpartition(':')[2]}",
            "etablissement": self.altior.establishments()[0].id,
            "references_externes": [reference],
        }
        return Item(body | more)

    def person(self, **more: Any) -> Item:
        reference = self.reference("contact")
        name = f"Conformité {reference.rpartition(':')[2]}"
        return Item({"nom": name, "references_externes": [reference], **more})

    def deal(self, tiers: str, **more: Any) -> Item:
        body = {
            "nom": "Conformité",
            "tiers": tiers,
            "etablissement": self.altior.establishments()[0].id,
            "references_externes": [self.reference("opportunity")],
        }
        return Item(body | more)

    def send(self, resource: Resource, *items: Item) -> list[Answer]:
        """One bulk write; what it created is archived when the run ends."""
        answers = list(self.altior.write(resource, items))
        keep(len(answers) == len(items), f"{len(items)} éléments envoyés, {len(answers)} réponses reçues.")
        self.made += [(resource, str(each.document["id"])) for each in answers if each.created and each.document]
        return answers

    def make(self, resource: Resource, item: Item) -> dict[str, Any]:
        """The record created, or NotKeptError."""
        (answer,) = self.send(resource, item)
        return done(answer)

    def change(self, resource: Resource, record: Mapping[str, Any], body: Document) -> dict[str, Any]:
        (answer,) = self.send(resource, Item(body, record["id"], record["version"]))
        return done(answer)

    def clear(self) -> None:
        """Archives what the run created, one call per resource and hundred."""
        for resource in ("affaires", "contacts", "tiers"):
            ids = list(dict.fromkeys(id for kind, id in self.made if kind == resource))
            for start in range(0, len(ids), 100):
                records = self.altior.read(resource, ids[start : start + 100])
                self.altior.write(resource, [Item({"archive": True}, one["id"], one["version"]) for one in records])


def keep(promise: bool, sentence: str) -> None:
    """Raises NotKeptError with the sentence unless the promise holds."""
    if not promise:
        raise NotKeptError(sentence)


def done(answer: Answer) -> dict[str, Any]:
    if answer.document is None:
        raise NotKeptError(f"Une écriture valable a été refusée : {answer.error}")
    return dict(answer.document)


def refused_fields(answer: Answer, path: str, what: str) -> None:
    """The item must be refused with this field named."""
    keep(isinstance(answer.error, Invalid), f"{what} n'est pas refusé comme une valeur invalide ({_seen(answer)}).")
    fields = answer.error.fields if isinstance(answer.error, Invalid) else {}
    keep(
        path in fields, f"{what} est refusé sans nommer le champ « {path} » (nommés : {', '.join(fields) or 'aucun'})."
    )


def refused(answer: Answer, what: str) -> None:
    """The item must be refused for good, not as stale and not as missing."""
    final = isinstance(answer.error, Final) and not isinstance(answer.error, Stale | NotFound)
    keep(final, f"{what} n'est pas refusé ({_seen(answer)}).")


def stale(answer: Answer, what: str) -> None:
    keep(isinstance(answer.error, Stale), f"{what} n'est pas refusée comme périmée ({_seen(answer)}).")


def _seen(answer: Answer) -> str:
    return "accepté" if answer.error is None else f"reçu : {type(answer.error).__name__}"
