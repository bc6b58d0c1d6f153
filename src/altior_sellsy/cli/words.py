"""French labels of what the commands show and the ledger keeps as codes."""

from typing import Any

from altior_sellsy.cli.french import value
from altior_sellsy.kinds.deal.record import DEAL
from altior_sellsy.kinds.third_party.record import THIRD_PARTY
from altior_sellsy.values import phone

ACTIONS = {
    "created": "Créée",
    "updated": "Modifiée",
    "linked": "Liée",
    "adopted": "Reprise (référence déjà portée)",
    "closed": "Déliée",
    "conflict": "Modifications simultanées",
    "ticked": "« Synchronisation Altior » cochée",
    "refused": "Valeur refusée",
    "approved": "Approbation",
    "activated": "Activation",
    "paused": "Mise en pause",
    "resumed": "Reprise",
    "webhook_created": "Notifications créées",
    "webhook_repaired": "Notifications réparées",
}
SIDES = {"sellsy": "Sellsy", "altior": "Altior"}
ADDRESSES = {"sellsy": "API de Sellsy", "sellsy_login": "Accès à Sellsy", "altior": "Adresse d'Altior"}
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
_KINDS = (THIRD_PARTY, DEAL)
_PHONES = ("phone", "mobile", "fax")


def field(kind: str, name: str) -> str:
    """«Raison sociale» for («third_party», «name»)."""
    for one in _KINDS:
        if one.name == kind:
            return next((known.label for known in one.fields if known.name == name), name)
    return name


def shown(name: str, content: Any) -> str:
    """A field's value as people read it."""
    if name in _PHONES and isinstance(content, str):
        return phone.show(content) or content
    return value(content)
