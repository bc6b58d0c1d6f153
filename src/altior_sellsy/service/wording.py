"""French labels of what people are shown of a plan, a report or the journal."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

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
OF_DEALS = (
    ("wait", "attendrait d'abord son tiers", "attendraient d'abord leur tiers"),
    ("link", "serait liée à une affaire existante", "seraient liées à une affaire existante"),
    ("ask", "demanderait votre décision", "demanderaient votre décision"),
    ("exclude", "resterait dans Sellsy", "resteraient dans Sellsy"),
)
"""Decision on an opportunity that exists → one, several."""
EVENT_FIELDS = {"step": "Étape", "won": "Gagnée", "etat": "État de l'affaire"}
"""What the events of a deal write: no fields of theirs, but in the journal."""
PARIS = ZoneInfo("Europe/Paris")
_ETATS = {
    "en_cours": "En cours",
    "gagnee": "Gagnée",
    "terminee": "Terminée",
    "perdue": "Perdue",
    "annulee": "Annulée",
}
_STATUSES = {"open": "En cours", "lost": "Perdue", "cancelled": "Annulée"}
_KINDS = (THIRD_PARTY, CONTACT, DEAL)
_PHONES = ("phone", "mobile", "fax")


def date(at: datetime | str | None, *, seconds: bool = False) -> str:
    """«12/03/2026 à 14:02», at Paris; «—» when there is none."""
    if not at:
        return "—"
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.astimezone(PARIS).strftime("%d/%m/%Y à %H:%M:%S" if seconds else "%d/%m/%Y à %H:%M")


def why(code: str) -> str:
    return HOW.get(code) or (short(code) if code else "")


def fields_of(kind: str) -> dict[str, str]:
    """Name → French label."""
    return next(({known.name: known.label for known in one.fields} for one in _KINDS if one.name == kind), {})


def field(kind: str, name: str) -> str:
    """«Raison sociale» for («third_party», «name»)."""
    return fields_of(kind).get(name) or EVENT_FIELDS.get(name, name)


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
    """As `value`; telephones as they are dialled, states of a deal as both systems call them."""
    if name in _PHONES and isinstance(content, str):
        return phone.show(content) or content
    if name in ("etat", "status") and isinstance(content, str):
        return (_ETATS if name == "etat" else _STATUSES).get(content, content)
    return value(content)
