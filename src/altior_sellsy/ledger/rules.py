"""What both ledgers refuse, in the same words. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from altior_sellsy.ledger.model import Environment, EnvironmentStatus, Pair, Sighting
from altior_sellsy.ledger.port import Changes, Lease
from altior_sellsy.values.reference import Reference, Volet

LEASE_LOST = "Un autre processus synchronise maintenant cet environnement : rien n’a été enregistré ici."

# Keys are the names of the unique constraints in PostgreSQL (django_app/models).
TAKEN: Mapping[str, str] = {
    "one_open_pair_per_sellsy": (
        "Cette fiche Sellsy est déjà liée à une autre fiche Altior : déliez d’abord l’ancienne liaison."
    ),
    "one_open_pair_per_altior": (
        "Cette fiche Altior est déjà liée à une autre fiche Sellsy pour ce volet : déliez d’abord l’ancienne liaison."
    ),
    "one_open_create_per_match_key": (
        "Une création portant le même SIRET est déjà en cours dans cet environnement : attendez sa fin."
    ),
    "one_open_create_per_second": "Cette seconde de création est déjà réservée : prenez-en une autre.",
    "one_environment_per_name": (
        "Un environnement de ce nom existe déjà : choisissez un autre nom ou supprimez l’ancien."
    ),
    "one_active_per_account": (
        "Ce compte Sellsy est déjà celui d’un autre environnement : retirez d’abord l’autre (« environment remove »)."
    ),
    "one_active_per_altior": (
        "Cet environnement Altior est déjà celui d’un autre environnement : retirez d’abord l’autre "
        "(« environment remove »)."
    ),
}

REPLACEABLE = frozenset(f.name for f in fields(Environment)) - {"name", "epoch", "cursors"}
"""What `Changes.environment` may hold."""


def check(changes: Changes, lease: Lease | None) -> None:
    """Raises ValueError: the caller's mistake, not something a person can cause."""
    if lease is None and (changes.pairs or changes.announce or changes.settle):
        raise ValueError("pairs, announcements and settlements need the lease")
    unknown = changes.environment.keys() - REPLACEABLE
    if unknown:
        raise ValueError(f"not fields of an environment that a commit may replace: {sorted(unknown)}")


def environment_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """`Changes.environment` with its status as the enumeration."""
    return {k: EnvironmentStatus(v) if k == "status" else v for k, v in values.items()}


def occupies(environment: Environment) -> bool:
    """Whether it keeps its Sellsy account and its Altior for itself: every environment that is not stopped does.

    Earlier than the activation on purpose: two requests for one account are told apart when they are filed, not
    when the second is approved (histories 24).
    """
    return environment.status is not EnvironmentStatus.STOPPED


def altior_identity(altior_name: str) -> str:
    """Two environments are the same Altior when this is equal and not empty (the name, whatever its case)."""
    return altior_name.strip().casefold()


def runs(environment: Environment) -> bool:
    return environment.status not in (EnvironmentStatus.PAUSED, EnvironmentStatus.STOPPED)


def pair_keys(pair: Pair) -> tuple[tuple[str, Reference, Volet], tuple[str, Reference, Volet]]:
    """What an open pair holds for itself: (constraint, reference, volet)."""
    return (
        ("one_open_pair_per_sellsy", pair.sellsy, Volet.NONE),
        ("one_open_pair_per_altior", pair.altior, pair.volet),
    )


def searchable(sighting: Sighting) -> list[tuple[str, str]]:
    """Its match keys that have a value."""
    return [(key, value) for key, value in sighting.keys.items() if value]
