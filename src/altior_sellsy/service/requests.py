"""The life of a request (rules 5.3): Brouillon → Envoyée → À corriger ⇄ Envoyée → Validée, numbered, with who and
when. Each activation keeps the version it was made from; a new version shows what differs from the one in force."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from altior_sellsy.clock import Clock
from altior_sellsy.errors import Final
from altior_sellsy.ledger.model import JournalEntry, RequestVersion
from altior_sellsy.ledger.port import Changes, Ledger
from altior_sellsy.request.answers import Problem
from altior_sellsy.request.fields import EVENTS, INPUTS
from altior_sellsy.request.mapping import LINES, line
from altior_sellsy.request.model import Request
from altior_sellsy.request.reading import read
from altior_sellsy.service.person import named
from altior_sellsy.service.pipelines import CODE as PIPELINE_CHANGED
from altior_sellsy.values.text import fold


class RequestState(StrEnum):
    SENT = "sent"
    TO_CORRECT = "to_correct"
    VALIDATED = "validated"

    @property
    def label(self) -> str:
        return {"sent": "Envoyée", "to_correct": "À corriger", "validated": "Validée"}[self.value]


@dataclass(frozen=True, slots=True)
class Difference:
    """`label`: what the answer is called on the form. Values as text; empty for none."""

    label: str
    before: str
    after: str


LABELS = {
    "client": "Client",
    "environment": "Environnement",
    "referent": "Référent intégration",
    "reference_user": "Utilisateur de référence sur Altior",
    "establishment": "Nom de l'établissement sur Altior",
    "account_id": "ID du compte",
    "tiers.export": "Export des tiers Altior vers Sellsy",
    "tiers.import": "Import des tiers Sellsy vers Altior",
    "tiers.siret": "Rapprochement sur le SIRET",
    "tiers.archiving": "Archivage suivi de l'autre côté",
    "tiers.contact_notes": "Notes des contacts synchronisées",
    "deals.import": "Import des opportunités Sellsy vers Altior",
    "deals.grace_minutes": "Délai avant la création d'une affaire (en minutes)",
    "sellsy.client_id": "API V2 - Client ID",
}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Between two versions' answers (`Request.masked()`), in the form's words."""
    old, new = dict(_flat(before)), dict(_flat(after))
    found = []
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key) and (label := _label(key)):
            found.append(Difference(label, _shown(old.get(key)), _shown(new.get(key))))
    return found


def _flat(answers: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, value in answers.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            pairs += _flat(value, f"{path}.")
        else:
            pairs.append((path, value))
    return pairs


def _label(key: str) -> str:
    if key in LABELS:
        return LABELS[key]
    if key.startswith("mapping."):
        number = key.removeprefix("mapping.")
        one = line(number)
        return f"Mapping {number} ({one.sellsy})"
    if key.startswith("deals.events."):
        return f"Événement {key.removeprefix('deals.events.')}"
    return ""


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    if isinstance(value, list):
        return " ; ".join(" → ".join(str(part) for part in row.values()) for row in value)
    return str(value)


def submit(
    ledger: Ledger, path: Path, who: str, clock: Clock
) -> tuple[RequestVersion, list[Difference], list[Problem]]:
    """A new version of the request of an existing environment. Nothing of it is in force before it is validated.

    Raises Final when nobody is named, when the document has errors, is another environment's, or names another Sellsy
    account than the one of an active environment (all its pairs would be void)."""
    who = named(who)
    request, problems = read(path)
    errors = [p for p in problems if p.severity == "error"]
    if request is None or errors:
        raise Final(
            f"La demande « {path.name} » contient {len(errors)} erreur(s) : lancez « altior-sellsy request check "
            f"{path.name} » pour voir les cellules à corriger. Rien n'a été enregistré."
        )
    environment = ledger.environment()
    _same_environment(request, environment.name)
    if environment.activated_at and request.account_id != environment.account_id:
        raise Final(
            f"Le compte Sellsy de « {environment.client} » ne peut plus changer ({environment.account_id} → "
            f"{request.account_id}) : toutes les fiches liées seraient perdues. Créez un autre environnement."
        )
    now = clock.now()
    versions = ledger.request_versions()
    if not versions:  # older versions could add half an environment
        raise Final(
            f"L'environnement « {environment.name} » n'a été ajouté qu'à moitié : retirez-le (« altior-sellsy "
            f'environment remove {environment.name} --by "Prénom Nom" »), puis ajoutez-le de nouveau.'
        )
    answers = request.masked()
    version = RequestVersion(_number(versions), now, who, answers, RequestState.SENT.value)
    ledger.add_request_version(version)
    before = in_force(ledger)
    return version, differences(before.answers if before else {}, answers), problems


def _same_environment(request: Request, name: str) -> None:
    if request.slug != name:
        raise Final(
            f"Cette demande est celle de l'environnement « {request.slug} », et non de « {name} » : vérifiez la "
            "cellule « Environnement »."
        )


def _number(versions: Sequence[RequestVersion]) -> str:
    """`DEM-2026-0042` → the environment's own number, with its version: `DEM-2026-0042-2`."""
    numbers = list(dict.fromkeys(v.number for v in versions))
    return f"{numbers[0]}-{len(numbers) + 1}"


def in_force(ledger: Ledger) -> RequestVersion | None:
    """The last validated version: the one that the settings were made from."""
    return next((v for v in reversed(ledger.request_versions()) if v.state == RequestState.VALIDATED.value), None)


def validate(ledger: Ledger, number: str, by: str, clock: Clock) -> RequestVersion:
    """Puts a version in force: its settings are the environment's from the next look on. What was resolved against
    Sellsy (pipelines, steps and their order) is kept while the events are the same, unless a pipeline is paused since
    its steps have changed: whoever validates then approves them as they are, and the checks resolve them again.
    Raises Final."""
    by = named(by)
    version = _version(ledger, number)
    if version.state == RequestState.VALIDATED.value:
        raise Final(f"La demande {number} est déjà validée.")
    settings = {name: version.answers[name] for name in SETTINGS if name in version.answers}
    before = ledger.environment().settings
    same = before.get("deals", {}).get("events") == settings.get("deals", {}).get("events")
    if "resolved" in before and same and not any(card.code == PIPELINE_CHANGED for card in ledger.cards()):
        settings["resolved"] = before["resolved"]
    now = clock.now()
    ledger.commit(
        Changes(
            environment={"settings": settings},
            cursors={"people": None},
            journal=[JournalEntry(now, "", "request_validated", None, None, f"Demande {number} validée", who=by)],
        ),
        None,
    )
    validated = RequestVersion(version.number, now, by, version.answers, RequestState.VALIDATED.value)
    ledger.add_request_version(validated)
    return validated


SETTINGS = ("reference_user", "establishment", "account_id", "referent", "tiers", "mapping", "deals", "export_roles")


def send_back(ledger: Ledger, number: str, by: str, reasons: Mapping[str, str], clock: Clock) -> RequestVersion:
    """«À corriger», with a reason per field, called as the form does (label or name of its cell). Raises Final."""
    by, version = named(by), _version(ledger, number)
    if version.state == RequestState.VALIDATED.value:
        raise Final(
            f"La demande {number} est déjà validée, elle ne se renvoie plus : pour la corriger, envoyez-en une autre "
            f"version (« altior-sellsy request submit {ledger.name} FICHIER.xlsx »)."
        )
    known = {fold(name) for name in _field_names()}
    for field, reason in reasons.items():
        if fold(field) not in known:
            raise Final(
                f"« {field} » n'est pas un champ de la demande. Champs possibles : "
                f"{', '.join((*(one.name for one in INPUTS), *(one.name for one in EVENTS)))}, et les numéros du "
                f"mapping, comme {LINES[0].number}."
            )
        if not reason.strip():
            raise Final(f"La raison donnée pour « {field} » est vide : dites ce qui est à corriger.")
    answers = {**version.answers, "reasons": dict(reasons)}
    back = RequestVersion(version.number, clock.now(), by, answers, RequestState.TO_CORRECT.value)
    ledger.add_request_version(back)
    return back


def _field_names() -> Iterator[str]:
    """Whatever a person may call one: as in the document, in the differences shown, or in the answers kept."""
    for one in INPUTS:
        yield from (one.name, one.label)
    for key, label in LABELS.items():
        yield from (key, label)
    for number in (one.number for one in LINES):
        yield from (number, _label(f"mapping.{number}"))
    for event in EVENTS:
        yield from (event.name, event.title, _label(f"deals.events.{event.number}"))


def _version(ledger: Ledger, number: str) -> RequestVersion:
    """The latest state of this number."""
    found = next((v for v in reversed(ledger.request_versions()) if v.number == number), None)
    if found is None:
        known = ", ".join(dict.fromkeys(v.number for v in ledger.request_versions())) or "aucune"
        raise Final(f"La demande {number} n'existe pas. Demandes connues : {known}.")
    return found
