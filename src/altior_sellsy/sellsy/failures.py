"""From an answer that is no success to the one tree of errors, in French (FACTS 8). Pure. Never matched on the text."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

from altior_sellsy.errors import ConnectorError, Final, Invalid, NotFound, NotSent, Refused, Retryable, Unclear
from altior_sellsy.said import MOST_FIELDS, one_line

DEEPEST, LONGEST_CODE = 20, 9
NAMED = 5
"""Fields named in the sentence."""
_SCOPE = re.compile(r"\b[a-z][a-z-]*\.(?:read|write)\b")


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked: enough to say where, never the values."""

    method: str
    path: str
    write: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Envelope:
    """`{"error": {code, message, details, context}}`; `details` is `[]` when empty, an object otherwise."""

    code: int | None = None
    message: str = ""
    fields: Mapping[str, str] | None = None

    @classmethod
    def read(cls, content: bytes) -> "Envelope | None":
        """None when the answer is not Sellsy's own error (a proxy's page, a cut answer)."""
        try:
            data = json.loads(content)
        except (ValueError, RecursionError):
            return None
        error = data.get("error") if isinstance(data, dict) else None
        if not isinstance(error, dict):
            return None
        code, message = error.get("code"), error.get("message")
        fields = dict(islice(_leaves(error.get("details"), "", DEEPEST), MOST_FIELDS))
        return cls(_whole(code), one_line(message) if isinstance(message, str) else "", fields)


def _whole(value: Any) -> int | None:
    text = one_line(value)
    return int(text) if text.isdecimal() and len(text) <= LONGEST_CODE else None


def _leaves(details: Any, path: str, deeper: int) -> Iterator[tuple[str, str]]:
    """Dotted path → message."""
    if isinstance(details, dict | list) and deeper == 0:
        yield one_line(path), "…"
    elif isinstance(details, dict):
        for key, value in details.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key), deeper - 1)
    elif isinstance(details, list):
        if details and all(isinstance(item, str) for item in details):
            yield one_line(path), one_line(" ".join(details))
            return
        for index, value in enumerate(details):
            yield from _leaves(value, f"{path}.{index}" if path else str(index), deeper - 1)
    elif details is not None:
        yield one_line(path), one_line(details)


def failure(call: Call, status: int, content: bytes, *, retry_after: float | None = None) -> ConnectorError:
    """The error of an answer whose status is not 2xx. Anything not known to be final may be tried again."""
    said = Envelope.read(content)
    words = f" : {said.message.rstrip('. ')}" if said and said.message else ""
    if status == 400 or status == 422:
        return _invalid(call, said, words)
    if status == 401:
        return Refused(f"Sellsy refuse l'accès du connecteur ({call}){words}. Vérifiez l'accès API dans Sellsy.")
    if status == 403:
        return _forbidden(call, said, words)
    if status == 402:
        return Final(f"La formule Sellsy du compte ne permet pas cette opération ({call}){words}.")
    if status == 404 and said is not None:
        return NotFound(f"Sellsy ne connaît pas ou ne montre pas cet élément ({call}).")
    if status == 409:
        return Final(f"Sellsy signale un conflit avec l'état actuel de l'élément ({call}){words}.")
    if status == 429:
        return NotSent(f"La limite d'appels Sellsy est atteinte ({call}).", retry_after=retry_after)
    if status in (405, 413):
        return Final(f"Sellsy n'accepte pas cette demande ({call}, réponse {status}){words}.")
    return unanswered(call, f"a répondu {status}", retry_after=retry_after)


def _invalid(call: Call, said: Envelope | None, words: str) -> ConnectorError:
    if said is None:
        return unanswered(call, "a répondu 400 sans explication")
    fields = said.fields or {}
    names = sorted(fields)
    more = " et d'autres" if len(names) > NAMED else ""
    named = f" (champs : {one_line(', '.join(names[:NAMED]))}{more})" if names else ""
    return Invalid(f"Sellsy refuse les valeurs envoyées ({call}){words}{named}. Corrigez-les.", fields)


def _forbidden(call: Call, said: Envelope | None, words: str) -> ConnectorError:
    if said is None:
        return unanswered(call, "a répondu 403 sans explication")
    scope = _SCOPE.search(" ".join([said.message, *(said.fields or {}).values()]))
    if scope:
        return Refused(
            f"L'accès API Sellsy n'a pas l'autorisation « {scope[0]} » ({call}). Cochez-la dans Sellsy, puis reprenez."
        )
    return Refused(
        f"Sellsy refuse cette opération à l'accès du connecteur ({call}){words}. Vérifiez ses autorisations et les "
        "droits du collaborateur lié."
    )


def unanswered(call: Call, what: str, *, retry_after: float | None = None) -> ConnectorError:
    """No usable answer: a read is simply repeated; a write may have taken effect."""
    if call.write:
        return Unclear(
            f"Sellsy {what} ({call}) : impossible de savoir si l'écriture a eu lieu.", retry_after=retry_after
        )
    return Retryable(f"Sellsy {what} ({call}). Nouvel essai plus tard.", retry_after=retry_after)


def delay(header: str | None, now: datetime) -> float | None:
    """`Retry-After` in seconds (a number or a date), between 0 and a day; None when absent or odd."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        moment = http_date(header)
        if moment is None:
            return None
        seconds = (moment - now).total_seconds()
    return min(max(seconds, 0.0), 86_400.0) if seconds == seconds else None


def http_date(header: str | None) -> datetime | None:
    """An HTTP date as an aware instant; None when absent or odd."""
    try:
        moment = parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo else None
