"""What only both systems together tell: doubles, what Altior requires, collaborators (rules R8, R13, R16)."""

from collections import Counter
from collections.abc import Iterator

from altior_sellsy.altior.port import Requirements, Resource
from altior_sellsy.errors import ConnectorError
from altior_sellsy.preflight.asked import Asked
from altior_sellsy.preflight.catalogue import found
from altior_sellsy.preflight.checks_altior import unread
from altior_sellsy.preflight.checks_data import ticked_companies
from altior_sellsy.preflight.findings import Finding, count, number, quoted
from altior_sellsy.preflight.readings import AltiorReadings, AltiorTiers, SellsyReadings, Tally


def between(asked: Asked, sellsy: SellsyReadings, altior: AltiorReadings) -> Iterator[Finding]:
    """What only both together tell."""
    yield from _doubles(asked, sellsy, altior)
    yield from _requirements(sellsy, altior)
    yield from _staff(asked, sellsy, altior)


def _doubles(asked: Asked, sellsy: SellsyReadings, altior: AltiorReadings) -> Iterator[Finding]:
    if not asked.take("import") or not asked.take("export") or asked.settings["tiers"]["siret"] is True:
        return
    tiers = altior.tiers if isinstance(altior.tiers, AltiorTiers) else None
    shared = {party.siret for party in ticked_companies(sellsy)} & set(tiers.sirets if tiers else ())
    if shared:
        one, several = "existe des deux côtés : un doublon", "existent des deux côtés : autant de doublons"
        outcome = one if len(shared) == 1 else several
        yield found(
            "siret_duplicates",
            f"Le rapprochement sur le SIRET est à Non, alors que {number(len(shared))} SIRET {outcome} à craindre.",
            "Répondez Oui au rapprochement sur le SIRET.",
            cell=asked.cell("tiers_siret"),
        )


_LABELS = {
    "raison_sociale": "raison sociale",
    "forme_juridique": "forme juridique",
    "siret": "SIRET",
    "siren": "SIREN",
    "tva": "numéro de TVA",
    "naf": "code NAF",
    "rcs": "RCS",
    "nom": "nom",
    "prenom": "prénom",
    "civilite": "civilité",
    "fonction": "fonction",
    "telephones": "téléphone",
    "emails": "e-mail",
    "urls": "site web",
    "adresses": "adresse",
    "adresses.code_postal": "code postal de l'adresse",
    "adresses.ville": "ville de l'adresse",
    "adresses.pays": "pays de l'adresse",
    "etablissement": "établissement",
    "nature": "nature (personne morale ou physique)",
    "roles": "rôles (client, prospect, fournisseur)",
    "reference": "référence",
}
_OF_PEOPLE = frozenset(("nom", "prenom", "civilite", "telephones", "emails", "urls", "adresses"))
_OF_COMPANIES = frozenset(
    ("raison_sociale", "siret", "siren", "tva", "naf", "forme_juridique", "capital", "rcs", "reference", "telephones")
) | {"emails", "urls", "adresses"}
_COUNTED: tuple[tuple[Resource, str, str, frozenset[str]], ...] = (
    (
        "tiers",
        "un tiers",
        "companies",
        _OF_COMPANIES,
    ),
    ("tiers", "un tiers", "individuals", _OF_PEOPLE),
    ("contacts", "un contact", "contacts", (_OF_PEOPLE | {"fonction"}) - {"adresses"}),
)
"""Resource, its words, the Sellsy records that become one, and the required fields that those can lack."""


def _requirements(sellsy: SellsyReadings, altior: AltiorReadings) -> Iterator[Finding]:
    shown = set()
    for resource, label, sort, countable in _COUNTED:
        required = altior.requirements.get(resource)
        if resource not in shown:
            shown.add(resource)
            yield from _required(label, required)
        tally = getattr(sellsy, sort)
        if isinstance(required, Requirements) and isinstance(tally, Tally):
            yield from _lacking(label, [path for path in required.required if path in countable], tally)


def _required(label: str, required: Requirements | ConnectorError | None) -> Iterator[Finding]:
    if isinstance(required, ConnectorError):
        yield unread("altior_unread", f"Ce qu'Altior exige sur {label} n'a pas pu être lu", required)
    elif required is not None and required.required:
        names = ", ".join(_LABELS.get(path, path) for path in required.required)
        yield found("requirements_shown", f"Altior exige sur {label} : {names}.")


def _lacking(label: str, paths: list[str], tally: Tally) -> Iterator[Finding]:
    """One finding per field that records at Oui lack."""
    lacking: Counter[str] = Counter()
    for party in tally.parties:
        if party.ticked and not party.archived:
            lacking.update(path for path in paths if path not in party.filled)
    for path, missing in sorted(lacking.items()):
        verb = "n'a" if missing == 1 else "n'ont"
        yield found(
            "requirements_lacking",
            f"{count(missing, 'fiche', 'fiches')} de Sellsy à Oui {verb} rien dans « {_LABELS.get(path, path)} », "
            f"qu'Altior exige sur {label}.",
            "Complétez ces fiches dans Sellsy, ou laissez-les de côté.",
        )


def _staff(asked: Asked, sellsy: SellsyReadings, altior: AltiorReadings) -> Iterator[Finding]:
    if isinstance(sellsy.staffs, ConnectorError):
        yield unread("sellsy_unread", "Les collaborateurs de Sellsy n'ont pas pu être lus", sellsy.staffs)
        return
    if isinstance(altior.users, ConnectorError):
        return
    users = {user.email.strip().lower() for user in altior.users if user.active}
    corrections = asked.settings.get("staff", {})
    alone = []
    for staff in sellsy.staffs:
        email = str(corrections.get(staff.id) or staff.email or "").strip().lower()
        if staff.status in (None, "ok") and email not in users:
            alone.append(" ".join(part for part in (staff.firstname, staff.lastname) if part) or email or staff.id)
    if alone:
        yield found(
            "staff_without_user",
            f"Sans utilisateur actif de même adresse mail dans Altior : {quoted(alone)}. Leurs fiches arrivent dans "
            "Altior sans collaborateur.",
            "Donnez-leur dans Altior un compte actif de même adresse mail.",
        )
