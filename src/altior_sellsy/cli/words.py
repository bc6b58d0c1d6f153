"""French labels of what the commands show and the ledger keeps as codes."""

from altior_sellsy.service.wording import DECISIONS, HOW, field, shown

__all__ = ["ACTIONS", "ADDRESSES", "DECISIONS", "HOW", "field", "shown"]

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
    "access_replaced": "Accès remplacés",
    "paused": "Mise en pause",
    "resumed": "Reprise",
    "request_validated": "Demande validée",
    "decided": "Décision",
    "undone": "Modification annulée",
    "unlinked": "Déliée",
    "unticked": "« Synchronisation Altior » décochée",
    "deactivated": "Initialisation annulée",
    "webhook_created": "Notifications créées",
    "webhook_repaired": "Notifications réparées",
}
ADDRESSES = {"sellsy": "API de Sellsy", "sellsy_login": "Accès à Sellsy", "altior": "Adresse d'Altior"}
