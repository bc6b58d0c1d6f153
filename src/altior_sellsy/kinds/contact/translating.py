"""A contact of either side to and from the shared form. Pure (FACTS, section 5; altior/contract.py)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from altior_sellsy.altior.port import Document
from altior_sellsy.kinds import altior_parts, sellsy_parts
from altior_sellsy.kinds.altior_sets import UNBOUND, Bound
from altior_sellsy.kinds.contact.record import LINKS, ROLE
from altior_sellsy.kinds.content import digest, hashed
from altior_sellsy.kinds.correspondence import Correspondence
from altior_sellsy.kinds.draft import Draft
from altior_sellsy.kinds.port import Problem, Snapshot
from altior_sellsy.ledger.model import Fields, Value
from altior_sellsy.sellsy.models import Contact
from altior_sellsy.values.reference import Reference, Side

PERSONS = "individual"
"""Role of a Sellsy contact that is the person of a particulier, and of no company."""
LAST_NAME_REQUIRED = Problem("last_name_required", "Sellsy exige le nom : il ne peut être vidé.")
IN_ALTIOR = {"last_name": "nom", "first_name": "prenom", "position": "fonction"}
FIELD_OF_PATH = {**sellsy_parts.PATHS, "position": "position"}
_OF_ALTIOR_PATH = {
    **{own: (name,) for name, own in IN_ALTIOR.items()},
    "civilite": ("civility",),
    "note": ("note",),
    "archive": ("archived",),
}


# -- Sellsy
def read_sellsy(
    contact: Contact,
    *,
    at: datetime,
    account: str,
    correspondence: Correspondence,
    gate: bool | None,
    companies: Sequence[Reference] | None,
    tiers: Iterable[Reference] = (),
    person: bool = False,
) -> Snapshot:
    """`companies`: None when they were not asked for. `tiers`: the paired ones among their counterparts."""
    draft = Draft()
    for name in ("last_name", "first_name", "position"):
        if contact.has(name):
            draft.text(name, getattr(contact, name))
    sellsy_parts.read_civility(draft, contact, correspondence)
    sellsy_parts.read_coordinates(draft, contact, correspondence, "contact")
    if companies is not None:
        draft.fields[LINKS] = sorted({str(one) for one in tiers})
    return hashed(
        Snapshot(
            reference=Reference(Side.SELLSY, account, "contact", contact.id),
            at=at,
            fields=draft.fields,
            label=_label(draft, contact.id),
            version=contact.updated.isoformat() if contact.updated else "",
            modified=contact.updated,
            created=contact.created.isoformat() if contact.created else "",
            gate=gate,
            archived=contact.is_archived is True,
            roles=ROLE | ({PERSONS} if person else frozenset()),
            keys=_keys(draft),
            parents=tuple(sorted(companies or ())),
            problems=draft.problems,
            position=_position(draft),
        )
    )


def sellsy_body(fields: Fields) -> tuple[dict[str, Any], dict[str, Problem]]:
    """What to send of these fields, and what may not be sent. Links have calls of their own."""
    body: dict[str, Any] = {}
    refused: dict[str, Problem] = {}
    for name, value in fields.items():
        if name == LINKS:
            continue
        if name == "last_name" and value is None:
            refused[name] = LAST_NAME_REQUIRED
        else:
            sellsy_parts.write_common(body, name, value)
    return body, refused


# -- Altior
def read_altior(
    document: Document,
    *,
    at: datetime,
    environment: str,
    correspondence: Correspondence,
    bound: Bound = UNBOUND,
    linkable: Collection[Reference] = (),
) -> Snapshot:
    """`linkable`: the tiers among its links that have a company in Sellsy. The hash is of the whole document and of the
    links, whose third parties are paired in their own time."""
    draft = Draft()
    for name, own in IN_ALTIOR.items():
        if own in document:
            draft.text(name, document[own])
    altior_parts.read_civility(draft, document, correspondence)
    bindings = altior_parts.read_coordinates(draft, document, correspondence, bound, "contact")
    parents = tiers_of(document, environment)
    if "tiers" in document:
        draft.fields[LINKS] = sorted({str(one) for one in parents if one in linkable})
    kept = {key: value for key, value in document.items() if key not in altior_parts.UNHASHED}
    return Snapshot(
        reference=Reference(Side.ALTIOR, environment, "contact", str(document["id"])),
        at=at,
        fields=draft.fields,
        label=_label(draft, str(document["id"])),
        version=str(document.get("version") or ""),
        modified=altior_parts.instant(document.get("modifie_le")),
        created=altior_parts.iso(document.get("cree_le")),
        archived=document.get("archive") is True,
        roles=ROLE,
        keys=_keys(draft),
        parents=tuple(sorted(parents)),
        stamps=frozenset(str(text) for text in document.get("references_externes") or ()),
        problems=draft.problems,
        bindings=bindings,
        hash=digest({**kept, "linked": draft.fields.get(LINKS)}),
        position=_position(draft),
        document=document,
    )


def tiers_of(document: Document, environment: str) -> list[Reference]:
    return [Reference(Side.ALTIOR, environment, "tiers", str(id)) for id in document.get("tiers") or ()]


def altior_body(fields: Fields, correspondence: Correspondence, before: Snapshot | None) -> altior_parts.Body:
    """`before`: the snapshot the write was planned from; None for a new contact."""
    out = altior_parts.Body(_OF_ALTIOR_PATH)
    out.plain(fields, IN_ALTIOR)
    if "civility" in fields:
        out.body["civilite"] = altior_parts.civility_title(fields, correspondence)
    out.typed(fields, correspondence, before.bindings if before else {}, "contact")
    if LINKS in fields:
        added, removed = link_changes(fields[LINKS], before.fields if before else {})
        links: list[Any] = [one.id for one in added]
        links += [{"id": one.id, "supprimer": True} for one in removed]
        if links:
            out.body["tiers"], out.slots["tiers"] = links, [(LINKS,)] * len(links)
    return out


# -- both
def link_changes(wanted: Value, before: Mapping[str, Value]) -> tuple[list[Reference], list[Reference]]:
    """Tiers to link, tiers to unlink."""
    had = before.get(LINKS)
    now = set(wanted) if isinstance(wanted, list) else set()
    then = set(had) if isinstance(had, list) else set()
    return [Reference.parse(one) for one in sorted(now - then)], [Reference.parse(one) for one in sorted(then - now)]


def _label(draft: Draft, id: str) -> str:
    names = (draft.fields.get(name) for name in ("first_name", "last_name"))
    return " ".join(str(name) for name in names if name) or f"n° {id}"


def _keys(draft: Draft) -> dict[str, str]:
    mail = draft.fields.get("email")
    return {"email": mail} if isinstance(mail, str) else {}


def _position(draft: Draft) -> dict[str, Value]:
    """Admission needs the last name of light snapshots too."""
    return {"last_name": draft.fields.get("last_name")}
