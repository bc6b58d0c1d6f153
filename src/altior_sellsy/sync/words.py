"""The French words of every situation: one table for cards, exclusions, status and `explain`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """`short`: a label for counters. `sentence`: may hold {label} and {detail}. `remedy`: what to do, or empty."""

    short: str
    sentence: str
    remedy: str = ""


SITUATIONS: dict[str, Wording] = {
    "not_ticked": Wording(
        "« Synchronisation Altior » n'est pas à Oui",
        "« {label} » n'est pas dans Altior parce que son champ « Synchronisation Altior » n'est pas à Oui.",
        "Dans Sellsy, ouvrez la fiche et passez « Synchronisation Altior » à Oui.",
    ),
    "gate_off": Wording(
        "Figée : « Synchronisation Altior » n'est pas à Oui",
        "« {label} » est liée, mais figée : « Synchronisation Altior » n'est pas à Oui.",
        "Dans Sellsy, repassez « Synchronisation Altior » à Oui : les modifications seront rattrapées.",
    ),
    "out_of_scope": Wording(
        "Hors périmètre (antérieure à l'activation)",
        "« {label} » existait avant l'activation et la demande ne la reprend pas.",
        "Faites-la entrer à la main, ou passez « Synchronisation Altior » de Non à Oui dans Sellsy.",
    ),
    "archived_sellsy": Wording(
        "Archivée dans Sellsy", "« {label} » est archivée dans Sellsy.", "Désarchivez-la dans Sellsy."
    ),
    "archived_altior": Wording(
        "Archivée dans Altior", "« {label} » est archivée dans Altior.", "Désarchivez-la dans Altior."
    ),
    "role_not_exported": Wording(
        "Type de tiers non exporté",
        "« {label} » ({detail}) n'est pas d'un type que la demande remonte dans Sellsy.",
        "Ajoutez ce type aux tiers à remonter, ou faites entrer cette fiche à la main.",
    ),
    "unlinked": Wording(
        "Déliée", "« {label} » a été déliée : elle n'est ni liée ni créée de nouveau sans vous.", "Liez-la à la main."
    ),
    "left_out": Wording("Laissée de côté par décision", "« {label} » a été laissée de côté par une personne."),
    "duplicate": Wording(
        "Doublon interne",
        "« {label} » est laissée de côté : même SIRET que {detail}.",
        "Choisissez la fiche à garder, ou corrigez le SIRET de l'une d'elles.",
    ),
    "parent": Wording(
        "En attente de son tiers",
        "« {label} » attend que son tiers soit synchronisé{detail}.",
        "Passez « Synchronisation Altior » à Oui sur le tiers.",
    ),
    "answer_awaited": Wording("Réponse en attente", "Une écriture sur « {label} » est en attente de confirmation.", ""),
    "create_open": Wording(
        "Création en attente de confirmation",
        "Une création précédente n'est pas encore confirmée : « {label} » attend pour ne pas faire de doublon.",
    ),
    "quota": Wording("Limite d'appels Sellsy", "« {label} » attend que la limite d'appels Sellsy le permette."),
    "siret_taken": Wording(
        "SIRET déjà lié à une autre fiche",
        "« {label} » porte le même SIRET que {detail}, qui est déjà liée ou archivée : elle n'est pas créée.",
        "Corrigez le SIRET de l'une d'elles, ou choisissez « Créer quand même ».",
    ),
    "siret_exists": Wording(
        "SIRET déjà présent de l'autre côté",
        "Le SIRET de « {label} » existe déjà de l'autre côté : {detail}.",
        "Choisissez « Lier » ou « Créer quand même ».",
    ),
    "siret_ambiguous": Wording(
        "Plusieurs fiches portent ce SIRET",
        "Plusieurs fiches de l'autre côté portent le SIRET de « {label} » : {detail}.",
        "Choisissez la fiche à lier.",
    ),
    "link_impossible": Wording(
        "Lien impossible", "« {label} » ne peut pas être liée à {detail}.", "Choisissez une autre fiche."
    ),
    "stamp_unknown": Wording(
        "Référence Sellsy inconnue",
        "Dans Altior, « {label} » porte la référence {detail}, introuvable dans Sellsy : rien n'est écrit.",
        "Vérifiez que le bon compte Sellsy est connecté ; sinon, retirez cette référence dans Altior.",
    ),
    "stamp_taken": Wording(
        "Référence Sellsy déjà liée",
        "Dans Altior, « {label} » porte la référence {detail}, déjà liée à une autre fiche : rien n'est écrit.",
        "Retirez cette référence de l'une des deux fiches dans Altior.",
    ),
    "stamp_missing": Wording(
        "Référence absente dans Altior",
        "Dans Altior, la fiche liée à « {label} » ne porte plus la référence du lien : rien n'est écrit.",
        "Altior a-t-il été restauré ? Vérifiez que c'est la même fiche, puis liez-la de nouveau ou déliez-la.",
    ),
    "identity": Wording(
        "La fiche Sellsy n'est plus la même",
        "La fiche Sellsy liée à « {label} » n'a plus la même date de création : rien n'est écrit.",
        "Vérifiez que le bon compte Sellsy est connecté, puis liez de nouveau ou déliez.",
    ),
    "create_unsure": Wording(
        "Création à vérifier",
        "La création de « {label} » dans Sellsy n'a pas été confirmée et plusieurs fiches peuvent lui correspondre.",
        "Choisissez la fiche à lier, ou « Créer quand même ».",
    ),
    "refused": Wording(
        "Valeur refusée",
        "Sur « {label} », une valeur a été refusée : {detail} Le reste est synchronisé.",
        "Corrigez la valeur : le cas se ferme de lui-même.",
    ),
    "failed": Wording(
        "Fiche refusée",
        "« {label} » a été refusée : {detail}",
        "Corrigez la fiche : le cas se ferme de lui-même.",
    ),
    "fault": Wording(
        "Échec répété",
        "« {label} » n'a pas pu être synchronisée depuis plus d'une heure : {detail}",
        "Le connecteur continue d'essayer ; vérifiez que Sellsy et Altior répondent.",
    ),
    "oscillating": Wording(
        "Champ au repos",
        "Sur « {label} », ce champ est réécrit tour à tour des deux côtés : le connecteur n'y touche plus.",
        "Dites quel côté a raison, et cherchez ce qui réécrit la valeur.",
    ),
    "gone": Wording(
        "Supprimée d'un côté",
        "« {label} » a été supprimée dans {detail} : les fiches sont déliées, l'autre est laissée telle quelle.",
        "Rien à faire, sauf pour supprimer aussi l'autre fiche.",
    ),
    "held_fields": Wording("Champ retenu", "Sur « {label} », au moins un champ est retenu.", ""),
}


def sentence(code: str, label: str, detail: str = "") -> str:
    wording = SITUATIONS.get(code)
    if wording is None:
        return detail or f"Sur « {label} » : {code}."
    return wording.sentence.format(label=label, detail=detail)


def remedy(code: str) -> str:
    wording = SITUATIONS.get(code)
    return wording.remedy if wording else ""


def short(code: str) -> str:
    wording = SITUATIONS.get(code)
    return wording.short if wording else code
