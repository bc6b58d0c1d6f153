"""The custom fields of the affaires, section «Sellsy»: PIPE and ETAP (guide, «Paramètres pour synchronisation des
affaires»). Only needed once a pipeline is configured."""

from collections.abc import Iterator

from altior_sellsy.altior.port import CustomField
from altior_sellsy.errors import ConnectorError
from altior_sellsy.preflight.asked import Asked
from altior_sellsy.preflight.catalogue import found
from altior_sellsy.preflight.checks_altior import unread
from altior_sellsy.preflight.findings import Finding, Repair, french
from altior_sellsy.preflight.paths import ALTIOR_FIELDS
from altior_sellsy.preflight.readings import AltiorReadings
from altior_sellsy.values.text import same_text

SECTION = "Sellsy"
FIELDS = (
    CustomField(SECTION, "Pipeline", "PIPE", "Texte", active=True),
    CustomField(SECTION, "Etape", "ETAP", "Texte", active=True),
)


def custom_fields(asked: Asked, read: AltiorReadings) -> Iterator[Finding]:
    if not asked.uses_deals:
        yield found("deals_not_used", "Synchronisation des affaires : non utilisée (aucun pipeline configuré).")
        return
    if isinstance(read.custom_fields, ConnectorError):
        yield unread(
            "altior_unread_needed", "Les champs personnalisés d'Altior n'ont pas pu être lus", read.custom_fields
        )
        return
    for wanted in FIELDS:
        there = next((each for each in read.custom_fields if each.code == wanted.code), None)
        yield from _absent(wanted) if there is None else _check(wanted, there)


def _absent(wanted: CustomField) -> Iterator[Finding]:
    form = f"nom « {wanted.name} », code « {wanted.code} », type « Texte », « Recherchable » décoché, « Actif » coché"
    yield found(
        "custom_field_missing",
        f"Le champ personnalisé « {wanted.name} » (code {wanted.code}) des affaires n'existe pas dans Altior.",
        f"Créez-le par « preflight NOM --repair », ou à la main : dans Altior, {ALTIOR_FIELDS.guide} → +, "
        f"pour les affaires, section « {SECTION} », {form}, puis Terminer.",
        repair=Repair(
            key=f"champs-personnalises:{wanted.code}",
            sentence=french(
                f"Créer dans Altior, pour les affaires, section « {SECTION} », le champ « {wanted.name} » (code "
                f"{wanted.code}, Texte, actif, non recherchable)."
            ),
            creates=wanted,
        ),
    )


def _check(wanted: CustomField, there: CustomField) -> Iterator[Finding]:
    place = f"Dans Altior, {ALTIOR_FIELDS}, ouvrez « {there.name} »"
    if there.type != "Texte":
        yield found(
            "custom_field_type",
            f"Le champ personnalisé de code {wanted.code} est de type « {there.type} » au lieu de « Texte ».",
            f"{place}, supprimez-le et recréez-le avec le type « Texte ».",
        )
    elif not there.active:
        yield found(
            "custom_field_inactive",
            f"Le champ personnalisé « {there.name} » (code {wanted.code}) est inactif dans Altior.",
            f"{place} et cochez « Actif ».",
        )
    else:
        yield found("custom_field_right", f"« {there.name} » (code {wanted.code}, Texte, actif) existe dans Altior.")
    differences = []
    if not same_text(there.name, wanted.name):
        differences.append(f"s'appelle « {there.name} » au lieu de « {wanted.name} »")
    if not same_text(there.section, SECTION):
        differences.append(f"est dans la section « {there.section} » au lieu de « {SECTION} »")
    if there.searchable:
        differences.append("est « Recherchable » (le guide le laisse décoché)")
    if differences:
        yield found(
            "custom_field_look",
            f"Le champ personnalisé de code {wanted.code} {' et '.join(differences)} : le connecteur fonctionne ainsi.",
        )
