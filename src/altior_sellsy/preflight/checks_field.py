"""The custom field «Synchronisation Altior» of Sellsy (guide, «Champs personnalisés»)."""

from collections.abc import Iterator, Sequence

from altior_sellsy.errors import ConnectorError
from altior_sellsy.preflight.catalogue import found
from altior_sellsy.preflight.findings import Finding, Severity, quoted
from altior_sellsy.preflight.paths import SELLSY_FIELDS
from altior_sellsy.preflight.readings import SellsyReadings
from altior_sellsy.sellsy.models import CustomFieldDefinition
from altior_sellsy.values.text import same_text

CODE = "SA"
NAME = "Synchronisation Altior"
DESCRIPTION = (
    "Oui : cette fiche est envoyée dans Altior et reste synchronisée. Non : elle reste uniquement dans Sellsy."
)
USES = {"contact": "contacts", "client": "clients", "prospect": "prospects", "supplier": "fournisseurs"}
_OTHER_USES = {
    "document": "documents de ventes",
    "purchase": "documents d'achats",
    "item": "produits",
    "product": "produits",
    "service": "services",
    "opportunity": "opportunités",
    "ticket": "tickets",
    "task": "tâches",
    "project": "projets",
    "staff": "collaborateurs",
    "site": "sites",
}
FORM = (
    f"type de champ « Oui / Non », nom « {NAME} », code « {CODE} », description « {DESCRIPTION} », obligatoire : Non, "
    "valeur par défaut : Non, affichage : listes et filtres cochés, PDF et descriptions décochés, utilisable sur les "
    "contacts, clients, prospects et fournisseurs seulement"
)
_OPEN = f"Dans Sellsy, {SELLSY_FIELDS}, ouvrez le champ « {NAME} »"


def field(read: SellsyReadings) -> Iterator[Finding]:
    fields = read.custom_fields
    if isinstance(fields, ConnectorError):
        yield found(
            "sellsy_unread_needed",
            f"Les champs personnalisés de Sellsy n'ont pas pu être lus. {fields}",
            "Vérifiez l'autorisation custom-fields.read de l'accès API, puis relancez les vérifications.",
        )
        return
    ours = next((each for each in fields if each.code == CODE), None)
    if ours is None:
        yield _absent(fields)
        return
    if ours.type != "boolean":
        yield found(
            "field_type",
            f"Le champ de code « {CODE} » n'est pas de type « Oui / Non ».",
            f"Le type ne se change pas : dans Sellsy, {SELLSY_FIELDS}, supprimez ce champ, puis ajoutez-le : {FORM}.",
        )
        return
    faults = list(_settings(ours))
    if not any(fault.severity in (Severity.WARNING, Severity.BLOCKING) for fault in faults):
        yield found("field_right", f"Le champ « {NAME} » (code {CODE}, Oui / Non) existe et il est bien réglé.")
    yield from faults
    yield found(
        "field_display",
        "Sellsy ne dit pas où le champ est affiché.",
        f"{_OPEN} et vérifiez : « Afficher dans les listes » et « Afficher dans les filtres » cochés, « Afficher dans "
        "les descriptions » décoché.",
    )


def _absent(fields: Sequence[CustomFieldDefinition]) -> Finding:
    alike = next((each for each in fields if same_text(each.code, CODE) or same_text(each.name, NAME)), None)
    if alike is not None:
        return found(
            "field_code",
            f"Le champ « {alike.name} » existe dans Sellsy, mais avec le code « {alike.code or ''} » au lieu de "
            f"« {CODE} ».",
            f"Dans Sellsy, {SELLSY_FIELDS}, corrigez son code : « {CODE} », en capitales. S'il ne se modifie pas, "
            "supprimez le champ et ajoutez-le de nouveau.",
        )
    return found(
        "field_missing",
        f"Le champ personnalisé « {NAME} » (code {CODE}) n'existe pas dans Sellsy.",
        f"Dans Sellsy, {SELLSY_FIELDS} → Ajouter un champ personnalisé : {FORM}.",
    )


def _settings(ours: CustomFieldDefinition) -> Iterator[Finding]:
    if ours.name != NAME:
        yield found(
            "field_name",
            f"Le champ de code {CODE} s'appelle « {ours.name or ''} » : le connecteur le reconnaît à son code.",
            f"Si vous le souhaitez, renommez-le « {NAME} » dans Sellsy, {SELLSY_FIELDS}.",
        )
    if ours.mandatory:
        yield found(
            "field_mandatory",
            f"« {NAME} » est obligatoire : vos collaborateurs ne pourront plus enregistrer une fiche sans y répondre.",
            f"{_OPEN} et passez « Obligatoire ? » à Non.",
        )
    default = ours.parameters.default_value if ours.parameters else None
    if str(default).lower() in ("true", "1", "y", "yes", "oui"):
        yield found(
            "field_default_yes",
            f"La valeur par défaut de « {NAME} » est Oui. Toute nouvelle fiche Sellsy descendra dans Altior.",
            f"{_OPEN} et passez « Valeur par défaut » à Non.",
        )
    if ours.show_on_pdf:
        yield found(
            "field_on_pdf",
            f"« {NAME} » est affiché sur les PDF : vos clients le liraient sur leurs documents.",
            f"{_OPEN} et décochez « Afficher sur les PDF ».",
        )
    missing = [label for use, label in USES.items() if use not in ours.related_objects]
    if missing:
        yield found(
            "field_use_missing",
            f"« {NAME} » n'est pas utilisable sur les {_listed(missing)} : ces fiches ne pourront pas redescendre.",
            f"{_OPEN} et cochez : {quoted([f'Utilisable sur les {label}' for label in missing])}.",
        )
    elsewhere = list(dict.fromkeys(_OTHER_USES.get(use, use) for use in ours.related_objects if use not in USES))
    if elsewhere:
        yield found(
            "field_use_elsewhere",
            f"« {NAME} » est aussi utilisable ailleurs ({', '.join(elsewhere)}), où il est sans effet et prête à "
            "confusion.",
            f"{_OPEN} et ne gardez que les contacts, clients, prospects et fournisseurs.",
        )
    if not ours.description:
        yield found(
            "field_description",
            f"« {NAME} » n'a pas de description pour vos collaborateurs.",
            f"{_OPEN} et copiez ce texte : « {DESCRIPTION} »",
        )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} et {names[-1]}"
