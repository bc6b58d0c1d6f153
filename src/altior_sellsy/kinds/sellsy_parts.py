"""What companies, individuals and contacts of Sellsy have in common, read and written. Pure (FACTS, section 5)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from altior_sellsy.errors import NotSent, Refused, Retryable
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.draft import Draft
from altior_sellsy.kinds.port import RECORD, Create, Problem, Snapshot, Write, Written
from altior_sellsy.ledger.model import Fields, Value
from altior_sellsy.sellsy.models import Company, Contact, Individual
from altior_sellsy.values import civility, phone, website
from altior_sellsy.values.reference import Reference

PHONES = {"phone": "phone_number", "mobile": "mobile_number", "fax": "fax_number"}
SOCIAL = ("linkedin", "facebook", "twitter")
PATHS = {
    **{name: name for name in ("email", "note", "website", "last_name", "first_name", "civility")},
    **{path: name for name, path in PHONES.items()},
    **{f"social.{name}": name for name in SOCIAL},
    "is_archived": "archived",
}
"""Sellsy's own field path → the field of the shared form."""


def read_coordinates(
    draft: Draft, party: Company | Individual | Contact, correspondence: Correspondence, thing: str
) -> None:
    """Phones, e-mail and web, for the lines of the table that are synchronised; note and archiving, where asked for."""
    for slot in correspondence.phone_types(person=thing != "company"):
        if party.has(PHONES[slot]):
            draft.phone(slot, getattr(party, PHONES[slot]))
    if correspondence.email_types(thing) and party.has("email"):
        draft.email("email", party.email)
    urls = correspondence.url_types()
    if "website" in urls and party.has("website"):
        draft.website("website", party.website)
    for slot in SOCIAL:
        if slot in urls and party.social is not None and party.social.has(slot):
            draft.website(slot, getattr(party.social, slot))
    if party.has("note") and correspondence.choices.notes_of(thing):
        draft.note("note", party.note)
    if party.has("is_archived") and correspondence.choices.archiving:
        draft.fields["archived"] = party.is_archived is True


def read_civility(draft: Draft, person: Individual | Contact, correspondence: Correspondence) -> None:
    """Left unknown when its line is not synchronised."""
    if not person.has("civility"):
        return
    code = civility.code(person.civility)
    if not person.civility or (code and correspondence.civility_in_altior(code)):
        draft.fields["civility"] = code


def write_common(body: dict[str, Any], name: str, value: Value) -> None:
    """One field in the shape that Sellsy takes it."""
    text = value if isinstance(value, str) else None
    if name in PHONES:
        body[PHONES[name]] = phone.show(text)
    elif name in SOCIAL:
        body.setdefault("social", {})[name] = website.with_scheme(text)
    elif name == "website":
        body[name] = website.with_scheme(text)
    elif name == "note":
        body[name] = text or ""
    elif name == "archived":
        body["is_archived"] = value is True
    else:
        body[name] = value


def refusal(message: str) -> Problem:
    return Problem("refused_by_sellsy", f"Sellsy répond : « {message.rstrip('. ')} ».")


def refusals(paths: Mapping[str, str], fields: Fields, of_path: Mapping[str, str]) -> dict[str, Problem]:
    """Which of our fields Sellsy named in its refusal; empty when it named none of them."""
    return {name: refusal(message) for path, message in paths.items() if (name := of_path.get(path, "")) in fields}


def unreadable(reference: Reference, at: datetime) -> Snapshot:
    """It is there, and says nothing: a card, not a silence that would look like a deletion. Its hash is never the same,
    so that each scan looks again."""
    return Snapshot(
        reference=reference,
        at=at,
        fields={},
        label=f"Fiche {reference.id}",
        problems={RECORD: Problem("unreadable", "Sellsy")},
        hash=f"unreadable {at.isoformat()}",
    )


def newer_than(mark: int, shown: Sequence[Snapshot]) -> list[Snapshot]:
    """Where a lost create is looked for, a record that cannot be read may be it: nothing may be concluded yet."""
    newer = [one for one in shown if int(one.reference.id) > mark]
    if any(RECORD in one.problems for one in newer):
        raise Retryable("Sellsy montre une fiche récente que le connecteur ne sait pas lire : nouvel essai.")
    return newer


T = TypeVar("T", Write, Create)


def one_by_one(items: Sequence[T], send: Callable[[T], Written]) -> list[Written]:
    """After a refusal of our access or an unreachable Sellsy the rest is not sent."""
    answers: list[Written] = []
    stopped: Exception | None = None
    for item in items:
        answer = Written(error=stopped) if stopped else send(item)
        answers.append(answer)
        if isinstance(answer.error, Refused | NotSent):
            stopped = answer.error
    return answers
