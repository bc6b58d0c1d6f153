"""From an answer of Altior that is no success to the one tree of errors, in French. Pure.

The codes and statuses are the contract's (altior/contract.py, «Errors»).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from altior_sellsy.errors import (
    ConnectorError,
    CursorExpired,
    Final,
    Invalid,
    NotFound,
    NotSent,
    Refused,
    Retryable,
    Stale,
    Unclear,
)
from altior_sellsy.said import MOST_FIELDS, one_line


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked, enough to say where: never values, never the token."""

    method: str
    path: str
    host: str
    write: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Said:
    """The contract's error document, as far as it can be read."""

    code: str = ""
    message: str = ""
    fields: Mapping[str, str] | None = None

    @classmethod
    def read(cls, data: Any) -> "Said":
        error = data.get("erreur") if isinstance(data, dict) else None
        if not isinstance(error, dict):
            return cls()
        fields = error.get("champs")
        told = islice(fields.items(), MOST_FIELDS) if isinstance(fields, dict) else ()
        named = {one_line(key): one_line(value) for key, value in told}
        return cls(one_line(error.get("code")), one_line(error.get("message")), named)


def failure(call: Call, status: int, data: Any, *, retry_after: float | None = None) -> ConnectorError:
    """The error of a whole call whose status is not 2xx. `data`: its JSON, None when it was none."""
    said = Said.read(data)
    words = said.message.rstrip(". ") or f"réponse {status}"
    if status == 401:
        return Refused(f"Altior refuse le jeton d'accès du connecteur ({call.host}). Renouvelez l'accès Altior.")
    if status == 403:
        return Refused(f"Altior refuse l'écriture : {words}. Corrigez l'utilisateur de référence ou ses droits.")
    if status == 429:
        message = f"Altior demande d'attendre ({call})."
        return NotSent(message, retry_after=retry_after) if call.write else Retryable(message, retry_after=retry_after)
    if status >= 500 or status < 400 or not said.code:
        # Not the contract's own error: a proxy's page, another server, a fault of theirs.
        return unanswered(call, f"a répondu {status}", retry_after=retry_after)
    return item_failure(status, data)


def item_failure(status: int, data: Any) -> ConnectorError:
    """The error of one record: of a bulk item, or of a call about one."""
    said = Said.read(data)
    words = said.message.rstrip(". ") or f"réponse {status} sans explication"
    if status == 403:
        return Refused(f"Altior refuse l'écriture : {words}. Corrigez l'utilisateur de référence ou ses droits.")
    if status == 404:
        return NotFound(f"Altior ne connaît pas cet enregistrement : {words}.")
    if status == 410:
        return CursorExpired("Le flux des modifications d'Altior ne remonte plus assez loin : tout sera relu.")
    if status == 412:
        return Stale(f"L'enregistrement a changé dans Altior entre-temps : {words}. Il sera relu.")
    if status == 429:
        return NotSent(f"Altior demande d'attendre : {words}.")
    if status >= 500:
        return Unclear(f"Altior n'a pas pu dire si l'enregistrement est fait : {words}.")
    if status in (400, 422) or said.fields:
        return Invalid(f"Altior refuse ces valeurs : {words}.", said.fields)
    return Final(f"Altior refuse cet enregistrement : {words}.")


def unanswered(call: Call, what: str, *, retry_after: float | None = None) -> ConnectorError:
    """No usable answer: a read is simply repeated; a write may have taken effect."""
    if call.write:
        message = f"Altior {what} ({call}) : impossible de savoir si l'écriture a eu lieu. Il sera vérifié."
        return Unclear(message, retry_after=retry_after)
    return Retryable(f"Altior {what} ({call}). Nouvel essai plus tard.", retry_after=retry_after)


def unreachable(call: Call) -> NotSent:
    return NotSent(
        f"Le serveur Altior « {call.host} » ne répond pas : connexion impossible. "
        "Vérifiez l'adresse d'Altior et le réseau."
    )
