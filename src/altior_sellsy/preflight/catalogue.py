"""Every result that the checks can give: one list for the checks, their tests and the documentation.

A code has one severity. `statement`: the guide's statement (rules, section 1) that it verifies.
"""

from dataclasses import dataclass

from altior_sellsy.preflight.findings import Finding, Repair, Severity, Where, french

OK, NOTICE, EYE, WARNING, BLOCKING = (
    Severity.OK,
    Severity.NOTICE,
    Severity.EYE,
    Severity.WARNING,
    Severity.BLOCKING,
)
SELLSY, ALTIOR, REQUEST = Where.SELLSY, Where.ALTIOR, Where.REQUEST


@dataclass(frozen=True, slots=True)
class Entry:
    statement: int
    severity: Severity
    where: Where
    title: str


CATALOGUE: dict[str, Entry] = {
    # Access to Sellsy (statements 4, 15 to 23)
    "sellsy_refused": Entry(23, BLOCKING, SELLSY, "Connexion à Sellsy"),
    "sellsy_unavailable": Entry(15, BLOCKING, SELLSY, "Connexion à Sellsy"),
    "sellsy_unread": Entry(21, WARNING, SELLSY, "Lecture de Sellsy"),
    "sellsy_unread_needed": Entry(21, BLOCKING, SELLSY, "Lecture de Sellsy"),
    "access_shown": Entry(18, OK, SELLSY, "Accès API"),
    "access_unread": Entry(18, BLOCKING, SELLSY, "Accès API"),
    "access_not_personal": Entry(17, BLOCKING, SELLSY, "Type d'accès"),
    "access_delegated": Entry(20, WARNING, SELLSY, "Accès délégué"),
    "collaborator_tied": Entry(19, NOTICE, SELLSY, "Collaborateur lié à l'accès"),
    "collaborator_not_active": Entry(19, WARNING, SELLSY, "Collaborateur lié à l'accès"),
    "sellsy_not_administrator": Entry(4, BLOCKING, SELLSY, "Droits dans Sellsy"),
    "sellsy_administrator_unknown": Entry(4, EYE, SELLSY, "Droits dans Sellsy"),
    "account_matches": Entry(16, OK, REQUEST, "ID du compte"),
    "account_differs": Entry(16, WARNING, REQUEST, "ID du compte"),
    "account_unknown": Entry(16, EYE, REQUEST, "ID du compte"),
    "account_changed": Entry(16, BLOCKING, SELLSY, "Compte Sellsy"),
    "scopes_complete": Entry(21, OK, SELLSY, "Autorisations"),
    "scopes_missing": Entry(21, BLOCKING, SELLSY, "Autorisations"),
    "scopes_others": Entry(21, NOTICE, SELLSY, "Autorisations"),
    # The custom field (26 to 32)
    "field_right": Entry(28, OK, SELLSY, "Champ « Synchronisation Altior »"),
    "field_missing": Entry(27, BLOCKING, SELLSY, "Champ « Synchronisation Altior »"),
    "field_code": Entry(28, BLOCKING, SELLSY, "Code du champ"),
    "field_type": Entry(28, BLOCKING, SELLSY, "Type de champ"),
    "field_name": Entry(28, NOTICE, SELLSY, "Nom du champ"),
    "field_mandatory": Entry(30, WARNING, SELLSY, "Champ obligatoire"),
    "field_default_yes": Entry(30, WARNING, SELLSY, "Valeur par défaut"),
    "field_on_pdf": Entry(31, WARNING, SELLSY, "Affichage sur les PDF"),
    "field_use_missing": Entry(32, BLOCKING, SELLSY, "Utilisation du champ"),
    "field_use_elsewhere": Entry(32, WARNING, SELLSY, "Utilisation du champ"),
    "field_display": Entry(31, EYE, SELLSY, "Affichage du champ"),
    "field_description": Entry(29, NOTICE, SELLSY, "Description du champ"),
    # Altior: environment, reference user, établissements (6, 9, 12, 13, 14)
    "altior_not_opened": Entry(14, NOTICE, ALTIOR, "Accès Altior"),
    "altior_refused": Entry(14, BLOCKING, ALTIOR, "Accès Altior"),
    "altior_unavailable": Entry(14, BLOCKING, ALTIOR, "Accès Altior"),
    "altior_unread": Entry(14, WARNING, ALTIOR, "Lecture d'Altior"),
    "altior_unread_needed": Entry(14, BLOCKING, ALTIOR, "Lecture d'Altior"),
    "environment_matches": Entry(6, OK, ALTIOR, "Environnement"),
    "environment_unknown": Entry(6, BLOCKING, REQUEST, "Environnement"),
    "user_right": Entry(9, OK, ALTIOR, "Utilisateur de référence"),
    "user_unknown": Entry(9, BLOCKING, REQUEST, "Utilisateur de référence"),
    "user_inactive": Entry(9, BLOCKING, ALTIOR, "Utilisateur de référence"),
    "user_rights": Entry(9, BLOCKING, ALTIOR, "Utilisateur de référence"),
    "establishment_right": Entry(12, OK, REQUEST, "Établissement"),
    "establishment_taken": Entry(12, NOTICE, REQUEST, "Établissement"),
    "establishment_none": Entry(12, BLOCKING, ALTIOR, "Établissement"),
    "establishment_unknown": Entry(13, BLOCKING, REQUEST, "Établissement"),
    "establishment_twice": Entry(13, BLOCKING, ALTIOR, "Établissement"),
    # The seven lists (36 to 39)
    "list_complete": Entry(36, OK, ALTIOR, "Mapping des informations"),
    "list_value_missing": Entry(39, BLOCKING, ALTIOR, "Mapping des informations"),
    "list_value_by_hand": Entry(38, BLOCKING, ALTIOR, "Mapping des informations"),
    "list_value_spelt": Entry(36, BLOCKING, ALTIOR, "Mapping des informations"),
    "list_abbreviation": Entry(38, WARNING, ALTIOR, "Abréviation"),
    # PIPE and ETAP (41, 42)
    "deals_not_used": Entry(45, OK, REQUEST, "Affaires"),
    "custom_field_right": Entry(42, OK, ALTIOR, "Champs personnalisés PIPE et ETAP"),
    "custom_field_missing": Entry(41, BLOCKING, ALTIOR, "Champs personnalisés PIPE et ETAP"),
    "custom_field_type": Entry(42, BLOCKING, ALTIOR, "Champs personnalisés PIPE et ETAP"),
    "custom_field_inactive": Entry(42, BLOCKING, ALTIOR, "Champs personnalisés PIPE et ETAP"),
    "custom_field_look": Entry(42, NOTICE, ALTIOR, "Champs personnalisés PIPE et ETAP"),
    # Pipelines and steps (44 to 48)
    "pipelines_right": Entry(46, OK, REQUEST, "Pipelines et étapes"),
    "pipeline_unknown": Entry(46, BLOCKING, REQUEST, "Nom du pipeline"),
    "pipeline_twice": Entry(46, BLOCKING, SELLSY, "Nom du pipeline"),
    "step_unknown": Entry(46, BLOCKING, REQUEST, "Nom de l'étape"),
    "step_twice": Entry(46, BLOCKING, SELLSY, "Nom de l'étape"),
    "steps_same": Entry(47, BLOCKING, REQUEST, "Ordre des étapes"),
    "steps_order": Entry(47, BLOCKING, REQUEST, "Ordre des étapes"),
    "name_changed": Entry(46, NOTICE, SELLSY, "Nom changé dans Sellsy"),
    "steps_moved": Entry(47, BLOCKING, SELLSY, "Ordre des étapes"),
    "row_establishment_blank": Entry(13, BLOCKING, REQUEST, "Établissement de rattachement"),
    "row_establishment_unknown": Entry(44, BLOCKING, REQUEST, "Établissement de rattachement"),
    "pipelines_unused": Entry(48, NOTICE, SELLSY, "Pipelines non configurés"),
    # The data (33 to 35, 43)
    "ticked_counted": Entry(34, OK, SELLSY, "Fiches à synchroniser"),
    "ticked_none": Entry(34, WARNING, SELLSY, "Fiches à synchroniser"),
    "sa_not_in_lists": Entry(34, WARNING, SELLSY, "« Synchronisation Altior » dans les listes"),
    "ticked_unknown": Entry(34, NOTICE, SELLSY, "Fiches à synchroniser"),
    "ticked_out_of_scope": Entry(34, WARNING, SELLSY, "Fiches à synchroniser"),
    "export_counted": Entry(33, NOTICE, ALTIOR, "Export des tiers"),
    "siret_duplicates": Entry(35, WARNING, REQUEST, "Rapprochement sur le SIRET"),
    "duplicates_inside": Entry(35, WARNING, SELLSY, "Doublons internes"),
    "altior_duplicates_inside": Entry(35, WARNING, ALTIOR, "Doublons internes"),
    "deals_counted": Entry(43, NOTICE, SELLSY, "Opportunités"),
    "requirements_shown": Entry(34, NOTICE, ALTIOR, "Champs obligatoires d'Altior"),
    "requirements_lacking": Entry(34, WARNING, SELLSY, "Champs obligatoires d'Altior"),
    "mandatory_fields": Entry(33, WARNING, SELLSY, "Champs obligatoires de Sellsy"),
    "staff_without_user": Entry(38, NOTICE, ALTIOR, "Collaborateurs"),
    "quota_shown": Entry(33, NOTICE, SELLSY, "Limite d'appels Sellsy"),
    "quota_narrow": Entry(33, WARNING, SELLSY, "Limite d'appels Sellsy"),
    "estimate": Entry(33, NOTICE, SELLSY, "Première synchronisation"),
}


def found(
    code: str, sentence: str, remedy: str = "", *, cell: str | None = None, repair: Repair | None = None
) -> Finding:
    """The finding of that code, in French typography. Raises KeyError for a code that the catalogue does not hold."""
    entry = CATALOGUE[code]
    return Finding(
        code,
        entry.severity,
        entry.statement,
        french(entry.title),
        french(sentence),
        french(remedy),
        entry.where,
        cell,
        repair,
    )
