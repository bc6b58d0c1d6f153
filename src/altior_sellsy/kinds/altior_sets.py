"""Set-valued fields in Altior's documents: telephones, e-mails, URLs, addresses, collaborators (design, section 3).

A slot of the shared form («phone») stands for one element of a set. It is bound to the same element on every look: by
its stored id while that element is there and still fits, else by content, else it is the first that fits. Elements of
the richer side that no slot is bound to are never touched.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from altior_sellsy.ledger.model import Fields, Value
from altior_sellsy.values import email, phone, website
from altior_sellsy.values.reference import Reference

Element = Mapping[str, Any]
Ids = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Bound:
    """What is known of a record's slots before reading it. `ids`: set → slot → element id (`Snapshot.bindings`, kept on
    the pair). `values`: the fields to look for by content: the pair's Altior half, or at the first pairing what Sellsy
    shows."""

    ids: Ids = field(default_factory=dict)
    values: Fields = field(default_factory=dict)


UNBOUND = Bound()
Bindings = Callable[[Sequence[Reference]], Mapping[Reference, Bound]]
"""How the pairs of these Altior records bind their slots; records that it does not know are read unbound."""


def unbound(references: Sequence[Reference]) -> Mapping[Reference, Bound]:
    """Nothing is known of any record: slots are bound to the first element that fits."""
    return {}


@dataclass(frozen=True, slots=True)
class TypedSet:
    """A set whose elements have a type of Altior's lists. `text`: the key of the value. `read`, `show`: to and from the
    shared form. `same`: equal for people."""

    name: str
    text: str
    read: Callable[[str | None], str | None]
    show: Callable[[str | None], str | None]
    same: Callable[[Any, Any], bool]


PHONES = TypedSet("telephones", "numero", phone.normal, phone.show, phone.same)
EMAILS = TypedSet("emails", "adresse", email.normal, lambda value: value, lambda a, b: a == b)
URLS = TypedSet("urls", "url", website.normal, website.with_scheme, website.same)


def bind(
    elements: Sequence[Element],
    slots: Sequence[str],
    fits: Callable[[str, Element], bool],
    value: Callable[[Element], Value],
    same: Callable[[Value, Value], bool],
    *,
    ids: Mapping[str, str],
    values: Fields,
    shared: bool = False,
) -> dict[str, Element]:
    """Slot → its element. `shared`: one element may serve several slots (an address that is both)."""
    found: dict[str, Element] = {}
    if not elements:
        return found

    def free(slot: str) -> list[Element]:
        used = () if shared else {str(one["id"]) for one in found.values()}
        return [one for one in elements if fits(slot, one) and str(one["id"]) not in used]

    for slot in slots if ids else ():
        if match := [one for one in free(slot) if str(one["id"]) == ids.get(slot)]:
            found[slot] = match[0]
    for slot in slots if values else ():
        if slot in found or (wanted := values.get(slot)) is None:
            continue
        if match := [one for one in free(slot) if same(value(one), wanted)]:
            found[slot] = match[0]
    for slot in slots:
        if slot not in found and (match := free(slot)):
            found[slot] = match[0]
    return found


def bind_typed(document: Mapping[str, Any], of: TypedSet, types: Mapping[str, str], bound: Bound) -> dict[str, Element]:
    """`types`: slot → Altior's type, for the slots that are synchronised."""
    return bind(
        document.get(of.name) or [],
        list(types),
        lambda slot, one: one.get("type") == types[slot],
        lambda one: of.read(one.get(of.text)),
        of.same,
        ids=bound.ids.get(of.name, {}),
        values=bound.values,
    )


def typed_changes(
    of: TypedSet, types: Mapping[str, str], fields: Fields, ids: Mapping[str, str]
) -> list[tuple[str, dict[str, Any]]]:
    """(slot, element as it is written): changed in place, added with its type, or removed when emptied."""
    changes: list[tuple[str, dict[str, Any]]] = []
    for slot, own in types.items():
        if slot not in fields:
            continue
        value = fields[slot]
        element: dict[str, Any] = {"id": ids[slot]} if slot in ids else {"type": own}
        if isinstance(value, str):
            changes.append((slot, element | {of.text: of.show(value)}))
        elif slot in ids:
            changes.append((slot, element | {"supprimer": True}))
    return changes
