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
    "brought": Wording(
        "Amenée par son opportunité",
        "« {label} » redescendra : {detail}.",
    ),
    "gate_off": Wording(
        "Figée : « Synchronisation Altior » n'est pas à Oui",
        "« {label} » est liée, mais figée : « Synchronisation Altior » n'est pas à Oui.",
        "Dans Sellsy, repassez « Synchronisation Altior » à Oui : les modifications seront rattrapées.",
    ),
    "out_of_scope": Wording(
        "Hors périmètre (antérieure à l'activation)",
        "« {label} » existait avant l'activation et la demande ne la reprend pas.",
        "Passez « Synchronisation Altior » de Non à Oui dans Sellsy, ou faites-la entrer : « altior-sellsy decide NOM "
        "RÉFÉRENCE let_in --by … ».",
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
        "Si elle doit remonter, faites-la entrer : « altior-sellsy decide NOM RÉFÉRENCE let_in --by … ».",
    ),
    "unlinked": Wording(
        "Déliée",
        "« {label} » a été déliée : elle n'est ni liée ni créée de nouveau sans vous.",
        "Liez-la : « altior-sellsy decide NOM RÉFÉRENCE link --to RÉFÉRENCE --by … ».",
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
    "no_last_name": Wording(
        "Contact sans nom",
        "Le contact « {label} » n'a pas de nom de famille : il n'est pas créé de l'autre côté.",
        "Renseignez son nom.",
    ),
    "no_third_party": Wording(
        "Contact sans tiers",
        "Le contact « {label} » n'est rattaché à aucun tiers : il n'est pas créé de l'autre côté.",
        "Rattachez-le à un client, un prospect ou un fournisseur synchronisé.",
    ),
    "individual_person": Wording(
        "Personne d'un particulier",
        "« {label} » est la personne d'un particulier, déjà synchronisé comme tiers : elle ne l'est pas comme contact.",
        "Rien à faire, sauf pour la rattacher aussi à une société.",
    ),
    "individual_contact": Wording(
        "Contact d'un particulier",
        "« {label} » est le contact d'un particulier : Sellsy ne permet plus d'y rattacher un contact par l'API.",
        "Créez ce contact à la main dans Sellsy, ou rattachez-le à une société dans Altior.",
    ),
    "same_tiers": Wording(
        "Même tiers qu'une autre fiche",
        "« {label} » rejoindra le tiers de {detail} : même SIRET, autre volet.",
    ),
    "blocked": Wording(
        "Tiers bloqué en comptabilité",
        "« {label} » attend : dans Altior, son tiers est bloqué en comptabilité.",
        "Débloquez-le dans Altior : ce qui attend sera rattrapé.",
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
    "siret_hidden": Wording(
        "Une fiche du même SIRET ne se voit pas",
        "« {label} » a le même SIRET que {detail}, déjà connue, qui ne se voit pas de l'autre côté : supprimée, cachée "
        "ou tout juste créée, on ne le sait pas encore. Une seconde fiche n'est pas créée à côté d'elle.",
        "Patientez un quart d'heure. Si la carte reste, vérifiez les droits de l'accès ; si l'autre fiche a été "
        "supprimée, déliez-la si elle était liée, ou choisissez « Créer quand même ».",
    ),
    "link_decided": Wording(
        "Attend d'être liée, par décision d'une personne",
        "« {label} » attend d'être liée à {detail}, comme une personne l'a décidé.",
        "Rien à faire ; pour changer d'avis, décidez autrement de l'autre fiche.",
    ),
    "to_approve": Wording(
        "Attend l'approbation de la première synchronisation",
        "« {label} » fait partie de l'aperçu de la première synchronisation : elle attend son approbation.",
        "Approuvez l'aperçu entier : « altior-sellsy initialise NOM --yes --by … ».",
    ),
    "plan_changed": Wording(
        "À revoir : ce n'est plus ce qui a été approuvé",
        "« {label} » a changé depuis l'aperçu : {detail}.",
        "Choisissez « Lier », « Créer quand même » ou « Laisser de côté ».",
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
    "made_beside": Wording(
        "Fiche créée en double",
        "« {label} » a été créée dans Sellsy, mais sa fiche Altior est liée à une autre ou n'existe plus : "
        "elle reste seule.",
        "Supprimez-la dans Sellsy si elle fait double emploi, ou liez-la.",
    ),
    "refused": Wording(
        "Valeur refusée",
        "Sur « {label} », une valeur a été refusée : {detail} Le reste est synchronisé.",
        "Corrigez la valeur : le cas se ferme de lui-même.",
    ),
    "archived_role": Wording(
        "Archivée dans Sellsy, tiers qui sert à la vente et à l'achat",
        "« {label} » est archivée dans Sellsy, mais son tiers sert dans Altior à la vente et à l'achat : il n'est pas "
        "archivé.",
        "Archivez le tiers dans Altior s'il ne sert plus, ou désarchivez la fiche dans Sellsy.",
    ),
    "archived_in_use": Wording(
        "Archivée dans Sellsy, affaires dans Altior",
        "« {label} » est archivée dans Sellsy, mais son tiers a des affaires dans Altior : il n'est pas archivé.",
        "Archivez le tiers dans Altior si elles sont terminées, ou désarchivez la fiche dans Sellsy.",
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
    "gone_unsure": Wording(
        "Supprimée ou invisible",
        "« {label} » ne se voit plus dans {detail}, et aucune autre fiche connue du même genre n'y répond : supprimée, "
        "ou cachée par un changement de droits. Rien n'est écrit ni délié.",
        "Vérifiez les droits de l'accès ; si la fiche a été supprimée, déliez-la.",
    ),
    "unreadable": Wording(
        "Fiche illisible",
        "« {label} » est dans un état que le connecteur ne sait pas lire dans {detail} : rien n'est écrit.",
        "Ouvrez la fiche et enregistrez-la de nouveau ; si le cas demeure, signalez-le à votre intégrateur.",
    ),
    "stopped": Wording(
        "Synchronisation arrêtée", "{detail}", "Réglez la cause, puis reprenez l'environnement : rien n'est perdu."
    ),
    "wrong_account": Wording(
        "Un autre compte répond", "{detail}", "Remettez les accès du bon compte, puis reprenez l'environnement."
    ),
    "other_records": Wording(
        "Les fiches ne sont plus les mêmes",
        "{detail}",
        "Vérifiez que le bon compte Sellsy et le bon Altior sont connectés. Si l'un d'eux a été restauré, reprenez "
        "l'environnement : chacune de ces fiches devient un cas à traiter, les autres continuent.",
    ),
    "rewrites_many": Wording(
        "Beaucoup de fiches allaient être réécrites",
        "{detail}",
        "Regardez ce qui a changé en nombre (import, liste réordonnée, correspondance). Si c'est voulu, reprenez "
        "l'environnement : la suite sera écrite.",
    ),
    "missing_many": Wording(
        "Beaucoup de fiches ne sont plus visibles",
        "{detail}",
        "Vérifiez les droits du collaborateur lié à l'accès API ou de l'utilisateur de référence. Si ces fiches ont "
        "bien été supprimées, reprenez l'environnement.",
    ),
    "other_webhook": Wording(
        "Notification d'un autre compte",
        "{detail}",
        "Dans cet autre compte Sellsy, supprimez le webhook qui vise le connecteur.",
    ),
    "affaire_stays": Wording(
        "Affaire née dans Altior",
        "« {label} » est née dans Altior : les affaires d'Altior ne remontent pas dans Sellsy.",
    ),
    "before_event_1": Wording(
        "Avant l'événement 1",
        "« {label} » est à l'étape « {detail} » : elle n'a pas encore atteint l'étape qui crée l'affaire.",
        "Dans Sellsy, faites avancer l'opportunité jusqu'à cette étape : l'affaire sera créée.",
    ),
    "pipeline_not_configured": Wording(
        "Pipeline hors périmètre",
        "« {label} » est dans le pipeline « {detail} », qui n'est pas configuré : elle n'est pas synchronisée.",
        "Rien à faire, sauf pour ajouter ce pipeline à l'événement 1 de la demande.",
    ),
    "pipeline_paused": Wording(
        "Pipeline en pause",
        "« {label} » attend : les étapes du pipeline « {detail} » ont changé dans Sellsy depuis la validation.",
        "Vérifiez les événements de ce pipeline, puis validez de nouveau la demande et lancez les vérifications ; rien "
        "n'est perdu.",
    ),
    "pipeline_changed": Wording(
        "Étapes d'un pipeline modifiées",
        "Les étapes du pipeline « {label} » ont changé dans Sellsy depuis la validation : ses affaires sont en pause.",
        "Remettez les étapes dans leur ordre, ou validez de nouveau la demande puis lancez les vérifications ; rien "
        "n'est perdu.",
    ),
    "lost_before_affaire": Wording(
        "Perdue ou annulée avant l'affaire",
        "« {label} » a été perdue ou annulée dans Sellsy avant d'avoir une affaire : aucune n'est créée.",
        "Si elle reprend, rouvrez-la dans Sellsy.",
    ),
    "status_before_affaire": Wording(
        "Statut inconnu avant l'affaire",
        "« {label} » a dans Sellsy le statut « {detail} », que le connecteur ne sait pas lire : aucune affaire n'est "
        "créée.",
        "Remettez l'opportunité « En cours » dans Sellsy.",
    ),
    "deal_out_of_scope": Wording(
        "Hors périmètre (antérieure à l'activation)",
        "« {label} » existait avant l'activation, et la demande ne reprend pas les opportunités existantes.",
        "Faites-la entrer : « altior-sellsy decide NOM RÉFÉRENCE let_in --by … ».",
    ),
    "deal_without_third_party": Wording(
        "Opportunité sans tiers",
        "« {label} » n'a ni société ni particulier dans Sellsy : une affaire ne peut pas exister sans tiers.",
        "Dans Sellsy, liez l'opportunité à une société ou à un particulier.",
    ),
    "grace_delay": Wording(
        "Délai avant création de l'affaire",
        "« {label} » a atteint l'étape qui crée l'affaire ; elle y reste {detail} avant que l'affaire soit créée.",
        "Rien à faire ; ramenez la carte en arrière dans Sellsy si elle a été déplacée par erreur.",
    ),
    "deal_third_party": Wording(
        "En attente de son tiers",
        "« {label} » attend que son tiers{detail} soit lié dans Altior : l'affaire sera créée aussitôt après.",
        "Rien à faire : le connecteur fait descendre ce tiers. Si l'attente dure, « explain » sur le tiers en dit la "
        "raison.",
    ),
    "third_party_taken_back": Wording(
        "Tiers retiré de la synchronisation",
        "« {label} » a atteint l'étape qui crée l'affaire, mais « Synchronisation Altior » a été retirée de {detail}.",
        "Dans Sellsy, repassez « Synchronisation Altior » à Oui sur ce tiers, ou laissez l'opportunité de côté.",
    ),
    "affaire_alike": Wording(
        "Affaire déjà saisie dans Altior ?",
        "Une affaire du même tiers ressemble à « {label} » : {detail}.",
        "Choisissez « Lier », « Créer quand même » ou « Laisser de côté ».",
    ),
    "other_establishment": Wording(
        "Pipeline d'un autre établissement",
        "« {label} » est maintenant dans le pipeline « {detail} », rattaché à un autre établissement que son affaire.",
        "L'affaire reste dans son établissement : changez-le dans Altior, ou remettez l'opportunité dans son pipeline.",
    ),
    "deal_status": Wording(
        "Statut inconnu",
        "« {label} » a dans Sellsy le statut « {detail} », que le connecteur ne sait pas lire : ses événements "
        "attendent.",
        "Donnez-lui dans Sellsy le statut En cours, Gagnée, Perdue ou Annulée.",
    ),
    "order_against_lost": Wording(
        "Commande contre opportunité perdue",
        "Dans Altior « {label} » a sa commande ou est gagnée, alors que dans Sellsy elle est {detail} : rien n'est "
        "écrit.",
        "Rouvrez l'opportunité dans Sellsy, ou passez l'affaire à l'état perdue ou annulée dans Altior.",
    ),
    "won_against_lost": Wording(
        "Gagnée dans Sellsy, perdue dans Altior",
        "« {label} » vient d'être gagnée dans Sellsy alors que dans Altior elle est {detail} : rien n'est écrit.",
        "Remettez l'affaire en cours dans Altior, ou rouvrez l'opportunité dans Sellsy : l'autre côté suivra.",
    ),
    "client_changed": Wording(
        "Client changé après un devis",
        "Le client de « {label} » a changé dans Sellsy, mais l'affaire a déjà un devis : elle garde son tiers.",
        "Changez le tiers de l'affaire dans Altior, ou remettez l'ancien client dans Sellsy.",
    ),
    "recul": Wording(
        "Recul laissé par une personne",
        "« {label} » a été ramenée en arrière ({detail}) : le connecteur n'y touche pas.",
    ),
    "followed_no_more": Wording(
        "Suivi arrêté",
        "« {label} » est close dans Sellsy depuis longtemps : le connecteur ne la cherche plus. Une modification y est "
        "encore suivie si Sellsy ou Altior la signale.",
        "Rien à faire ; rouverte dans Sellsy, l'opportunité est suivie de nouveau.",
    ),
    "held_fields": Wording("Champ retenu", "Sur « {label} », au moins un champ est retenu.", ""),
}


def sentence(code: str, label: str, detail: str = "") -> str:
    wording = SITUATIONS.get(code)
    if wording is None:
        return detail or f"Sur « {label} » : {code}."
    return wording.sentence.format(label=label, detail=detail)


def of_field(code: str) -> str:
    """The situation of a field that is held: its own where it has one; most are values that were refused."""
    return code if code in SITUATIONS else "refused"


def remedy(code: str) -> str:
    wording = SITUATIONS.get(code)
    return wording.remedy if wording else ""


def short(code: str) -> str:
    wording = SITUATIONS.get(code)
    return wording.short if wording else code
