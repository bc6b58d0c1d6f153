"""What a tiers and a contact of Altior have in common, read and written. Pure (shapes: altior/contract.py)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from altior_sellsy.altior.port import Document
from altior_sellsy.kinds.altior_sets import EMAILS, PHONES, URLS, Bound, Ids, TypedSet, bind_typed, typed_changes
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.draft import Draft
from altior_sellsy.kinds.port import Problem
from altior_sellsy.ledger.model import Fields

UNHASHED = frozenset({"version", "modifie_le", "modifie_par"})
_ELEMENT = re.compile(r"([a-z_]+)\[([0-9]+)\]")


def typed_slots(correspondence: Correspondence, thing: str) -> tuple[tuple[TypedSet, dict[str, str]], ...]:
    """`thing`: company, individual or contact, as the mapping table tells them apart."""
    return (
        (PHONES, correspondence.phone_types(person=thing != "company")),
        (EMAILS, correspondence.email_types(thing)),
        (URLS, correspondence.url_types()),
    )


def read_coordinates(
    draft: Draft, document: Document, correspondence: Correspondence, bound: Bound, thing: str
) -> dict[str, dict[str, str]]:
    """Fills the draft, note and archiving included where they are asked for; answers set → slot → element id."""
    bindings = {}
    if "note" in document and correspondence.choices.notes_of(thing):
        draft.note("note", document["note"])
    if "archive" in document and correspondence.choices.archiving:
        draft.fields["archived"] = document["archive"] is True
    for of, slots in typed_slots(correspondence, thing):
        if of.name not in document:
            continue
        found = bind_typed(document, of, slots, bound)
        for slot in slots:
            text = found[slot].get(of.text) if slot in found else None
            if of is EMAILS:
                draft.email(slot, text)
            else:
                draft.fields[slot] = of.read(text)
        bindings[of.name] = {slot: str(one["id"]) for slot, one in found.items()}
    return bindings


def read_civility(draft: Draft, document: Document, correspondence: Correspondence) -> None:
    if "civilite" not in document:
        return
    title = document["civilite"]
    code = correspondence.civility_of(title) if title else None
    if title and code is None:
        draft.hold("civility", "unknown_civility", f"La civilité « {title} » d'Altior n'existe pas dans Sellsy.")
    else:
        draft.fields["civility"] = code


def civility_title(fields: Fields, correspondence: Correspondence) -> str | None:
    code = fields["civility"]
    return correspondence.civility_in_altior(code) if isinstance(code, str) else None


@dataclass(slots=True)
class Body:
    """`body`: what to send. `slots`: set → the field behind each of its elements, to read refusals by their place.
    `paths`: Altior's plain field path → the fields behind it."""

    paths: Mapping[str, tuple[str, ...]]
    body: dict[str, Any] = field(default_factory=dict)
    slots: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    def plain(self, fields: Fields, names: Mapping[str, str]) -> None:
        """`names`: field → Altior's own, for values that are sent as they are; note and archiving."""
        for name, own in names.items():
            if name in fields:
                self.body[own] = fields[name]
        if "note" in fields:
            self.body["note"] = fields["note"] or ""
        if "archived" in fields:
            self.body["archive"] = fields["archived"] is True

    def typed(self, fields: Fields, correspondence: Correspondence, bindings: Ids, thing: str) -> None:
        for of, slots in typed_slots(correspondence, thing):
            changes = typed_changes(of, slots, fields, bindings.get(of.name, {}))
            if changes:
                self.body[of.name] = [element for _, element in changes]
                self.slots[of.name] = [(slot,) for slot, _ in changes]

    def refusals(self, paths: Mapping[str, str], fields: Fields) -> dict[str, Problem]:
        """Which of our fields Altior named in its refusal; empty when it named none of them."""
        refused: dict[str, Problem] = {}
        for path, message in paths.items():
            problem = Problem("refused_by_altior", f"Altior répond : « {message.rstrip('. ')} ».")
            refused |= {name: problem for name in self._fields_of(path) if name in fields}
        return refused

    def _fields_of(self, path: str) -> tuple[str, ...]:
        place = _ELEMENT.match(path)
        if place is None:
            return self.paths.get(path, ())
        slots = self.slots.get(place[1], [])
        return slots[int(place[2])] if int(place[2]) < len(slots) else ()


def instant(text: Any) -> datetime | None:
    try:
        shown = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return (shown if shown.tzinfo else shown.replace(tzinfo=UTC)).astimezone(UTC)


def iso(text: Any) -> str:
    shown = instant(text)
    return shown.isoformat() if shown else ""
