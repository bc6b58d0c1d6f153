"""French labels of what people are shown of a plan, a report or the journal."""

from typing import Any

from altior_sellsy.kinds.contact.record import CONTACT
from altior_sellsy.kinds.deal.record import DEAL
from altior_sellsy.kinds.third_party.record import THIRD_PARTY
from altior_sellsy.sync.words import short
from altior_sellsy.values import phone

DECISIONS = {
    ("create", "sellsy"): "À créer dans Altior",
    ("create", "altior"): "À créer dans Sellsy",
    ("link", "sellsy"): "À lier",
    ("link", "altior"): "À lier",
    ("exclude", "sellsy"): "Exclues, dans Sellsy",
    ("exclude", "altior"): "Exclues, dans Altior",
    ("ask", "sellsy"): "À traiter par une personne",
    ("ask", "altior"): "À traiter par une personne",
    ("wait", "sellsy"): "En attente",
    ("wait", "altior"): "En attente",
}
HOW = {
    "siret": "Même SIRET",
    "email": "Même e-mail",
    "stamp": "Référence Sellsy déjà portée par le tiers",
    "person": "Lien décidé par une personne",
    "frozen": "Figée : « Synchronisation Altior » n'est pas à Oui",
}
_KINDS = (THIRD_PARTY, CONTACT, DEAL)
_PHONES = ("phone", "mobile", "fax")


def why(code: str) -> str:
    return HOW.get(code) or (short(code) if code else "")


def fields_of(kind: str) -> dict[str, str]:
    """Name → French label."""
    return next(({known.name: known.label for known in one.fields} for one in _KINDS if one.name == kind), {})


def field(kind: str, name: str) -> str:
    """«Raison sociale» for («third_party», «name»)."""
    return fields_of(kind).get(name, name)


def value(content: Any) -> str:
    """A field's value as people read it; «(vide)» for empty."""
    if content is None or content == "":
        return "(vide)"
    if isinstance(content, bool):
        return "Oui" if content else "Non"
    if isinstance(content, dict):
        return ", ".join(str(part) for part in content.values() if part)
    if isinstance(content, list):
        return ", ".join(str(part) for part in content)
    return str(content)


def shown(name: str, content: Any) -> str:
    """As `value`; telephones as they are dialled."""
    if name in _PHONES and isinstance(content, str):
        return phone.show(content) or content
    return value(content)
