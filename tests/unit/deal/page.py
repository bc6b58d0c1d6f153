"""`docs/reference/situations.fr.md`, made of the situations. `python -m tests.unit.deal.page` writes it."""

from pathlib import Path

from altior_sellsy.kinds.deal.milestones import MILESTONES, Direction
from altior_sellsy.sync import words
from tests.unit.deal.situations import STEPS, WITH, WITHOUT, Affaire, Deal, Outcome, Situation

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "situations.fr.md"
STATUSES = {
    "open": "en cours",
    "late": "en retard",
    "won": "gagnée",
    "lost": "perdue",
    "cancelled": "annulée",
    "closed": "« closed »",
}
ETATS = {
    "en_cours": "en cours",
    "gagnee": "gagnée",
    "terminee": "terminée",
    "perdue": "perdue",
    "annulee": "annulée",
}
SENSES = {Direction.TO_ALTIOR: "Sellsy → Altior", Direction.TO_SELLSY: "Altior → Sellsy", Direction.BOTH: "les deux"}
DEVIS = {"": "", "brouillon": "devis en brouillon", "envoye": "devis envoyé"}
STEP_LISTS = {"reordered": "étapes réordonnées", "one more": "une étape de plus"}
MEANWHILE = {
    "order_against_lost": "rien n'est écrit",
    "won_against_lost": "rien n'est écrit",
    "deal_status": "ses événements attendent",
    "other_establishment": "l'affaire garde son établissement, PIPE et ETAP suivent",
    "client_changed": "l'affaire garde son tiers",
}
ACTIONS = {"create": "L'affaire est créée", "exclude": "Exclue", "ask": "Cas à traiter", "wait": "En attente"}


def page() -> str:
    lines = [
        "# Situations d'une affaire",
        "",
        "Ce qui se passe selon l'état de l'opportunité dans Sellsy, de l'affaire dans Altior et de la configuration. "
        "Cette page est produite à partir des mêmes données que les tests qui vérifient chaque ligne.",
        "",
        "## Les quatre événements",
        "",
        "| N° | Événement | Atteint dans Sellsy | Atteint dans Altior | Sens |",
        "|---|---|---|---|---|",
        *(f"| {m.number} | {m.title} | {m.sellsy} | {m.altior} | {SENSES[m.direction]} |" for m in MILESTONES),
        "",
        "Un événement ne se déclenche qu'une fois par affaire et par côté, et ne ramène jamais rien en arrière. Un "
        "côté trouvé en deçà d'un événement déjà déclenché y a été ramené par une personne : rien n'est écrit "
        "(« recul »).",
        "",
        "Dans les exemples, le pipeline « Commercial » a les étapes "
        + " → ".join(STEPS.values())
        + " ; les événements "
        "1 à 4 sont liés à Proposition envoyée, Négociation, Commande signée et Livraison. Le pipeline « Grands "
        "comptes » est rattaché à un autre établissement ; « Marchés publics » n'est pas configuré.",
        "",
        "## Sans affaire",
        "",
        *_table(WITHOUT, 1),
        "",
        "## Avec une affaire",
        "",
        *_table(WITH, len(WITHOUT) + 1),
        "",
    ]
    return _french("\n".join(lines))


def _table(situations: tuple[Situation, ...], first: int) -> list[str]:
    return [
        "| N° | Situation | Dans Sellsy | Dans Altior | Configuration | Ce qui se passe |",
        "|---|---|---|---|---|---|",
        *(
            f"| {number} | {one.title} | {_deal(one.deal)} | {_affaire(one)} | {one.configuration.title} | "
            f"{_outcome(one.outcome)} |"
            for number, one in enumerate(situations, first)
        ),
    ]


def _deal(deal: Deal) -> str:
    said = [f"{deal.pipeline}, {STEPS[deal.step]}", STATUSES[deal.status], STEP_LISTS.get(deal.steps, "")]
    said.append("existait avant l'activation" if deal.old else "")
    said.append("sans tiers" if not deal.third_party else "")
    said.append(f"« Synchronisation Altior » du tiers : {deal.sa}" if deal.sa != "Oui" else "")
    said.append("autre client" if deal.other_client else "")
    return ", ".join(filter(None, said))


def _affaire(situation: Situation) -> str:
    affaire: Affaire | None = situation.affaire
    if affaire is None:
        tiers = "" if situation.deal.paired or not situation.deal.third_party else "tiers absent"
        typed = f"affaire « {situation.typed} » saisie à la main" if situation.typed else ""
        return ", ".join(filter(None, (tiers, typed))) or "pas d'affaire"
    said = [ETATS[affaire.etat], DEVIS[affaire.devis], "commande" if affaire.ordered else ""]
    if situation.before.fired > 1:
        said.append(f"événement {situation.before.fired} déjà déclenché")
    if situation.before.status != "open":
        said.append(f"dernier accord : {STATUSES[situation.before.status]}")
    return ", ".join(filter(None, said))


def _outcome(outcome: Outcome) -> str:
    if outcome.action:
        why = _lower(words.short(outcome.code)) if outcome.code else ""
        return ACTIONS[outcome.action] + (f" : {why}" if why else "")
    said = []
    if "step" in outcome.sellsy:
        said.append(f"Sellsy : étape « {STEPS[str(outcome.sellsy['step'])]} »")
    if outcome.sellsy.get("won"):
        said.append("Sellsy : gagnée")
    if "status" in outcome.sellsy:
        said.append(f"Sellsy : {STATUSES[str(outcome.sellsy['status'])]}")
    if "etat" in outcome.altior:
        said.append(f"Altior : {ETATS[outcome.altior['etat']]}")
    if "status" in outcome.altior:
        said.append(f"Altior : {STATUSES[outcome.altior['status']]}")
    if "third_party" in outcome.altior:
        said.append("Altior : le tiers suit")
    said += [f"Cas à traiter : {_lower(words.short(code))} ; {MEANWHILE[code]}" for code in outcome.cards]
    if outcome.code:
        said.append(f"{words.short(outcome.code)} : rien n'est écrit")
    return " ; ".join(said) or "Rien"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _french(text: str) -> str:
    for mark in ":;?!»":
        text = text.replace(f" {mark}", f"\N{NO-BREAK SPACE}{mark}")
    return text.replace("« ", "«\N{NO-BREAK SPACE}")


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
